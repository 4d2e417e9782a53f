//! Allow or deny, and why.
//!
//! [`evaluate`] answers what a list of permissions says. Who asks, whether the agent still lives, and what the
//! answer costs (counters, approvals) is the business of the caller, who uses the same [`ReasonCode`]s.

use super::{Constraints, Match, Permission, PermissionSet, ResourcePattern, Segments, action};
use crate::permission::ActionPattern;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The answer itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may.
    Allow,
    /// It may not.
    Deny,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $sentence:literal;)*) => {
        /// Why, for programs. New codes may come; those here keep their meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum ReasonCode { $($(#[$doc])* $name,)* }

        impl ReasonCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as it travels.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Why, for people.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// Reads a code; None for anything that is not one of ours.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }
        }
    };
}

reasons! {
    /// A permission allows it and all its conditions hold.
    Allowed = "allowed", "A permission of the agent allows this.";
    /// No permission speaks of this action on this resource.
    NoMatchingPermission = "no_matching_permission", "No permission of the agent covers this action on this resource.";
    /// A human must approve first.
    ApprovalRequired = "approval_required", "A person must approve this before it may be done.";
    /// A human said no to this very question.
    ApprovalDenied = "approval_denied", "A person has denied this.";
    /// A human must approve first, and the agent waits for too many answers already.
    TooManyApprovals = "too_many_approvals", "A person must approve this, and too many approvals of the agent are pending already, so none was opened.";
    /// An argument could be read as another value than the one that would be approved.
    ArgumentInexact = "argument_inexact", "An argument holds a whole number beyond 2^53, which cannot be approved exactly. Send it as text.";
    /// The permission's life is over.
    PermissionExpired = "permission_expired", "The permission that covers this has expired.";
    /// The caller's address is in none of the permission's networks, or not known.
    IpNotAllowed = "ip_not_allowed", "The permission does not hold for the address the call comes from.";
    /// The permission holds at other hours.
    OutsideTimeWindow = "outside_time_window", "The permission does not hold at this time.";
    /// An argument is missing, or not what the permission allows.
    ArgumentNotAllowed = "argument_not_allowed", "An argument is missing or not one the permission allows.";
    /// As many calls as an hour may have.
    MaxCallsExceeded = "max_calls_exceeded", "The permission has been used as often as it may be within an hour.";
    /// As many uses as there may be at all.
    MaxUsesExceeded = "max_uses_exceeded", "The permission has been used as often as it may be.";
    /// More units than are left.
    BudgetExceeded = "budget_exceeded", "The budget of this period does not allow so many units.";
    /// No such agent.
    AgentNotFound = "agent_not_found", "There is no such agent.";
    /// The agent is stopped for now.
    AgentSuspended = "agent_suspended", "The agent is suspended.";
    /// The agent is stopped for good.
    AgentRevoked = "agent_revoked", "The agent has been revoked.";
    /// The agent's life is over.
    AgentExpired = "agent_expired", "The agent has expired.";
    /// The person who answers for the agent may not act.
    OwnerDisabled = "owner_disabled", "The person who answers for this agent has been disabled.";
    /// An agent above it in the chain is stopped for now.
    AncestorSuspended = "ancestor_suspended", "An agent above this one in its chain is suspended.";
    /// An agent above it in the chain is stopped for good.
    AncestorRevoked = "ancestor_revoked", "An agent above this one in its chain has been revoked.";
    /// The life of an agent above it in the chain is over.
    AncestorExpired = "ancestor_expired", "An agent above this one in its chain has expired.";
    /// An agent above it in the chain has no permission for this.
    AncestorNotAllowed = "ancestor_not_allowed", "An agent above this one in its chain may not do this itself.";
    /// A link of the chain cannot be found.
    ChainBroken = "chain_broken", "A link of the agent's chain is missing.";
    /// The agent does not act in the chain the caller named.
    ChainMismatch = "chain_mismatch", "The agent does not act on behalf of those the question names.";
    /// The kill switch holds everything on this resource.
    Stopped = "stopped", "Everything on this resource has been stopped.";
    /// Not a token of any agent.
    TokenInvalid = "token_invalid", "The token is not a valid agent token.";
    /// The token's life is over.
    TokenExpired = "token_expired", "The agent's token has expired.";
    /// The token was taken back or replaced.
    TokenRevoked = "token_revoked", "The agent's token has been revoked.";
    /// The resource is not well-formed.
    ResourceInvalid = "resource_invalid", "The resource is not well-formed.";
    /// The action is not well-formed.
    ActionInvalid = "action_invalid", "The action is not well-formed.";
    /// A person's proof did not hold.
    InvalidCredentials = "invalid_credentials", "The proof did not hold.";
}

impl ReasonCode {
    /// The verdict that goes with it.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Allowed => Verdict::Allow,
            _ => Verdict::Deny,
        }
    }
}

impl Verdict {
    /// The verdict as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }

    /// Reads a verdict.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Allow, Self::Deny].into_iter().find(|verdict| verdict.as_str() == text)
    }

    /// Whether it may.
    pub const fn is_allow(self) -> bool {
        matches!(self, Self::Allow)
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The permission that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Matched {
    /// Its pattern.
    pub resource: ResourcePattern,
    /// Its actions.
    pub actions: Vec<ActionPattern>,
    /// Its conditions.
    #[serde(default, skip_serializing_if = "Constraints::is_empty")]
    pub constraints: Constraints,
    /// Its place in the list, from 0.
    pub index: usize,
}

impl Matched {
    pub(super) fn new(index: usize, permission: &Permission) -> Self {
        let Permission { resource, actions, constraints } = permission.clone();
        Self { resource, actions, constraints, index }
    }
}

/// What a list of permissions says to a question.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// Why; the verdict follows from it.
    pub reason: ReasonCode,
    /// The permissions that decided, where some did.
    pub matched: Option<Match<'a>>,
}

impl Outcome<'_> {
    /// The answer.
    pub const fn verdict(&self) -> Verdict {
        self.reason.verdict()
    }
}

/// Answers whether the set allows an action on a resource. Ill-formed questions are answered too: denied.
pub fn evaluate<'a>(set: &'a PermissionSet, resource: &str, action: &str) -> Outcome<'a> {
    let Ok(segments) = Segments::of_resource(resource) else {
        return Outcome { reason: ReasonCode::ResourceInvalid, matched: None };
    };
    if action::check(action).is_err() {
        return Outcome { reason: ReasonCode::ActionInvalid, matched: None };
    }
    let matched = set.decide(&segments, action);
    let reason = match &matched {
        None => ReasonCode::NoMatchingPermission,
        Some(found) if found.requires_approval() => ReasonCode::ApprovalRequired,
        Some(_) => ReasonCode::Allowed,
    };
    Outcome { reason, matched }
}

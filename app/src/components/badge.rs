//! Small marks for states.

use super::alert::Tone;
use kavach_model::agent::AgentStatus;
use kavach_model::approval::ApprovalStatus;
use kavach_model::audit::AuditKind;
use kavach_model::permission::Verdict;
use leptos::prelude::*;

/// A word in a coloured pill. The word says it all; the colour only helps.
#[component]
pub fn Badge(
    /// What it means.
    tone: Tone,
    /// The word.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let class = match tone {
        Tone::Neutral => "badge",
        Tone::Good => "badge-good",
        Tone::Warn => "badge-warn",
        Tone::Bad => "badge-bad",
    };
    view! { <span class=class>{text}</span> }
}

/// Whether an agent works.
#[component]
pub fn AgentStatusBadge(
    /// Its state.
    status: AgentStatus,
) -> impl IntoView {
    let (tone, text) = match status {
        AgentStatus::Active => (Tone::Good, "Active"),
        AgentStatus::Suspended => (Tone::Warn, "Suspended"),
        AgentStatus::Revoked => (Tone::Bad, "Revoked"),
    };
    view! { <Badge tone text /> }
}

/// Where an approval stands.
#[component]
pub fn ApprovalStatusBadge(
    /// Its state.
    status: ApprovalStatus,
) -> impl IntoView {
    let (tone, text) = match status {
        ApprovalStatus::Pending => (Tone::Warn, "Waiting"),
        ApprovalStatus::Approved => (Tone::Good, "Approved"),
        ApprovalStatus::Denied => (Tone::Bad, "Denied"),
        ApprovalStatus::Expired => (Tone::Neutral, "Expired"),
        ApprovalStatus::Consumed => (Tone::Neutral, "Used"),
    };
    view! { <Badge tone text /> }
}

/// How a decision or any other event ended.
#[component]
pub fn VerdictBadge(
    /// What kind of event it was: only decisions allow and deny.
    kind: AuditKind,
    /// How it ended.
    verdict: Verdict,
) -> impl IntoView {
    let (tone, text) = match (kind, verdict) {
        (AuditKind::Decision, Verdict::Allow) => (Tone::Good, "Allowed"),
        (AuditKind::Decision, Verdict::Deny) => (Tone::Bad, "Denied"),
        (_, Verdict::Allow) => (Tone::Neutral, "Done"),
        (_, Verdict::Deny) => (Tone::Warn, "Refused"),
    };
    view! { <Badge tone text /> }
}

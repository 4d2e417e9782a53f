//! The audit log.

use super::audit_rows::full_table;
use super::names::Names;
use crate::components::{Card, Choice, EmptyState, FilterBar, FilterField, PageHeader, Pagination, Select};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/audit";
const PAGE: u32 = 25;
const FIELDS: [&str; 8] = ["actor", "kind", "action", "resource", "verdict", "reason", "since", "until"];

/// The kinds of events, in the order they are offered.
const KINDS: &[AuditKind] = &[
    AuditKind::Decision,
    AuditKind::AgentCreated,
    AuditKind::AgentUpdated,
    AuditKind::AgentTokenRotated,
    AuditKind::AgentSuspended,
    AuditKind::AgentResumed,
    AuditKind::AgentRevoked,
    AuditKind::AgentHandedOver,
    AuditKind::DelegationCreated,
    AuditKind::DelegationRevoked,
    AuditKind::ApprovalApproved,
    AuditKind::ApprovalDenied,
    AuditKind::KillSwitchUsed,
    AuditKind::KillSwitchLifted,
    AuditKind::UserSignUp,
    AuditKind::UserSignIn,
    AuditKind::UserSignInFailed,
    AuditKind::UserSignOut,
    AuditKind::UserReauthenticate,
    AuditKind::UserEmailVerified,
    AuditKind::UserEmailChangeRequested,
    AuditKind::UserEmailChanged,
    AuditKind::UserPhoneChanged,
    AuditKind::UserPhoneRemoved,
    AuditKind::UserUnprovenDropped,
    AuditKind::UserPasswordChanged,
    AuditKind::UserUpdated,
    AuditKind::UserDeleted,
    AuditKind::UserDisabled,
    AuditKind::UserEnabled,
    AuditKind::AdminCreated,
    AuditKind::SessionRevoked,
    AuditKind::ApiKeyCreated,
    AuditKind::ApiKeyRevoked,
    AuditKind::PasswordCheckDegraded,
    AuditKind::PasswordBreached,
    AuditKind::DeliverySentByAdmin,
    AuditKind::DeliveryFailed,
    AuditKind::TotpEnabled,
    AuditKind::TotpDisabled,
    AuditKind::BackupCodesCreated,
    AuditKind::BackupCodeUsed,
    AuditKind::PasskeyAdded,
    AuditKind::PasskeyRenamed,
    AuditKind::PasskeyRemoved,
];

/// What the address asks for, as typed: the value of each of [`FIELDS`], and where the page begins.
#[derive(Clone)]
struct Asked {
    values: [String; 8],
    cursor: String,
}

impl Asked {
    fn read() -> Self {
        Self { values: FIELDS.map(|name| query(name).trim().to_owned()), cursor: query("cursor") }
    }

    fn value(&self, name: &str) -> &str {
        let place = FIELDS.iter().position(|known| *known == name);
        place.and_then(|place| self.values.get(place)).map_or("", String::as_str)
    }

    fn is_filtered(&self) -> bool {
        self.values.iter().any(|value| !value.is_empty())
    }

    fn filter(&self) -> AuditFilter {
        let text = |name| Some(self.value(name).to_owned()).filter(|text| !text.is_empty());
        AuditFilter {
            actor: self.value("actor").parse().ok(),
            subtree: None,
            kind: AuditKind::parse(self.value("kind")),
            action: text("action"),
            resource: text("resource"),
            verdict: Verdict::parse(self.value("verdict")),
            reason: ReasonCode::parse(self.value("reason")),
            since: time(self.value("since")),
            until: time(self.value("until")),
            visible_to: None,
        }
    }

    /// What is wrong with a filter that could not be read.
    fn error(&self, name: &str) -> Option<&'static str> {
        let filter = self.filter();
        let (read, why) = match name {
            "actor" => (filter.actor.is_some(), "Enter an identifier that begins with usr_ or agt_."),
            "since" => (filter.since.is_some(), "Enter a date, like 2026-11-23."),
            "until" => (filter.until.is_some(), "Enter a date, like 2026-11-23."),
            _ => return None,
        };
        (!read && !self.value(name).is_empty()).then_some(why)
    }

    fn link(&self, cursor: &str) -> String {
        let pairs: Vec<(&str, &str)> =
            FIELDS.into_iter().map(|name| (name, self.value(name))).chain([("cursor", cursor)]).collect();
        with_query(PATH, &pairs)
    }
}

/// A day, or a time in RFC 3339.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().or_else(|_| format!("{text}T00:00:00Z").parse()).ok()
}

/// `/console/audit`
#[component]
pub fn Audit() -> impl IntoView {
    let asked = Asked::read();
    console_page(Section::Audit, "Audit", move |here, _| async move {
        let request =
            PageRequest::new(Some(PAGE), Some(asked.cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let page = kavach_service::audit::list(&here.kv, &here.cx, &asked.filter(), &request).await?;
        let empty = page.data.is_empty();
        let names = Names::in_records(&here, &page.data).await;
        let table = full_table(page.data, &names);
        let filtered = asked.is_filtered();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        Ok(view! {
            <PageHeader
                title="Audit"
                hint="Every decision and every security event, newest first. Nothing here can be changed or deleted."
            />
            <Card flush=true>
                {filters(asked)}
                {if empty {
                    nothing(filtered).into_any()
                } else {
                    view! {
                        {table}
                        <Pagination label="Pages of the audit log" first next />
                    }.into_any()
                }}
            </Card>
        }
        .into_any())
    })
}

fn filters(asked: Asked) -> impl IntoView {
    let kinds = std::iter::once(Choice::new("", "Any event"))
        .chain(KINDS.iter().map(|kind| Choice::new(kind.as_str(), kind.as_str())))
        .collect();
    let verdicts =
        vec![Choice::new("", "Any result"), Choice::new("allow", "Allowed"), Choice::new("deny", "Denied")];
    let reasons = std::iter::once(Choice::new("", "Any reason"))
        .chain(ReasonCode::ALL.iter().map(|reason| Choice::new(reason.as_str(), reason.as_str())))
        .collect();
    let active = asked.is_filtered();
    let [actor, kind, action, resource, verdict, reason, since, until] =
        FIELDS.map(|name| (asked.value(name).to_owned(), asked.error(name)));
    view! {
        <FilterBar action=PATH label="Filter the audit log" active>
            <FilterField
                label="Person or agent"
                name="actor"
                value=actor.0
                example="agt_…"
                error=actor.1
            />
            <Select label="Event" name="kind" choices=kinds value=kind.0 />
            <FilterField label="Action" name="action" value=action.0 example="read" />
            <FilterField label="Resource" name="resource" value=resource.0 example="mcp:github:*" />
            <Select label="Result" name="verdict" choices=verdicts value=verdict.0 />
            <Select label="Reason" name="reason" choices=reasons value=reason.0 />
            <FilterField
                label="From"
                name="since"
                value=since.0
                example="2026-11-23"
                error=since.1
            />
            <FilterField
                label="Before"
                name="until"
                value=until.0
                example="2026-11-24"
                error=until.1
            />
        </FilterBar>
    }
}

fn nothing(filtered: bool) -> impl IntoView {
    if filtered {
        view! { <EmptyState title="No record matches" hint="Change the filters or clear them to see every record." /> }
    } else {
        view! {
            <EmptyState title="Nothing recorded yet" hint="The first check of an agent, or the first sign-in, appears here." />
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_or_a_moment_is_a_time() {
        assert_eq!(time("2026-11-23"), time("2026-11-23T00:00:00Z"));
        assert!(time("2026-11-23T09:30:00+01:00").is_some());
        assert_eq!(time("yesterday"), None);
        assert_eq!(time(""), None);
    }
}

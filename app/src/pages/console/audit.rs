//! The audit log: a query in words and the same as fields and chips, how many decisions there were by the hour, and records
//! that open. All of it is in the address.

mod hours;
mod words;

use super::audit_rows::full_table;
use super::names::Names;
use crate::components::{
    Card, Choice, EmptyState, FilterBar, FilterField, HiddenField, PageHeader, Pagination, Select,
};
use crate::layouts::{Section, console_page};
use crate::links::with_query;
use crate::pages::query;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::audit_query::{AuditQuery, Key, moment};
use kavach_model::permission::{ReasonCode, Verdict};
use kavach_model::{ErrorCode, PageRequest, Timestamp};
use leptos::prelude::*;

const PATH: &str = "/console/audit";
const PAGE: u32 = 25;
const FIELDS: [&str; 9] =
    ["actor", "kind", "action", "resource", "verdict", "reason", "since", "until", "subtree"];

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
#[derive(Clone, Default)]
struct Asked {
    values: [String; 9],
    cursor: String,
    /// The query as typed, and why it cannot be read.
    typed: Option<(String, String)>,
}

impl Asked {
    fn read() -> Self {
        let values = FIELDS.map(|name| query(name).trim().to_owned());
        Self { values, cursor: query("cursor"), typed: None }.with_query(&query("q"))
    }

    /// Fills what the address leaves empty from a query in words.
    fn with_query(mut self, text: &str) -> Self {
        let now = Timestamp::from_millis(0);
        match AuditQuery::parse(text).and_then(|query| query.filter(now).map(|_| query)) {
            Ok(query) => {
                for term in query.terms() {
                    let name = field_of(term.key);
                    let place = FIELDS.iter().position(|known| *known == name);
                    if let Some(value) =
                        place.and_then(|place| self.values.get_mut(place)).filter(|value| value.is_empty())
                    {
                        value.clone_from(&term.value);
                    }
                }
            }
            Err(problem) => self.typed = Some((text.to_owned(), problem.to_string())),
        }
        if self.value("verdict").ends_with("ed") {
            // People say allowed and denied; the field knows the short words.
            let word = if self.value("verdict") == "denied" { "deny" } else { "allow" };
            self = self.set("verdict", word);
        }
        self
    }

    /// The same with another value.
    fn set(mut self, name: &str, value: &str) -> Self {
        let place = FIELDS.iter().position(|known| *known == name);
        if let Some(slot) = place.and_then(|place| self.values.get_mut(place)) {
            value.clone_into(slot);
        }
        self
    }

    /// What is asked for, in words.
    fn words(&self) -> String {
        if let Some((typed, _)) = &self.typed {
            return typed.clone();
        }
        let mut query = AuditQuery::default();
        for (name, value) in FIELDS.into_iter().zip(&self.values) {
            if !value.is_empty() {
                // Every field has a key of its own.
                let _ = query.add(key_of(name), value.clone());
            }
        }
        query.to_string()
    }

    fn value(&self, name: &str) -> &str {
        let place = FIELDS.iter().position(|known| *known == name);
        place.and_then(|place| self.values.get(place)).map_or("", String::as_str)
    }

    fn is_filtered(&self) -> bool {
        self.values.iter().any(|value| !value.is_empty())
    }

    fn filter(&self, now: Timestamp) -> AuditFilter {
        let text = |name| Some(self.value(name).to_owned()).filter(|text| !text.is_empty());
        AuditFilter {
            actor: self.value("actor").parse().ok(),
            subtree: self.value("subtree").parse().ok(),
            kind: AuditKind::parse(self.value("kind")),
            action: text("action"),
            resource: text("resource"),
            verdict: Verdict::parse(self.value("verdict")),
            reason: ReasonCode::parse(self.value("reason")),
            since: moment(self.value("since"), now),
            until: moment(self.value("until"), now),
            visible_to: None,
        }
    }

    /// What is wrong with a filter that could not be read.
    fn error(&self, name: &str) -> Option<&'static str> {
        let filter = self.filter(Timestamp::from_millis(0));
        let (read, why) = match name {
            "actor" => (filter.actor.is_some(), "Enter an identifier that begins with usr_ or agt_."),
            "since" => (filter.since.is_some(), "Enter a date like 2026-11-23, or 24h."),
            "until" => (filter.until.is_some(), "Enter a date like 2026-11-23, or 24h."),
            _ => return None,
        };
        (!read && !self.value(name).is_empty()).then_some(why)
    }

    /// The same page with one record open: everything about all of them would be a heavy page.
    fn opening(&self, id: &str) -> String {
        let link = self.link(&self.cursor);
        let joint = if link.contains('?') { '&' } else { '?' };
        format!("{link}{joint}open={id}#{id}")
    }

    fn link(&self, cursor: &str) -> String {
        let pairs: Vec<(&str, &str)> =
            FIELDS.into_iter().map(|name| (name, self.value(name))).chain([("cursor", cursor)]).collect();
        with_query(PATH, &pairs)
    }
}

/// The field that a key of a query fills.
const fn field_of(key: Key) -> &'static str {
    match key {
        Key::Actor | Key::Agent => "actor",
        Key::Result => "verdict",
        other => other.as_str(),
    }
}

fn key_of(field: &str) -> Key {
    match field {
        "verdict" => Key::Result,
        field => Key::parse(field).unwrap_or(Key::Actor),
    }
}

/// `/console/audit`
#[component]
pub fn Audit() -> impl IntoView {
    let (asked, open) = (Asked::read(), query("open"));
    console_page(Section::Audit, "Audit", move |here, _| async move {
        let request =
            PageRequest::new(Some(PAGE), Some(asked.cursor.clone())).map_err(|_| ErrorCode::Internal)?;
        let filter = asked.filter(here.now());
        let page = kavach_service::audit::list(&here.kv, &here.cx, &filter, &request).await?;
        let hours =
            kavach_service::audit::hours::hours(&here.kv, &here.cx, filter.since, filter.until).await?;
        let words = words::words(&asked);
        let hours = hours::hours(&asked, hours);
        let empty = page.data.is_empty();
        let names = Names::in_records(&here, &page.data).await;
        let table = full_table(page.data, &names, &open, |id| asked.opening(id));
        let filtered = asked.is_filtered();
        let first = (!asked.cursor.is_empty()).then(|| asked.link(""));
        let next = page.next_cursor.map(|cursor| asked.link(&cursor));
        Ok(view! {
            <PageHeader
                title="Audit"
                hint="Every decision and every security event, newest first. Nothing here can be changed or deleted."
            />
            {words}
            <Card title="Decisions over time" hint="All that you may see, whatever is looked for. Times are UTC.">
                {hours}
            </Card>
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
    let [actor, kind, action, resource, verdict, reason, since, until, subtree] =
        FIELDS.map(|name| (asked.value(name).to_owned(), asked.error(name)));
    view! {
        <FilterBar action=PATH label="Filter the audit log" active>
            <HiddenField name="subtree" value=subtree.0 />
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
    fn a_query_in_words_fills_the_fields_and_reads_back() {
        let asked = Asked::default().with_query("result:denied since:24h resource:mcp:*");
        assert_eq!((asked.value("verdict"), asked.value("since")), ("deny", "24h"));
        assert_eq!(asked.words(), "resource:mcp:* result:deny since:24h");
        assert_eq!(asked.link(""), "/console/audit?resource=mcp:*&verdict=deny&since=24h");
        // What stands in a field already is not put aside.
        let asked = Asked::default().set("action", "read").with_query("action:write");
        assert_eq!(asked.value("action"), "read");
    }

    #[test]
    fn a_query_that_cannot_be_read_comes_back_as_typed() {
        let asked = Asked::default().with_query("<script>");
        assert_eq!(asked.words(), "<script>");
        assert!(asked.typed.is_some_and(|(_, why)| why.contains("no key that is known")));
    }
}

//! What the address of the audit log asks for: in fields, in words, and as links.

use crate::components::HiddenField;
use crate::links::with_query;
use crate::pages::query;
use kavach_model::Timestamp;
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::audit_query::{AuditQuery, Key, moment};
use kavach_model::permission::{ReasonCode, Verdict};
use leptos::prelude::*;

pub(super) const PATH: &str = "/console/audit";
pub(super) const FIELDS: [&str; 9] =
    ["actor", "kind", "action", "resource", "verdict", "reason", "since", "until", "subtree"];

/// What the address asks for, as typed: the value of each of [`FIELDS`], and where the page begins.
#[derive(Clone, Default)]
pub(super) struct Asked {
    pub(super) values: [String; 9],
    pub(super) cursor: String,
    /// The query as typed, and why it cannot be read.
    pub(super) typed: Option<(String, String)>,
}

impl Asked {
    pub(super) fn read() -> Self {
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
    pub(super) fn set(mut self, name: &str, value: &str) -> Self {
        let place = FIELDS.iter().position(|known| *known == name);
        if let Some(slot) = place.and_then(|place| self.values.get_mut(place)) {
            value.clone_into(slot);
        }
        self
    }

    /// What is asked for, in words.
    pub(super) fn words(&self) -> String {
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

    pub(super) fn value(&self, name: &str) -> &str {
        let place = FIELDS.iter().position(|known| *known == name);
        place.and_then(|place| self.values.get(place)).map_or("", String::as_str)
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.values.iter().any(|value| !value.is_empty())
    }

    pub(super) fn filter(&self, now: Timestamp) -> AuditFilter {
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
    pub(super) fn error(&self, name: &str) -> Option<&'static str> {
        let filter = self.filter(Timestamp::from_millis(0));
        let (read, why) = match name {
            "actor" => (filter.actor.is_some(), "Enter an identifier that begins with usr_ or agt_."),
            "since" => (filter.since.is_some(), "Enter a date like 2026-11-23, or 24h."),
            "until" => (filter.until.is_some(), "Enter a date like 2026-11-23, or 24h."),
            _ => return None,
        };
        (!read && !self.value(name).is_empty()).then_some(why)
    }

    /// The page that begins at a cursor.
    pub(super) fn link(&self, cursor: &str) -> String {
        with_query(PATH, &self.pairs(cursor))
    }

    /// The same page with something that is only shown when it is asked for.
    pub(super) fn showing(&self, what: &str) -> String {
        let mut pairs = self.pairs(&self.cursor);
        pairs.push(("show", what));
        with_query(PATH, &pairs)
    }

    /// The same for a form, so that what its buttons add is all that differs from one button to the next.
    pub(super) fn fields(&self) -> impl IntoView + use<> {
        let field =
            |(name, value): (&'static str, &str)| view! { <HiddenField name value=value.to_owned() /> };
        self.pairs(&self.cursor).into_iter().map(field).collect_view()
    }

    /// What narrows the log in the same way for programs: each part under its name in the API.
    pub(super) fn narrowing(&self, now: Timestamp) -> Vec<(&'static str, String)> {
        let filter = self.filter(now);
        let parts = [
            ("actor", filter.actor.map(|id| id.to_string())),
            ("subtree", filter.subtree.map(|id| id.to_string())),
            ("kind", filter.kind.map(|kind| kind.as_str().to_owned())),
            ("action", filter.action),
            ("resource", filter.resource),
            ("verdict", filter.verdict.map(|verdict| verdict.as_str().to_owned())),
            ("reasonCode", filter.reason.map(|reason| reason.as_str().to_owned())),
            ("since", filter.since.map(|at| at.to_string())),
            ("until", filter.until.map(|at| at.to_string())),
        ];
        parts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn pairs<'a>(&'a self, cursor: &'a str) -> Vec<(&'static str, &'a str)> {
        FIELDS.into_iter().map(|name| (name, self.value(name))).chain([("cursor", cursor)]).collect()
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

pub(super) fn key_of(field: &str) -> Key {
    match field {
        "verdict" => Key::Result,
        field => Key::parse(field).unwrap_or(Key::Actor),
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

//! What is looked for in the audit log, as people write it: `agent:agt_… result:deny resource:mcp:deploy:* since:24h`.
//!
//! Words are keys with values, in any order, each key once; a value with spaces stands in quotation marks. Nothing in here
//! is a pattern language or reaches a database as text: every value becomes a field of [`AuditFilter`] or is refused.

use crate::audit::{AuditFilter, AuditKind};
use crate::permission::{ReasonCode, Verdict};
use crate::user::as_text;
use crate::{PrincipalId, Timestamp};
use std::fmt;
use std::time::Duration;

/// Characters of a query at the most.
pub const LONGEST: usize = 600;
/// Characters of a value at the most.
const LONGEST_VALUE: usize = 200;
/// A time that is counted back from now reaches so many hours at the most: ten years.
const FARTHEST_HOURS: u64 = 87_600;

/// What a word of a query is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A person or an agent.
    Actor,
    /// An agent.
    Agent,
    /// An agent and all below it.
    Subtree,
    /// The kind of event.
    Kind,
    /// What was asked for.
    Action,
    /// To what: one resource, or all that begin so when it ends in a star.
    Resource,
    /// How it ended.
    Result,
    /// Why.
    Reason,
    /// From when on.
    Since,
    /// Before when.
    Until,
}

as_text!(Key {
    Actor = "actor",
    Agent = "agent",
    Subtree = "subtree",
    Kind = "kind",
    Action = "action",
    Resource = "resource",
    Result = "result",
    Reason = "reason",
    Since = "since",
    Until = "until",
});

impl Key {
    /// Reads a key by any of its names.
    fn read(text: &str) -> Option<Self> {
        match text {
            "chain" => Some(Self::Subtree),
            "event" => Some(Self::Kind),
            "verdict" => Some(Self::Result),
            text => Self::parse(text),
        }
    }

    /// What a value of it looks like, for people.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Actor => "an identifier that begins with usr_ or agt_",
            Self::Agent | Self::Subtree => "an identifier that begins with agt_",
            Self::Kind => "an event like decision or agent.created",
            Self::Action => "an action like read",
            Self::Resource => "a resource like mcp:github:repos or mcp:github:*",
            Self::Result => "allow or deny",
            Self::Reason => "a reason code like no_matching_permission",
            Self::Since | Self::Until => "a day like 2026-11-23, a time in RFC 3339, or 30m, 24h, 7d ago",
        }
    }
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it is about.
    pub key: Key,
    /// What is asked for, as written.
    pub value: String,
}

/// A query, read word by word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    terms: Vec<Term>,
}

/// Why a query cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryProblem {
    /// Too many characters.
    #[error("A query has at most {LONGEST} characters.")]
    TooLong,
    /// A quotation mark that has no second.
    #[error("A quotation mark is not closed.")]
    Unclosed,
    /// A word without a key, or with one nobody knows.
    #[error(
        "\u{201c}{0}\u{201d} has no key that is known: actor, agent, subtree, kind, action, resource, result, reason, since, until."
    )]
    Unknown(String),
    /// A key that is there again.
    #[error("\u{201c}{0}\u{201d} is there twice.")]
    Twice(&'static str),
    /// A value that cannot be what its key asks for.
    #[error("After {key}: must be {example}.")]
    Value {
        /// The key.
        key: &'static str,
        /// What it takes.
        example: &'static str,
    },
}

impl AuditQuery {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryProblem> {
        if text.chars().count() > LONGEST {
            return Err(QueryProblem::TooLong);
        }
        let mut query = Self::default();
        for word in words(text)? {
            let (key, value) = word
                .split_once(':')
                .map_or((None, ""), |(key, value)| (Key::read(&key.to_ascii_lowercase()), value));
            match key {
                Some(key) if value.is_empty() || value.chars().count() > LONGEST_VALUE => {
                    return Err(wrong(key));
                }
                Some(key) => query.add(key, value.to_owned())?,
                None if word.parse::<PrincipalId>().is_ok() => query.add(Key::Actor, word)?,
                None => return Err(QueryProblem::Unknown(word.chars().take(40).collect())),
            }
        }
        Ok(query)
    }

    /// Adds a word.
    pub fn add(&mut self, key: Key, value: String) -> Result<(), QueryProblem> {
        // An agent is an actor: a record has one.
        let same = |known: Key| {
            known == key || matches!((known, key), (Key::Actor, Key::Agent) | (Key::Agent, Key::Actor))
        };
        if self.terms.iter().any(|term| same(term.key)) {
            return Err(QueryProblem::Twice(key.as_str()));
        }
        self.terms.push(Term { key, value });
        Ok(())
    }

    /// Its words.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// What it asks for, at a time.
    pub fn filter(&self, now: Timestamp) -> Result<AuditFilter, QueryProblem> {
        let mut filter = AuditFilter::default();
        for Term { key, value } in &self.terms {
            let refuse = || wrong(*key);
            match key {
                Key::Actor => filter.actor = Some(value.parse().map_err(|_| refuse())?),
                Key::Agent => {
                    filter.actor = Some(PrincipalId::Agent(value.parse().map_err(|_| refuse())?));
                }
                Key::Subtree => filter.subtree = Some(value.parse().map_err(|_| refuse())?),
                Key::Kind => filter.kind = Some(AuditKind::parse(value).ok_or_else(refuse)?),
                Key::Action => filter.action = Some(value.clone()),
                Key::Resource => filter.resource = Some(value.clone()),
                Key::Result => filter.verdict = Some(result(value).ok_or_else(refuse)?),
                Key::Reason => filter.reason = Some(ReasonCode::parse(value).ok_or_else(refuse)?),
                Key::Since => filter.since = Some(moment(value, now).ok_or_else(refuse)?),
                Key::Until => filter.until = Some(moment(value, now).ok_or_else(refuse)?),
            }
        }
        Ok(filter)
    }
}

impl fmt::Display for AuditQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Term { key, value }) in self.terms.iter().enumerate() {
            let space = if index > 0 { " " } else { "" };
            let bare = !value.contains(|c: char| c.is_whitespace() || c == '"');
            match bare {
                true => write!(f, "{space}{}:{value}", key.as_str())?,
                false => write!(f, "{space}{}:\"{}\"", key.as_str(), value.replace('"', "\"\""))?,
            }
        }
        Ok(())
    }
}

/// A day, a time in RFC 3339 with or without its zone, or how long ago: `30m`, `24h`, `7d`.
pub fn moment(text: &str, now: Timestamp) -> Option<Timestamp> {
    if let Some(ago) = ago(text) {
        return Some(now - ago);
    }
    let day = || format!("{text}T00:00:00Z").parse();
    let minute = || format!("{text}:00Z").parse();
    text.parse().or_else(|_| day()).or_else(|_| minute()).ok()
}

fn ago(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let count: u64 = text
        .strip_suffix(unit)
        .filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()))?
        .parse()
        .ok()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    count.checked_mul(seconds).filter(|all| *all <= FARTHEST_HOURS * 3_600).map(Duration::from_secs)
}

/// How it ended, also as people say it.
fn result(text: &str) -> Option<Verdict> {
    match text {
        "allowed" => Some(Verdict::Allow),
        "denied" => Some(Verdict::Deny),
        text => Verdict::parse(text),
    }
}

const fn wrong(key: Key) -> QueryProblem {
    QueryProblem::Value { key: key.as_str(), example: key.example() }
}

/// Words between spaces; within quotation marks a space is a letter, and two marks are one.
fn words(text: &str) -> Result<Vec<String>, QueryProblem> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match letter {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                word.get_or_insert_default().push('"');
            }
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            letter if !quoted && (letter.is_whitespace() || letter.is_control()) => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    if quoted { Err(QueryProblem::Unclosed) } else { Ok(words) }
}

#[cfg(test)]
mod tests;

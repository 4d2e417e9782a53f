//! Who signed in with this browser lately, so that nobody has to type it again: sealed in a cookie that only we read,
//! a few at the most, each forgotten on request. It signs nobody in.

use crate::context::Here;
use crate::cookies;
use kavach_model::user::User;
use std::time::Duration;

const COOKIE: &str = "accounts";
const MOST: usize = 5;
/// Longer than most addresses; five of them fit into a cookie.
const LONGEST: usize = 160;
const LIFE: Duration = Duration::from_secs(90 * 86_400);

/// The identifiers, the last one used first.
pub fn known(here: &Here) -> Vec<String> {
    let sealed = cookies::find(here, COOKIE);
    let opened = sealed.and_then(|sealed| kavach_service::seal::open(&here.kv, COOKIE, &sealed));
    opened.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Notes who signed in.
pub fn remember(here: &Here, user: &User) {
    let identifier = user.email.as_ref().or(user.username.as_ref());
    if let Some(identifier) = identifier.filter(|identifier| identifier.len() <= LONGEST) {
        keep(here, with(known(here), identifier));
    }
}

/// Forgets one.
pub fn forget(here: &Here, identifier: &str) {
    keep(here, without(known(here), identifier));
}

fn keep(here: &Here, identifiers: Vec<String>) {
    if identifiers.is_empty() {
        return cookies::forget(here, COOKIE);
    }
    let bytes = serde_json::to_vec(&identifiers).unwrap_or_default();
    let sealed = kavach_service::seal::seal(&here.kv, COOKIE, &bytes);
    cookies::put(here, COOKIE, &sealed, LIFE.as_secs());
}

fn with(known: Vec<String>, identifier: &str) -> Vec<String> {
    let mut identifiers = without(known, identifier);
    identifiers.insert(0, identifier.to_owned());
    identifiers.truncate(MOST);
    identifiers
}

fn without(mut known: Vec<String>, identifier: &str) -> Vec<String> {
    known.retain(|other| !other.eq_ignore_ascii_case(identifier));
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_used_stands_first_and_once() {
        let known = with(vec!["ada@example.com".into(), "bob".into()], "Bob");
        assert_eq!(known, ["Bob", "ada@example.com"]);
        assert_eq!(without(known, "ADA@example.com"), ["Bob"]);
    }

    #[test]
    fn only_a_few_are_kept() {
        let many = (0..9).fold(Vec::new(), |known, at| with(known, &format!("person-{at}")));
        assert_eq!(many.len(), MOST);
        assert_eq!(many.first().map(String::as_str), Some("person-8"));
    }
}

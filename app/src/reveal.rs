//! A new token on its way from the form that made it to the page that shows it once.
//!
//! It travels sealed in a cookie that lives two minutes, is bound to the person who made it, and is forgotten
//! by the page that shows it.

use crate::context::Here;
use crate::cookies;
use kavach_model::{Timestamp, Token};
use serde::{Deserialize, Serialize};
use std::time::Duration;

const PURPOSE: &str = "reveal";
const LIFE: Duration = Duration::from_secs(120);

#[derive(Serialize, Deserialize)]
struct Revealed {
    until: i64,
    person: String,
    subject: String,
    token: String,
}

/// Leaves the token of `subject` (an agent or an API key) for the page that shows it.
pub fn leave(here: &Here, subject: &str, token: &Token) {
    leave_text(here, subject, token.expose());
}

/// The same for another text that is shown once.
pub fn leave_text(here: &Here, subject: &str, text: &str) {
    let until = here.now() + LIFE;
    let bytes = pack(&here.person(), subject, text, until);
    let sealed = kavach_service::seal::seal(&here.kv, PURPOSE, &bytes);
    cookies::put(here, PURPOSE, &sealed, LIFE.as_secs());
}

/// Takes the token left for `subject`; gone afterwards.
pub fn take(here: &Here, subject: &str) -> Option<String> {
    let sealed = cookies::find(here, PURPOSE)?;
    cookies::forget(here, PURPOSE);
    let bytes = kavach_service::seal::open(&here.kv, PURPOSE, &sealed)?;
    unpack(&bytes, &here.person(), subject, here.now())
}

fn pack(person: &str, subject: &str, token: &str, until: Timestamp) -> Vec<u8> {
    let revealed = Revealed {
        until: until.as_millis(),
        person: person.to_owned(),
        subject: subject.to_owned(),
        token: token.to_owned(),
    };
    serde_json::to_vec(&revealed).unwrap_or_default()
}

fn unpack(bytes: &[u8], person: &str, subject: &str, now: Timestamp) -> Option<String> {
    let revealed: Revealed = serde_json::from_slice(bytes).ok()?;
    let for_us = revealed.person == person && revealed.subject == subject;
    (for_us && now.as_millis() <= revealed.until).then_some(revealed.token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_shown_only_to_its_person_for_its_subject_in_time() {
        let packed = pack("usr_1", "agt_1", "kv_agent_x", Timestamp::from_millis(10));
        let at = Timestamp::from_millis;
        assert_eq!(unpack(&packed, "usr_1", "agt_1", at(10)).as_deref(), Some("kv_agent_x"));
        assert_eq!(unpack(&packed, "usr_2", "agt_1", at(10)), None);
        assert_eq!(unpack(&packed, "usr_1", "agt_2", at(10)), None);
        assert_eq!(unpack(&packed, "usr_1", "agt_1", at(11)), None);
    }
}

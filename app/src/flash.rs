//! What a form tells the page that is shown after it: which error, and what had been typed.
//!
//! The note travels sealed in a short-lived cookie, never in a URL, and holds codes instead of sentences: nobody
//! can make a page of ours say words of theirs. Secrets are never put in.

use crate::context::Here;
use crate::cookies;
use crate::sentences::Notice;
use kavach_model::{ErrorCode, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The cookie of notes that say something.
const NOTE: &str = "flash";
/// The cookie of what was typed, kept apart: it outlives a mistyped password on the way back to its form.
const DRAFT: &str = "draft";
/// Time for the browser to follow a redirect.
const LIFE: Duration = Duration::from_secs(120);
/// Time to prove one's identity on the way back to a form.
const DRAFT_LIFE: Duration = Duration::from_secs(600);

/// A note from a form to the page after it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Flash {
    /// The form, so that another page leaves the note alone.
    #[serde(rename = "f")]
    pub form: String,
    /// What went wrong.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// Where it went wrong.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Seconds until another try makes sense.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// What went well.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// What had been typed, secrets excepted.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    #[serde(rename = "t")]
    until: i64,
    /// A note for one person is not read by another.
    #[serde(rename = "p")]
    person: String,
    #[serde(flatten)]
    flash: Flash,
}

impl Flash {
    /// A note that something went well.
    pub fn notice(form: &str, notice: Notice) -> Self {
        Self { form: form.to_owned(), notice: Some(notice), ..Self::default() }
    }

    /// What had been typed into a field.
    pub fn value(&self, name: &str) -> &str {
        self.values
            .iter()
            .find_map(|(known, value)| (known == name).then_some(value.as_str()))
            .unwrap_or_default()
    }

    /// Leaves the note for the next page. A note too long for cookies goes without what was typed.
    pub fn leave(self, here: &Here) {
        let says_something = self.code.is_some() || self.notice.is_some();
        let (cookie, life) = if says_something { (NOTE, LIFE) } else { (DRAFT, DRAFT_LIFE) };
        let bytes = pack(&self, &here.person(), here.now() + life);
        let sealed = kavach_service::seal::seal(&here.kv, cookie, &bytes);
        if !cookies::put(here, cookie, &sealed, life.as_secs()) && !self.values.is_empty() {
            Self { values: Vec::new(), ..self }.leave(here);
        }
    }

    /// Leaves the note for whoever reads it: where a form begins or ends a session.
    pub fn leave_for_anybody(self, here: &Here) {
        let bytes = pack(&self, "", here.now() + LIFE);
        let sealed = kavach_service::seal::seal(&here.kv, NOTE, &bytes);
        cookies::put(here, NOTE, &sealed, LIFE.as_secs());
    }

    /// Takes the note left by one of these forms, so that a reload does not show it again.
    pub fn take(here: &Here, forms: &[&str]) -> Option<Self> {
        [NOTE, DRAFT].into_iter().find_map(|cookie| Self::take_from(here, cookie, forms))
    }

    fn take_from(here: &Here, cookie: &str, forms: &[&str]) -> Option<Self> {
        let sealed = cookies::find(here, cookie)?;
        let opened = kavach_service::seal::open(&here.kv, cookie, &sealed);
        let flash = opened.and_then(|bytes| unpack(&bytes, &here.person(), here.now()));
        match flash {
            Some(flash) if !forms.contains(&flash.form.as_str()) => None,
            flash => {
                cookies::forget(here, cookie);
                flash
            }
        }
    }
}

fn pack(flash: &Flash, person: &str, until: Timestamp) -> Vec<u8> {
    let envelope = Envelope { until: until.as_millis(), person: person.to_owned(), flash: flash.clone() };
    serde_json::to_vec(&envelope).unwrap_or_default()
}

fn unpack(bytes: &[u8], person: &str, now: Timestamp) -> Option<Flash> {
    let envelope: Envelope = serde_json::from_slice(bytes).ok()?;
    let in_time = now.as_millis() <= envelope.until;
    let same_person = envelope.person.is_empty() || envelope.person == person;
    (in_time && same_person).then_some(envelope.flash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flash() -> Flash {
        Flash {
            form: "sign-up".into(),
            code: Some(ErrorCode::PasswordBreached),
            field: Some("password".into()),
            values: vec![("email".into(), "ada@example.com".into())],
            ..Flash::default()
        }
    }

    #[test]
    fn a_note_reads_back_within_its_time_and_by_its_person() {
        let packed = pack(&flash(), "usr_1", Timestamp::from_millis(1_000));
        let unpacked = unpack(&packed, "usr_1", Timestamp::from_millis(1_000)).unwrap();
        assert_eq!(unpacked, flash());
        assert_eq!(unpacked.value("email"), "ada@example.com");
        assert_eq!(unpacked.value("password"), "");
        assert_eq!(unpack(&packed, "usr_1", Timestamp::from_millis(1_001)), None);
        assert_eq!(unpack(&packed, "usr_2", Timestamp::from_millis(1)), None);
        assert_eq!(unpack(&packed, "", Timestamp::from_millis(1)), None);
    }

    #[test]
    fn a_note_left_before_signing_in_is_read_after_it() {
        let packed = pack(&flash(), "", Timestamp::from_millis(1_000));
        assert!(unpack(&packed, "usr_1", Timestamp::from_millis(1)).is_some());
    }

    #[test]
    fn a_note_can_only_hold_known_codes() {
        let forged = br#"{"t":9,"p":"","f":"sign-in","c":"call this number to unlock your account"}"#;
        assert_eq!(unpack(forged, "", Timestamp::from_millis(1)), None);
        assert_eq!(unpack(b"", "", Timestamp::from_millis(1)), None);
        assert_eq!(unpack(b"{}", "", Timestamp::from_millis(1)), None);
    }
}

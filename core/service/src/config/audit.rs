//! `[audit]`: what the log says of arguments, and how long records stay in the database.

use super::{InvalidConfig, list};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

const MAX_NAMES: usize = 100;
const MAX_NAME: usize = 256;
/// A hundred years.
const MAX_DAYS: u32 = 36_500;

/// `[audit]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// What a decision's record says of the arguments beside their digest.
    pub arguments: RecordedArguments,
    /// Values that are never recorded: names of keys at any depth, or dotted paths from the top, where `*` stands for
    /// any one key.
    #[serde(deserialize_with = "list::texts")]
    pub redact: Vec<String>,
    /// Records older than so many days are moved to files; when absent, all stay in the database.
    pub retention_days: Option<u32>,
    /// Where those files are written; `archive` in the data directory when absent.
    pub archive_dir: Option<PathBuf>,
}

/// How much of the arguments a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordedArguments {
    /// Only their digest.
    #[default]
    Digest,
    /// All keys; for what `audit.redact` names, a mark in place of the value.
    Redacted,
    /// Everything but what `audit.redact` names, which is left out, key and value.
    Full,
}

impl Audit {
    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let refuse = |key, problem: String| Err(InvalidConfig::new(key, problem));
        if self.redact.len() > MAX_NAMES {
            return refuse("audit.redact", format!("lists more than {MAX_NAMES} names"));
        }
        for name in &self.redact {
            let well_formed = name.len() <= MAX_NAME
                && name.split('.').all(|part| !part.is_empty() && (part == "*" || !part.contains('*')));
            if !well_formed {
                return refuse(
                    "audit.redact",
                    format!("`{name}` is neither a name nor a path; write password, card.number or card.*"),
                );
            }
        }
        if self.arguments == RecordedArguments::Redacted && self.redact.is_empty() {
            return refuse(
                "audit.redact",
                "is empty, so nothing would be redacted; list names, `*` for every value, or set audit.arguments to full"
                    .to_owned(),
            );
        }
        if let Some(days) = self.retention_days.filter(|days| !(1..=MAX_DAYS).contains(days)) {
            return refuse("audit.retention_days", format!("is {days}; it must be 1 to {MAX_DAYS}"));
        }
        if self.archive_dir.as_ref().is_some_and(|directory| directory.as_os_str().is_empty()) {
            return refuse("audit.archive_dir", "is empty; name a directory, such as ./archive".to_owned());
        }
        Ok(())
    }

    /// How long records stay in the database; None for ever.
    pub fn retention(&self) -> Option<Duration> {
        self.retention_days.map(|days| Duration::from_secs(u64::from(days) * 86_400))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Audit)) -> &'static str {
        let mut audit = Audit::default();
        change(&mut audit);
        audit.validate().unwrap_err().key
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_key() {
        for bad in ["", "a..b", ".a", "a.", "**", "a*", "a.*b", &"x".repeat(257)] {
            assert_eq!(refused(|audit| audit.redact = vec![bad.to_owned()]), "audit.redact", "{bad}");
        }
        assert_eq!(refused(|audit| audit.redact = vec!["a".to_owned(); 101]), "audit.redact");
        assert_eq!(refused(|audit| audit.arguments = RecordedArguments::Redacted), "audit.redact");
        assert_eq!(refused(|audit| audit.retention_days = Some(0)), "audit.retention_days");
        assert_eq!(refused(|audit| audit.retention_days = Some(36_501)), "audit.retention_days");
        assert_eq!(refused(|audit| audit.archive_dir = Some(PathBuf::new())), "audit.archive_dir");
        let good = Audit {
            arguments: RecordedArguments::Redacted,
            redact: ["*", "password", "card.number", "card.*.cvc"].map(str::to_owned).to_vec(),
            retention_days: Some(365),
            archive_dir: Some(PathBuf::from("./archive")),
        };
        assert_eq!(good.validate(), Ok(()));
    }
}

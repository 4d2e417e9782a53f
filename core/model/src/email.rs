//! A checked e-mail address. Checking needs Unicode tables and lives in the services; this is its result.

use std::fmt;

/// An address in two forms: as the person wrote it, and as the key under which it is unique.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    /// To write to and to show.
    pub display: String,
    /// NFKC, lower case, domain in ASCII (IDNA): two spellings of one address have one key.
    pub key: String,
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("[e-mail address]")
    }
}

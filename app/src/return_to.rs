//! Where to go after signing in: a path on this site, or nowhere.
//!
//! A `return_to` parameter is written by whoever made the link. It is accepted only when it is spelled exactly
//! like a path of ours: an allow-list of first segments, then a small alphabet. Nothing is decoded, repaired or
//! resolved here, so there is no second reading a browser could prefer.

use std::fmt;

/// First segments a person may be sent to.
const PLACES: [&str; 5] = ["console", "account", "approve", "device", "consent"];
/// First segments of pages for people who are not inside yet: a form there may come back to them.
const HOSTED: [&str; 8] =
    ["sign-in", "sign-up", "setup", "recover", "enroll", "device", "verify-email", "consent"];
/// Where people go when nobody said where.
const HOME: &str = "/console";
const MAX_LENGTH: usize = 1024;

/// A path and query on this site, safe to put into a `Location` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Reads a path; None for anything not spelled like one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        Self::within(text, |first| PLACES.contains(&first))
    }

    /// Reads the path of any page, those of signing in included: for forms that change nothing about who is signed in.
    pub fn any_page(text: &str) -> Option<Self> {
        Self::within(text, |first| PLACES.contains(&first) || HOSTED.contains(&first))
    }

    fn within(text: &str, is_ours: impl Fn(&str) -> bool) -> Option<Self> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        (text.len() <= MAX_LENGTH && is_our_path(path, is_ours) && is_plain_query(query))
            .then(|| Self(text.to_owned()))
    }

    /// The path asked for when it is one of ours, the console otherwise.
    pub fn or_home(text: Option<&str>) -> Self {
        text.and_then(Self::parse).unwrap_or_else(|| Self(HOME.to_owned()))
    }

    /// The path and query.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is where people go anyway, so that links need not say it.
    pub fn is_home(&self) -> bool {
        self.0 == HOME
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

fn is_our_path(path: &str, is_ours: impl Fn(&str) -> bool) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let mut segments = rest.split('/');
    segments.next().is_some_and(is_ours) && segments.all(is_plain_segment)
}

/// No dots, so no `.` or `..`; no percent signs, so nothing hidden; never empty, so no `//`.
fn is_plain_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn is_plain_query(query: &str) -> bool {
    let mut bytes = query.bytes();
    while let Some(byte) = bytes.next() {
        let plain = match byte {
            b'%' => is_printable_escape(bytes.next(), bytes.next()),
            b'=' | b'&' | b'+' | b'-' | b'_' | b'.' | b'~' | b':' | b'*' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !plain {
            return false;
        }
    }
    true
}

/// Two hexadecimal digits that do not stand for a control character.
fn is_printable_escape(high: Option<u8>, low: Option<u8>) -> bool {
    let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
    match (digit(high), digit(low)) {
        (Some(high), Some(low)) => (0x20..0x7F).contains(&(high * 16 + low)) || high >= 8,
        _ => false,
    }
}

#[cfg(test)]
mod tests;

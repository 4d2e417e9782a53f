//! Resources and the patterns that match them.
//!
//! In a pattern a `*` in the middle stands for exactly one segment, a last `*` for one or more, so that `*` alone
//! is everything. Matching, containment, overlap and specificity are four readings of that one rule and stand
//! here together; the compiled form in [`super::set`] must agree with them and is tested against them.

use super::segments::{MAX_LENGTH, PatternError, Segments, WILDCARD};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// One concrete resource, such as `mcp:github:repos`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourcePath(Box<str>);

/// A set of resources, such as `mcp:github:*`; kept as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ResourcePattern(Box<str>);

impl ResourcePath {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments.
    pub fn segments(&self) -> Segments<'_> {
        Segments::of_checked(&self.0)
    }
}

impl ResourcePattern {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments; some may be `*`.
    pub fn segments(&self) -> Segments<'_> {
        Segments::of_checked(&self.0)
    }

    /// Whether this one resource is among those the pattern stands for.
    pub fn matches(&self, resource: &Segments<'_>) -> bool {
        contains(&self.segments(), resource)
    }

    /// Whether every resource `other` stands for is among those this pattern stands for.
    pub fn contains(&self, other: &Self) -> bool {
        contains(&self.segments(), &other.segments())
    }

    /// The resources both stand for, which are always one pattern or none.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let joined = intersection(&self.segments(), &other.segments())?.join(":");
        Some(Self(joined.into()))
    }

    /// `Greater` where this pattern is the more specific one: from the left a name beats a `*`, then the longer
    /// beats the shorter. Of patterns that match one resource, only a pattern and itself are `Equal`.
    pub fn cmp_specificity(&self, other: &Self) -> Ordering {
        let (a, b) = (self.segments(), other.segments());
        a.iter().map(|part| part != WILDCARD).cmp(b.iter().map(|part| part != WILDCARD))
    }
}

/// Whether the pattern `outer` stands for everything that `inner`, a pattern or a resource, stands for.
fn contains(outer: &Segments<'_>, inner: &Segments<'_>) -> bool {
    // A last `*` in `inner` under a middle segment of `outer` ends `inner` there, and fails: it could stand for
    // more segments than one.
    let fits = |position| match (outer.get(position), inner.get(position)) {
        (Some(held), Some(part)) => held == WILDCARD || held == part,
        _ => false,
    };
    let goes_on = outer.get(outer.count() - 1) == Some(WILDCARD);
    (0..outer.count()).all(fits) && (goes_on || inner.count() == outer.count())
}

/// What two patterns have in common.
fn intersection<'a>(a: &Segments<'a>, b: &Segments<'a>) -> Option<Vec<&'a str>> {
    let length = a.count().max(b.count());
    (0..length)
        .map(|index| match (at(a, index)?, at(b, index)?) {
            (WILDCARD, part) | (part, WILDCARD) => Some(part),
            (left, right) => (left == right).then_some(left),
        })
        .collect()
}

/// What a pattern asks of the segment at `index`, its last `*` reaching as far as needed; None past its end.
fn at<'a>(pattern: &Segments<'a>, index: usize) -> Option<&'a str> {
    match pattern.get(index) {
        Some(part) => Some(part),
        None => (pattern.get(pattern.count() - 1) == Some(WILDCARD)).then_some(WILDCARD),
    }
}

impl FromStr for ResourcePath {
    type Err = PatternError;
    fn from_str(text: &str) -> Result<Self, PatternError> {
        Segments::of_resource(text).map(|_| Self(text.into()))
    }
}

impl FromStr for ResourcePattern {
    type Err = PatternError;
    fn from_str(text: &str) -> Result<Self, PatternError> {
        Segments::of_pattern(text).map(|_| Self(text.into()))
    }
}

impl TryFrom<String> for ResourcePath {
    type Error = PatternError;
    fn try_from(text: String) -> Result<Self, PatternError> {
        Segments::of_resource(&text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for ResourcePattern {
    type Error = PatternError;
    fn try_from(text: String) -> Result<Self, PatternError> {
        Segments::of_pattern(&text)?;
        Ok(Self(text.into()))
    }
}

impl From<ResourcePath> for String {
    fn from(path: ResourcePath) -> Self {
        path.0.into()
    }
}

impl From<ResourcePattern> for String {
    fn from(pattern: ResourcePattern) -> Self {
        pattern.0.into()
    }
}

impl fmt::Display for ResourcePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl utoipa::PartialSchema for ResourcePath {
    fn schema() -> RefOr<Schema> {
        let pattern = "^[A-Za-z0-9._/@-]{1,128}(:[A-Za-z0-9._/@-]{1,128}){0,15}$";
        schema(pattern, "A resource: 1 to 16 segments joined by `:`.", "mcp:github:repos")
    }
}

impl utoipa::PartialSchema for ResourcePattern {
    fn schema() -> RefOr<Schema> {
        schema(
            r"^(\*|[A-Za-z0-9._/@-]{1,128})(:(\*|[A-Za-z0-9._/@-]{1,128})){0,15}$",
            "1 to 16 segments joined by `:`. A `*` in the middle stands for exactly one segment, a last `*` for one or more.",
            "mcp:github:*",
        )
    }
}

impl utoipa::ToSchema for ResourcePath {}
impl utoipa::ToSchema for ResourcePattern {}

fn schema(pattern: &str, description: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_LENGTH))
        .pattern(Some(pattern))
        .description(Some(description))
        .examples([example])
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> ResourcePattern {
        text.parse().unwrap()
    }

    #[test]
    fn wildcards_match_as_the_table_says() {
        let yes = true;
        let no = false;
        for (held, resource, expected) in [
            ("mcp:github:*", "mcp:github:repos", yes),
            ("mcp:github:*", "mcp:github:issues", yes),
            ("mcp:github:*", "mcp:github:pulls", yes),
            ("mcp:github:*", "mcp:deploy:staging", no),
            ("mcp:github:*", "mcp:slack:send", no),
            ("mcp:github:*", "mcp:github:repos:issues", yes),
            ("mcp:github:*", "mcp:github", no),
            ("mcp:github:*", "mcp:githubs:repos", no),
            ("mcp:github:*", "MCP:github:repos", no),
            ("mcp:github", "mcp:github", yes),
            ("mcp:github", "mcp:github:repos", no),
            ("mcp:*:read", "mcp:github:read", yes),
            ("mcp:*:read", "mcp:read", no),
            ("mcp:*:read", "mcp:github:repos:read", no),
            ("mcp:*:read", "mcp:github:write", no),
            ("mcp:*:*", "mcp:github", no),
            ("mcp:*:*", "mcp:github:repos:issues", yes),
            ("*:github", "mcp:github", yes),
            ("*:github", "mcp:github:repos", no),
            ("*", "mcp", yes),
            ("*", "mcp:github:repos:issues:1", yes),
        ] {
            let cut = Segments::of_resource(resource).unwrap();
            assert_eq!(pattern(held).matches(&cut), expected, "{held} on {resource}");
        }
    }

    #[test]
    fn a_pattern_contains_what_it_matches_and_no_more() {
        for (outer, inner, expected) in [
            ("mcp:github:*", "mcp:github:*", true),
            ("mcp:github:*", "mcp:github:repos", true),
            ("mcp:github:*", "mcp:github:*:read", true),
            ("mcp:github:*", "mcp:github", false),
            ("mcp:github", "mcp:github:*", false),
            ("mcp:github", "mcp:github:repos", false),
            ("mcp:*", "mcp:github:*", true),
            ("mcp:*:*", "mcp:*", false),
            ("mcp:*:read", "mcp:*", false),
            ("mcp:*:read", "mcp:github:read", true),
            ("mcp:*:read", "mcp:github:*", false),
            ("*:*", "*", false),
            ("*", "*:*", true),
            ("*", "*", true),
        ] {
            assert_eq!(pattern(outer).contains(&pattern(inner)), expected, "{outer} contains {inner}");
        }
    }

    #[test]
    fn two_patterns_have_one_pattern_in_common() {
        for (a, b, common) in [
            ("a:*", "*:b", Some("a:b")),
            ("a:*", "*:*:*", Some("a:*:*")),
            ("*:b:*", "a:*", Some("a:b:*")),
            ("*", "a:b", Some("a:b")),
            ("a:*", "a", None),
            ("a:*:c", "a:b", None),
            ("a:*", "b:*", None),
        ] {
            let found = pattern(a).intersection(&pattern(b));
            assert_eq!(found.as_ref().map(ResourcePattern::as_str), common, "{a} and {b}");
            assert_eq!(found, pattern(b).intersection(&pattern(a)));
        }
    }

    #[test]
    fn names_beat_wildcards_from_the_left_and_longer_beats_shorter() {
        let sorted = ["a:b:c", "a:b:*:d", "a:b:*", "a:*:c", "a:*:*", "a:*", "*:b:c", "*:b", "*:*", "*"];
        for (index, more) in sorted.iter().enumerate() {
            for less in &sorted[index + 1..] {
                assert_eq!(
                    pattern(more).cmp_specificity(&pattern(less)),
                    Ordering::Greater,
                    "{more} over {less}"
                );
                assert_eq!(pattern(less).cmp_specificity(&pattern(more)), Ordering::Less);
            }
        }
    }

    #[test]
    fn a_pattern_travels_as_the_text_it_was_written_as() {
        let json = "\"mcp:*:READ/x@y\"";
        let read: ResourcePattern = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
        assert!(
            serde_json::from_str::<ResourcePattern>("\"mcp:**\"")
                .unwrap_err()
                .to_string()
                .contains("segment 2")
        );
        assert!(serde_json::from_str::<ResourcePath>("\"mcp:*\"").is_err());
    }

    #[test]
    fn the_published_schema_is_a_string_with_its_pattern() {
        let schema = serde_json::to_value(<ResourcePattern as utoipa::PartialSchema>::schema()).unwrap();
        assert_eq!(schema["type"], "string");
        assert_eq!(schema["maxLength"], MAX_LENGTH);
        assert!(schema["pattern"].as_str().unwrap().starts_with("^("));
    }
}

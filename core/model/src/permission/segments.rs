//! How a resource is cut into segments: the one place that knows which texts are well-formed.
//!
//! A resource is 1 to 16 segments joined by `:`; a segment is 1 to 128 characters of `A-Z a-z 0-9 . _ - / @`. A
//! pattern is the same, and any of its segments may be `*`. Cutting allocates nothing. What a `*` stands for is
//! not decided here but in [`super::pattern`].

/// Most segments a resource or a pattern may have.
pub const MAX_SEGMENTS: usize = 16;
/// Most characters a segment may have.
pub const MAX_SEGMENT_LENGTH: usize = 128;
/// Most characters a resource or a pattern can have.
pub const MAX_LENGTH: usize = MAX_SEGMENTS * MAX_SEGMENT_LENGTH + MAX_SEGMENTS - 1;
/// The segment that stands for any other.
pub const WILDCARD: &str = "*";

/// Why a text is not a resource or not a pattern. Segments are counted from 1, from the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// There is nothing.
    #[error("must not be empty")]
    Empty,
    /// More segments than [`MAX_SEGMENTS`].
    #[error("has more than {MAX_SEGMENTS} segments")]
    TooManySegments,
    /// Nothing between two colons, or before the first, or after the last.
    #[error("segment {segment} is empty")]
    EmptySegment {
        /// Which.
        segment: usize,
    },
    /// A segment longer than [`MAX_SEGMENT_LENGTH`].
    #[error("segment {segment} is longer than {MAX_SEGMENT_LENGTH} characters")]
    SegmentTooLong {
        /// Which.
        segment: usize,
    },
    /// A character no segment may have.
    #[error("segment {segment} has the character {character:?}; allowed are A-Z a-z 0-9 . _ - / @")]
    IllegalCharacter {
        /// Which.
        segment: usize,
        /// The first such character.
        character: char,
    },
    /// `**`, which other systems read as any depth; here a last `*` already is.
    #[error(
        "segment {segment} is \"**\", which has no meaning; a last \"*\" stands for one or more segments"
    )]
    DoubleWildcard {
        /// Which.
        segment: usize,
    },
    /// A `*` with something beside it.
    #[error("segment {segment} has a \"*\" inside; a \"*\" must be a segment of its own")]
    WildcardInSegment {
        /// Which.
        segment: usize,
    },
    /// A `*` in a resource, which must be concrete.
    #[error("segment {segment} is \"*\", which only a permission may have, not a resource")]
    WildcardInResource {
        /// Which.
        segment: usize,
    },
}

/// A well-formed resource or pattern, cut at the colons, on the stack.
#[derive(Debug, Clone, Copy)]
pub struct Segments<'a> {
    parts: [&'a str; MAX_SEGMENTS],
    count: usize,
}

impl<'a> Segments<'a> {
    /// Cuts a resource: concrete, no `*`.
    pub fn of_resource(text: &'a str) -> Result<Self, PatternError> {
        Self::cut(text, false)
    }

    /// Cuts a pattern: any segment may be `*`.
    pub fn of_pattern(text: &'a str) -> Result<Self, PatternError> {
        Self::cut(text, true)
    }

    /// The segments.
    pub fn as_slice(&self) -> &[&'a str] {
        &self.parts[..self.count]
    }

    /// A text that was checked when it was read; cut at the colons without looking again.
    pub(super) fn of_checked(text: &'a str) -> Self {
        let mut cut = Self { parts: [""; MAX_SEGMENTS], count: 0 };
        for part in text.split(':').take(MAX_SEGMENTS) {
            cut.parts[cut.count] = part;
            cut.count += 1;
        }
        cut
    }

    fn cut(text: &'a str, wildcards: bool) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        let mut cut = Self { parts: [""; MAX_SEGMENTS], count: 0 };
        let mut start = 0;
        // One pass: an allowed character costs one look into a table. Every colon is a character boundary.
        for (end, byte) in text.bytes().enumerate() {
            if ALLOWED[usize::from(byte)] {
                continue;
            }
            let alone = || text[start..].split(':').next() == Some(WILDCARD);
            match byte {
                b':' => {
                    cut.push(&text[start..end])?;
                    start = end + 1;
                }
                b'*' if wildcards && alone() => {}
                _ => return Err(Self::explain(&text[start..], cut.count + 1)),
            }
        }
        cut.push(&text[start..])?;
        Ok(cut)
    }

    fn push(&mut self, part: &'a str) -> Result<(), PatternError> {
        let segment = self.count + 1;
        match part.len() {
            _ if segment > MAX_SEGMENTS => return Err(PatternError::TooManySegments),
            0 => return Err(PatternError::EmptySegment { segment }),
            1..=MAX_SEGMENT_LENGTH => {}
            _ => return Err(PatternError::SegmentTooLong { segment }),
        }
        self.parts[self.count] = part;
        self.count = segment;
        Ok(())
    }

    /// Says what is wrong with the segment at the head of `rest`, once it is known that something is.
    fn explain(rest: &str, segment: usize) -> PatternError {
        let part = rest.split(':').next().unwrap_or(rest);
        let fits = |c: &char| *c == '*' || (c.is_ascii() && ALLOWED[*c as usize]);
        match part.chars().find(|c| !fits(c)) {
            _ if segment > MAX_SEGMENTS => PatternError::TooManySegments,
            Some(character) => PatternError::IllegalCharacter { segment, character },
            None if part == WILDCARD => PatternError::WildcardInResource { segment },
            None if part == "**" => PatternError::DoubleWildcard { segment },
            None => PatternError::WildcardInSegment { segment },
        }
    }
}

/// Which bytes a segment may be made of; `*`, which must be alone, is looked at apart.
static ALLOWED: [bool; 256] = {
    let mut allowed = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        let character = byte as u8;
        allowed[byte] =
            character.is_ascii_alphanumeric() || matches!(character, b'.' | b'_' | b'-' | b'/' | b'@');
        byte += 1;
    }
    allowed
};

#[cfg(test)]
mod tests {
    use super::*;
    use PatternError::*;

    #[test]
    fn every_refusal_names_its_segment_and_reason() {
        let long = "x".repeat(MAX_SEGMENT_LENGTH + 1);
        let deep = vec!["a"; MAX_SEGMENTS + 1].join(":");
        for (text, error) in [
            ("", Empty),
            (":", EmptySegment { segment: 1 }),
            (":a", EmptySegment { segment: 1 }),
            ("a:", EmptySegment { segment: 2 }),
            ("mcp::x", EmptySegment { segment: 2 }),
            ("**", DoubleWildcard { segment: 1 }),
            ("mcp:**", DoubleWildcard { segment: 2 }),
            ("mcp:**:x", DoubleWildcard { segment: 2 }),
            ("mcp:***", WildcardInSegment { segment: 2 }),
            ("mcp:git*", WildcardInSegment { segment: 2 }),
            ("*hub:x", WildcardInSegment { segment: 1 }),
            ("mcp:a b", IllegalCharacter { segment: 2, character: ' ' }),
            ("mcp:a\\:b", IllegalCharacter { segment: 2, character: '\\' }),
            ("mcp:café", IllegalCharacter { segment: 2, character: 'é' }),
            ("mсp", IllegalCharacter { segment: 1, character: 'с' }),
            ("a\0", IllegalCharacter { segment: 1, character: '\0' }),
            ("a:b?:c", IllegalCharacter { segment: 2, character: '?' }),
            ("a:*?", IllegalCharacter { segment: 2, character: '?' }),
            ("a%3Ab", IllegalCharacter { segment: 1, character: '%' }),
            (&long, SegmentTooLong { segment: 1 }),
            (&deep, TooManySegments),
            (&format!("{deep}:\u{7}"), TooManySegments),
            (&":".repeat(70_000), EmptySegment { segment: 1 }),
            (&"a:".repeat(40_000), TooManySegments),
            (&"a".repeat(70_000), SegmentTooLong { segment: 1 }),
        ] {
            assert_eq!(Segments::of_pattern(text).unwrap_err(), error, "{}", &text[..text.len().min(40)]);
            assert!(Segments::of_resource(text).is_err());
        }
    }

    #[test]
    fn a_resource_has_no_wildcard() {
        assert_eq!(Segments::of_resource("a:*").unwrap_err(), WildcardInResource { segment: 2 });
        assert_eq!(Segments::of_resource("*").unwrap_err(), WildcardInResource { segment: 1 });
        assert!(Segments::of_pattern("a:*").is_ok());
    }

    #[test]
    fn the_largest_well_formed_text_is_taken() {
        let largest = vec!["x".repeat(MAX_SEGMENT_LENGTH); MAX_SEGMENTS].join(":");
        assert_eq!(largest.len(), MAX_LENGTH);
        let cut = Segments::of_resource(&largest).unwrap();
        assert_eq!(cut.as_slice().len(), MAX_SEGMENTS);
        assert_eq!(cut.as_slice(), Segments::of_checked(&largest).as_slice());
        assert_eq!(Segments::of_resource("A-z.0_9/@").unwrap().as_slice(), ["A-z.0_9/@"]);
    }

    #[test]
    fn errors_read_as_sentences() {
        let error = Segments::of_pattern("mcp:github:**").unwrap_err();
        assert_eq!(
            format!("permissions[1].resource: {error}"),
            "permissions[1].resource: segment 3 is \"**\", which has no meaning; a last \"*\" stands for one or more segments"
        );
    }
}

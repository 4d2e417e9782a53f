//! How a resource is cut into segments: the one place that knows which texts are well-formed.
//!
//! A resource is 1 to 16 segments joined by `:`; a segment is 1 to 128 characters of `A-Z a-z 0-9 . _ - / @`. A
//! pattern is the same, and any of its segments may be `*`. Cutting allocates nothing. What a `*` stands for is
//! not decided here but in [`super::pattern`].

use super::words;
use std::ops::Range;

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

/// A well-formed resource or pattern, and where its segments are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments<'a> {
    text: &'a str,
    count: usize,
    /// Where each segment begins. The one after the last would begin behind a colon at the end of the text.
    starts: [u16; MAX_SEGMENTS + 1],
}

impl<'a> Segments<'a> {
    /// Cuts a resource: concrete, no `*`.
    #[inline]
    pub fn of_resource(text: &'a str) -> Result<Self, PatternError> {
        let mut cut = Self::empty(text);
        if cut.plain().is_some() { Ok(cut) } else { Self::cut(text, false) }
    }

    /// Cuts a pattern: any segment may be `*`.
    pub fn of_pattern(text: &'a str) -> Result<Self, PatternError> {
        Self::cut(text, true)
    }

    /// How many segments there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The segment at a position, from 0.
    pub fn get(&self, position: usize) -> Option<&'a str> {
        (position < self.count).then(|| self.text.get(self.range(position)))?
    }

    /// The segments, from the left.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.text.split(':')
    }

    /// The whole text.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// Where in the text the segment at a position is.
    #[inline]
    pub(super) fn range(&self, position: usize) -> Range<usize> {
        self.span(position, 1)
    }

    /// Where in the text several segments are, with the colons between them; nowhere when there are not as many.
    #[inline]
    pub(super) fn span(&self, position: usize, count: usize) -> Range<usize> {
        match (self.starts.get(position), self.starts.get(position + count)) {
            (Some(start), Some(end)) => usize::from(*start)..usize::from(*end).saturating_sub(1),
            _ => 0..0,
        }
    }

    /// A text that was checked when it was read; cut at the colons without looking again.
    pub(super) fn of_checked(text: &'a str) -> Self {
        let mut cut = Self::empty(text);
        for part in text.split(':').take(MAX_SEGMENTS) {
            cut.push_to(usize::from(cut.starts[cut.count]) + part.len());
        }
        cut
    }

    /// Cuts a well-formed resource in a fraction of the time; None for any other text.
    #[inline]
    fn plain(&mut self) -> Option<()> {
        let mut start = 0;
        for (number, block) in self.text.as_bytes().chunks(64).enumerate() {
            let mut colons = words::colons(block)?;
            while colons != 0 {
                let end = number * 64 + colons.trailing_zeros() as usize;
                self.push_plain(start, end)?;
                start = end + 1;
                colons &= colons - 1;
            }
        }
        self.push_plain(start, self.text.len())
    }

    #[inline]
    fn push_plain(&mut self, start: usize, end: usize) -> Option<()> {
        let fits = (1..=MAX_SEGMENT_LENGTH).contains(&(end - start)) && self.count < MAX_SEGMENTS;
        fits.then(|| self.push_to(end))
    }

    fn cut(text: &'a str, wildcards: bool) -> Result<Self, PatternError> {
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        let mut cut = Self::empty(text);
        let mut start = 0;
        // One pass: an allowed character costs one look into a table. Every colon is a character boundary.
        for (end, byte) in text.bytes().enumerate() {
            if ALLOWED[usize::from(byte)] {
                continue;
            }
            let alone = || text[start..].split(':').next() == Some(WILDCARD);
            match byte {
                b':' => {
                    cut.push(start..end)?;
                    start = end + 1;
                }
                b'*' if wildcards && alone() => {}
                _ => return Err(Self::explain(&text[start..], cut.count + 1)),
            }
        }
        cut.push(start..text.len())?;
        Ok(cut)
    }

    fn push(&mut self, part: Range<usize>) -> Result<(), PatternError> {
        let segment = self.count + 1;
        match part.len() {
            _ if segment > MAX_SEGMENTS => return Err(PatternError::TooManySegments),
            0 => return Err(PatternError::EmptySegment { segment }),
            1..=MAX_SEGMENT_LENGTH => {}
            _ => return Err(PatternError::SegmentTooLong { segment }),
        }
        self.push_to(part.end);
        Ok(())
    }

    fn empty(text: &'a str) -> Self {
        Self { text, count: 0, starts: [0; MAX_SEGMENTS + 1] }
    }

    /// Takes the next segment, which ends there; `MAX_LENGTH` is far below the largest number.
    fn push_to(&mut self, end: usize) {
        self.count += 1;
        self.starts[self.count] = (end + 1) as u16;
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
    use proptest::prelude::*;

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
        assert_eq!(cut.count(), MAX_SEGMENTS);
        assert_eq!(cut, Segments::of_checked(&largest));
        assert_eq!(Segments::of_resource("A-z.0_9/@").unwrap().get(0), Some("A-z.0_9/@"));
    }

    #[test]
    fn segments_are_where_the_text_has_them() {
        let cut = Segments::of_pattern("mcp:*:a-b:c").unwrap();
        assert_eq!(cut.iter().collect::<Vec<_>>(), ["mcp", "*", "a-b", "c"]);
        assert_eq!(
            [0, 1, 2, 3, 4, 99].map(|at| cut.get(at)),
            [Some("mcp"), Some("*"), Some("a-b"), Some("c"), None, None]
        );
        assert_eq!((cut.span(0, 2), cut.span(2, 2), cut.span(3, 40)), (0..5, 6..11, 0..0));
    }

    proptest! {
        #[test]
        fn the_fast_way_to_cut_takes_what_the_slow_one_takes(text in "([a-c:]{0,5}(x{125,130}|[é*]?):?){0,9}") {
            let mut cut = Segments::empty(&text);
            let fast = cut.plain().map(|()| cut);
            prop_assert_eq!(fast, Segments::cut(&text, false).ok());
            if fast.is_some() {
                let each: Vec<_> = (0..cut.count()).filter_map(|at| cut.get(at)).collect();
                prop_assert_eq!(cut.iter().collect::<Vec<_>>(), each);
            }
        }
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

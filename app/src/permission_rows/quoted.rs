//! Texts within a line: plain where that says it all, else in quotes, so that none is changed on its way through a form.
//!
//! Browsers turn line breaks into CR LF and drop control characters, and we trim what people type. Whatever would not
//! survive that is written like a string in Rust: `"two\nlines"`.

/// Writes a text. `end` is the character that ends it where it stands.
pub(super) fn write(text: &str, end: Option<char>) -> String {
    let plain = !text.is_empty()
        && text.trim() == text
        && !text.starts_with('"')
        && !text.contains(|char: char| char.is_control() || Some(char) == end);
    if plain {
        return text.to_owned();
    }
    let mut written = String::from('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => written.extend(['\\', char]),
            '\n' => written.push_str("\\n"),
            char if char.is_control() => written.extend(char.escape_unicode()),
            char => written.push(char),
        }
    }
    written.push('"');
    written
}

/// Reads a text from the front of a line; with it comes the rest of the line, `end` left out. None when the quotes
/// do not close, or something else follows.
pub(super) fn read(line: &str, end: Option<char>) -> Option<(String, &str)> {
    let line = line.trim();
    let Some(quoted) = line.strip_prefix('"') else {
        return match end {
            Some(end) => line.split_once(end).map(|(text, rest)| (text.trim().to_owned(), rest)),
            None => Some((line.to_owned(), "")),
        };
    };
    let mut chars = quoted.chars();
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => break,
            '\\' => text.push(escaped(&mut chars)?),
            char => text.push(char),
        }
    }
    let rest = chars.as_str().trim_start();
    match end {
        Some(end) => Some((text, rest.strip_prefix(end)?)),
        None => rest.is_empty().then_some((text, "")),
    }
}

fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    match chars.next()? {
        'n' => Some('\n'),
        'u' => {
            let (code, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
            *chars = rest.chars();
            char::from_u32(u32::from_str_radix(code, 16).ok()?)
        }
        char @ ('"' | '\\') => Some(char),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_not_survive_is_put_in_quotes() {
        for (text, written) in [
            ("/tmp/.*", "/tmp/.*"),
            ("a=b", "a=b"),
            (r"\d+", r"\d+"),
            (" x", "\" x\""),
            ("a\nb\r", "\"a\\nb\\u{d}\""),
            ("\"a\"", "\"\\\"a\\\"\""),
        ] {
            assert_eq!(write(text, None), written);
            assert_eq!(read(written, None), Some((text.to_owned(), "")));
        }
        assert_eq!(write("a=b", Some('=')), "\"a=b\"");
        assert_eq!(read("\"a=b\" = c=d", Some('=')), Some(("a=b".to_owned(), " c=d")));
        assert_eq!(read("a = c=d", Some('=')), Some(("a".to_owned(), " c=d")));
    }

    #[test]
    fn quotes_that_do_not_close_are_refused() {
        for line in ["\"a", "\"a\" b", "\"\\", "\"\\x\"", "\"\\u{110000}\"", "\"\\u12\""] {
            assert_eq!(read(line, None), None, "{line}");
        }
        assert_eq!(read("no end", Some('=')), None);
    }
}

//! When a permission expires: a time as the browser's own control for dates writes it, understood as UTC.
//!
//! That control knows the years 1 to 9999; any other time is written in RFC 3339, and so may any time be typed.

use super::RowProblem;
use kavach_model::Timestamp;

/// Writes a time: `2027-01-01T09:30`, with seconds where it has some.
pub(super) fn write(at: Timestamp) -> String {
    let exact = at.to_string();
    match exact.strip_suffix('Z').filter(|text| is_local(text)) {
        Some(local) => {
            let seconds = local.strip_suffix(".000").unwrap_or(local);
            // Only the seconds: minutes stay, as 09:00 is no time without them.
            let minutes = if seconds.len() == 19 { seconds.strip_suffix(":00") } else { None };
            minutes.unwrap_or(seconds).to_owned()
        }
        None => exact,
    }
}

/// Reads a time; None when there is no text.
pub(super) fn read(text: &str) -> Result<Option<Timestamp>, RowProblem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |_| RowProblem::wrong("expires", "Enter a day and a time, like 2027-01-31 09:30, in UTC.");
    let exact = if is_local(text) { format!("{text}Z") } else { text.to_owned() };
    exact.parse().map(Some).map_err(wrong)
}

/// Whether the browser's control for dates can show a text.
pub fn is_local(text: &str) -> bool {
    let pattern = b"dddd-dd-ddTdd:dd:dd.ddd";
    let alike = |(byte, like): (u8, &u8)| if *like == b'd' { byte.is_ascii_digit() } else { byte == *like };
    matches!(text.len(), 16 | 19 | 23) && !text.starts_with("0000") && text.bytes().zip(pattern).all(alike)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_as_short_as_it_can_be() {
        for (exact, written) in [
            ("2027-01-01T00:00:00Z", "2027-01-01T00:00"),
            ("2027-01-01T00:00:07Z", "2027-01-01T00:00:07"),
            ("2027-01-01T00:00:00.120Z", "2027-01-01T00:00:00.120"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("-000001-01-01T00:00:00Z", "-000001-01-01T00:00:00.000Z"),
        ] {
            let at: Timestamp = exact.parse().unwrap();
            assert_eq!(write(at), written);
            assert_eq!(read(written).unwrap(), Some(at));
        }
    }

    #[test]
    fn any_offset_may_be_typed_and_nonsense_is_refused() {
        assert_eq!(read("2027-01-01T01:00:00+01:00").unwrap(), read("2027-01-01T00:00").unwrap());
        assert_eq!(read(" ").unwrap(), None);
        for text in ["tomorrow", "2027-13-01T00:00", "2027-01-01"] {
            assert_eq!(read(text).unwrap_err().field, "expires", "{text}");
        }
    }
}

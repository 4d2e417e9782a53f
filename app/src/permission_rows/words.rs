//! Conditions in words: one line for the editor, and the pieces it and the page of an agent share.

use kavach_model::permission::Constraints;
use kavach_model::permission::constraint::{Budget, Day, TimeWindow};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// All of them in one line, like `approval, 10 calls/hour, 09:00–17:00 Europe/Berlin`; empty when there is none. When
/// it expires comes as text.
pub fn short(constraints: &Constraints, expires: Option<&str>) -> String {
    let mut all = Vec::new();
    if constraints.require_approval {
        all.push("approval".to_owned());
    }
    all.extend(constraints.max_calls_per_hour.map(calls));
    all.extend(constraints.max_uses.map(uses));
    all.extend(constraints.budget.as_ref().map(budget));
    all.extend(constraints.time_window.as_ref().map(hours));
    all.extend(expires.map(until));
    all.extend(constraints.allowed_arg_patterns.as_ref().map(|arguments| {
        let names: Vec<&str> = arguments.keys().map(String::as_str).collect();
        few("argument", &names)
    }));
    all.extend(constraints.ip_allowlist.as_ref().map(|networks| {
        let names: Vec<String> = networks.iter().map(ToString::to_string).collect();
        few("network", &names)
    }));
    all.join(", ")
}

/// `10 calls/hour`
pub fn calls(count: u64) -> String {
    format!("{}/hour", counted(count, "call"))
}

/// `5 uses`
pub fn uses(count: u64) -> String {
    counted(count, "use")
}

/// `100 units/day`
pub fn budget(budget: &Budget) -> String {
    format!("{}/{}", counted(budget.units, "unit"), budget.per.as_str())
}

/// `Mon–Fri 09:00–17:00 Europe/Berlin`
pub fn hours(window: &TimeWindow) -> String {
    let TimeWindow { start, end, time_zone, days } = window;
    let days = days.as_ref().map_or_else(String::new, |days| format!("{} ", weekdays(days)));
    format!("{days}{start}\u{2013}{end} {time_zone}")
}

/// `until 1 Jan 2027, 09:30 UTC`, from a text as the form or the wire has it.
pub fn until(text: &str) -> String {
    let text = text.strip_suffix('Z').unwrap_or(text);
    let text = text.strip_suffix(".000").unwrap_or(text);
    let date = text.split_once('T').and_then(|(date, time)| {
        let mut parts = date.splitn(3, '-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
        let time = if time.len() == 8 { time.strip_suffix(":00").unwrap_or(time) } else { time };
        Some(format!("{} {month} {year}, {time}", day.trim_start_matches('0')))
    });
    format!("until {} UTC", date.as_deref().unwrap_or(text))
}

/// `Mon–Wed Fri`: what follows one another as one.
fn weekdays(days: &[Day]) -> String {
    let mut runs: Vec<(Day, Day)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last as u8 + 1 == *day as u8 => *last = *day,
            _ => runs.push((*day, *day)),
        }
    }
    let words = runs.into_iter().map(|(first, last)| match last as u8 - first as u8 {
        0 => weekday(first).to_owned(),
        1 => format!("{} {}", weekday(first), weekday(last)),
        _ => format!("{}\u{2013}{}", weekday(first), weekday(last)),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The day for people.
pub const fn weekday(day: Day) -> &'static str {
    match day {
        Day::Mon => "Mon",
        Day::Tue => "Tue",
        Day::Wed => "Wed",
        Day::Thu => "Thu",
        Day::Fri => "Fri",
        Day::Sat => "Sat",
        Day::Sun => "Sun",
    }
}

fn counted(count: u64, what: &str) -> String {
    // No line ends between a number and what it counts.
    format!("{count}\u{a0}{what}{}", if count == 1 { "" } else { "s" })
}

/// One by its name, more by how many there are.
fn few<T: AsRef<str>>(what: &str, names: &[T]) -> String {
    match names {
        [one] => format!("{what} {}", one.as_ref()),
        more => counted(more.len() as u64, what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: &str) -> String {
        let constraints: Constraints = serde_json::from_str(json).unwrap();
        let expires = constraints.expires_at.map(|at| at.to_string());
        short(&constraints, expires.as_deref()).replace('\u{a0}', " ")
    }

    #[test]
    fn conditions_are_said_in_words() {
        for (json, words) in [
            ("{}", ""),
            (r#"{"requireApproval":true,"maxCallsPerHour":10}"#, "approval, 10 calls/hour"),
            (r#"{"maxUses":1,"budget":{"units":100,"per":"day"}}"#, "1 use, 100 units/day"),
            (
                r#"{"timeWindow":{"start":"09:00","end":"17:00","timeZone":"Europe/Berlin"}}"#,
                "09:00–17:00 Europe/Berlin",
            ),
            (
                r#"{"timeWindow":{"start":"09:00","end":"17:00","days":["mon","tue","wed","fri"]}}"#,
                "Mon–Wed Fri 09:00–17:00 UTC",
            ),
            (
                r#"{"timeWindow":{"start":"09:00","end":"17:00","days":["sat","sun"]}}"#,
                "Sat Sun 09:00–17:00 UTC",
            ),
            (r#"{"expiresAt":"2027-01-01T00:00:00Z"}"#, "until 1 Jan 2027, 00:00 UTC"),
            (
                r#"{"allowedArgPatterns":{"path":"x"},"ipAllowlist":["10.0.0.0/8","192.0.2.1"]}"#,
                "argument path, 2 networks",
            ),
        ] {
            assert_eq!(said(json), words);
        }
    }

    #[test]
    fn a_time_reads_the_same_from_the_form_and_from_the_wire() {
        for (text, words) in [
            ("2027-01-01T00:00", "until 1 Jan 2027, 00:00 UTC"),
            ("2027-01-01T00:00:00.000Z", "until 1 Jan 2027, 00:00 UTC"),
            ("2027-12-31T09:30:07", "until 31 Dec 2027, 09:30:07 UTC"),
            ("2027-12-31T09:30:07.120Z", "until 31 Dec 2027, 09:30:07.120 UTC"),
            ("soon", "until soon UTC"),
        ] {
            assert_eq!(until(text), words);
        }
    }
}

//! Points in time, for people: a fixed form in UTC, or how long ago.

use crate::i18n::{tr, tr_with};
use kavach_model::Timestamp;
use leptos::prelude::*;

const MONTHS: [&str; 12] = [
    "month-1", "month-2", "month-3", "month-4", "month-5", "month-6", "month-7", "month-8", "month-9",
    "month-10", "month-11", "month-12",
];

/// A time to the second, in UTC.
#[component]
pub fn Time(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    let exact = at.to_string();
    let words = in_words(&exact);
    view! { <time datetime=exact>{words}</time> }
}

/// How long ago or how soon, with the exact time as a tooltip.
#[component]
pub fn Ago(
    /// When.
    at: Timestamp,
    /// The time now.
    now: Timestamp,
) -> impl IntoView {
    let exact = at.to_string();
    view! {
        <time datetime=exact.clone() title=in_words(&exact)>
            {relative(at, now)}
        </time>
    }
}

/// One of many times in a column, to the second, in UTC: written so that machines read it too.
#[component]
pub fn Stamp(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time>{stamp(at)}</time> }
}

/// `2026-11-23 09:30:00`
fn stamp(at: Timestamp) -> String {
    at.to_string().chars().take(19).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

/// `2026-11-23T09:30:00.123Z` as `23 Nov 2026, 09:30:00 UTC`. Where room is short it breaks between day and time, and
/// nowhere else.
fn in_words(exact: &str) -> String {
    let parts = (exact.get(0..4), exact.get(5..7), exact.get(8..10), exact.get(11..19));
    let (Some(year), Some(month), Some(day), Some(time)) = parts else { return exact.to_owned() };
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    let Some(month) = month else { return exact.to_owned() };
    let parts =
        [("day", day.trim_start_matches('0').into()), ("month", tr(month).into()), ("year", year.into())];
    format!("{}, {time}\u{a0}UTC", tr_with("date", &parts).replace(' ', "\u{a0}"))
}

fn relative(at: Timestamp, now: Timestamp) -> String {
    let (distance, future) = if at > now { (at.since(now), true) } else { (now.since(at), false) };
    // What was set for thirty days a moment ago still ends in thirty days.
    let moment = if future && distance.as_secs() >= 3_600 { 59 } else { 0 };
    let seconds = distance.as_secs() + moment;
    let (count, ago, ahead) = match seconds {
        0..60 => return if future { tr("time-in-a-moment") } else { tr("time-just-now") },
        60..3_600 => (seconds / 60, "time-minutes-ago", "time-in-minutes"),
        3_600..86_400 => (seconds / 3_600, "time-hours-ago", "time-in-hours"),
        86_400..5_184_000 => (seconds / 86_400, "time-days-ago", "time-in-days"),
        5_184_000..63_072_000 => (seconds / 2_592_000, "time-months-ago", "time-in-months"),
        _ => (seconds / 31_536_000, "time-years-ago", "time-in-years"),
    };
    tr_with(if future { ahead } else { ago }, &[("count", count.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_said_the_same_way_everywhere() {
        let at = Timestamp::from_millis(1_764_000_000_123);
        assert_eq!(in_words(&at.to_string()), "24\u{a0}Nov\u{a0}2025, 16:00:00\u{a0}UTC");
        assert_eq!(in_words("nonsense"), "nonsense");
        assert_eq!(stamp(at), "2025-11-24 16:00:00");
    }

    #[test]
    fn distances_are_rounded_down_to_one_unit() {
        let now = Timestamp::from_millis(10_000_000_000);
        let minus = |seconds: i64| relative(Timestamp::from_millis(10_000_000_000 - seconds * 1000), now);
        assert_eq!(minus(0), "just now");
        assert_eq!(minus(61), "1 minute ago");
        assert_eq!(minus(7_300), "2 hours ago");
        assert_eq!(minus(86_400 * 3), "3 days ago");
        assert_eq!(minus(-86_400 * 30 - 5), "in 30 days");
        assert_eq!(minus(-86_400 * 30 + 5), "in 30 days");
        assert_eq!(minus(-86_400 * 30 + 90), "in 29 days");
        assert_eq!(minus(-5), "in a moment");
    }
}

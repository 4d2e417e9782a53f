//! How many decisions there were by the hour: bars, and the same as a table that leads to each hour.

use super::asked::Asked;
use crate::components::{Column, Table};
use kavach_model::Timestamp;
use kavach_model::overview::Hour;
use leptos::prelude::*;
use std::fmt::Write as _;
use std::time::Duration;

const HEIGHT: u64 = 72;
const BAR: u64 = 20;
const STEP: u64 = 26;
const HOUR: Duration = Duration::from_secs(3_600);
/// Hours that are drawn one by one; of more than these, six make a bar.
const ONE_BY_ONE: usize = 48;
const TOGETHER: u32 = 6;

/// The bars, and where they are asked for the numbers. Script lets people mark hours in the drawing; the links of the
/// numbers are the same without.
pub(super) fn hours(asked: &Asked, hours: Vec<Hour>, numbers: bool) -> impl IntoView + use<> {
    let count = hours.len();
    let (hours, span) = spans(hours);
    let most = hours.iter().map(|hour| hour.allowed + hour.denied).max().unwrap_or(0).max(1);
    let denied: u64 = hours.iter().map(|hour| hour.denied).sum();
    let all = hours.iter().map(|hour| hour.allowed).sum::<u64>() + denied;
    let width = hours.len() as u64 * STEP;
    let label =
        format!("{all} decisions in {count} hours, {denied} of them denied; at most {most} in one bar.");
    let [allowed, denied] = bars(&hours, most);
    let ends =
        hours.first().zip(hours.last()).map(|(first, last)| (hour_of(first.at), hour_of(last.at + span)));
    let ends =
        ends.map(|(first, last)| view! { <span>{first}</span> <span data-range></span> <span>{last}</span> });
    let more = match numbers {
        true => view! { <div id="numbers">{table(asked, &hours, span)}</div> }.into_any(),
        false => {
            let href = format!("{}#numbers", asked.showing("numbers"));
            (all > 0).then(|| view! { <a href=href class="pivot text-sm">"In numbers"</a> }).into_any()
        }
    };
    view! {
        <figure class="space-y-1.5">
            <svg
                id="hours"
                aria-hidden="true"
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                data-from=hours.first().map(|hour| hour.at.as_millis())
                data-span=span.as_millis().to_string()
                data-bars=hours.len()
                class="hours"
            >
                <path d=format!("M0 {}h{width}v1h-{width}z", HEIGHT - 1) class="fill-line"></path>
                <path d=allowed class="chart-allowed fill-accent"></path>
                <path d=denied class="chart-denied fill-bad"></path>
            </svg>
            <p aria-hidden="true" class="flex justify-between text-xs text-muted tabular-nums">{ends}</p>
            <figcaption class="text-sm text-muted">{label}</figcaption>
        </figure>
        {more}
    }
}

/// Hours with anything in them, newest first; each leads to its records.
fn table(asked: &Asked, hours: &[Hour], span: Duration) -> impl IntoView + use<> {
    let rows = hours
        .iter()
        .rev()
        .filter(|hour| hour.allowed + hour.denied > 0)
        .map(|hour| {
            let (from, to) = (hour.at.to_string(), (hour.at + span).to_string());
            let href = asked.clone().set("since", &from).set("until", &to).link("");
            view! {
                <tr>
                    <td><a href=href>{hour_of(hour.at)}</a></td>
                    <td>{hour.allowed}</td>
                    <td>{hour.denied}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::new("From"), Column::new("Allowed"), Column::new("Denied")];
    view! {
        <Table caption="Decisions over time" columns>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// Bars, and how long each is.
fn spans(hours: Vec<Hour>) -> (Vec<Hour>, Duration) {
    if hours.len() <= ONE_BY_ONE {
        return (hours, HOUR);
    }
    let together = hours.chunks(TOGETHER as usize).filter_map(|hours| {
        let sum = |count: fn(&Hour) -> u64| hours.iter().map(count).sum();
        Some(Hour {
            at: hours.first()?.at,
            allowed: sum(|hour| hour.allowed),
            denied: sum(|hour| hour.denied),
        })
    });
    (together.collect(), HOUR * TOGETHER)
}

/// The bars as two outlines: what was allowed below, what was denied on top.
fn bars(hours: &[Hour], most: u64) -> [String; 2] {
    let mut drawn = [String::new(), String::new()];
    for (index, hour) in hours.iter().enumerate() {
        let x = index as u64 * STEP + (STEP - BAR) / 2;
        let mut foot = HEIGHT;
        for (path, count) in drawn.iter_mut().zip([hour.allowed, hour.denied]) {
            let height = scaled(count, most);
            if height > 0 {
                // Writing into a String does not fail.
                let _ = write!(path, "M{x} {foot}v-{height}h{BAR}v{height}");
                foot -= height;
            }
        }
    }
    drawn
}

/// Height of a count: never nothing where there was something.
fn scaled(count: u64, most: u64) -> u64 {
    if count == 0 { 0 } else { (count * (HEIGHT - 4) / most).max(2) }
}

/// `2026-11-23 09:00`
fn hour_of(at: Timestamp) -> String {
    at.to_string().chars().take(16).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_drawn_in_fewer_bars_that_lose_nothing() {
        let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
        let hours: Vec<Hour> = (0..168).map(|hour| Hour { at: at(hour), allowed: 1, denied: 2 }).collect();
        let (bars, span) = spans(hours);
        assert_eq!((bars.len(), span), (28, HOUR * 6));
        assert_eq!(bars[1], Hour { at: at(6), allowed: 6, denied: 12 });
        assert_eq!(spans(bars.clone()), (bars, HOUR));
    }

    #[test]
    fn an_hour_with_something_in_it_is_seen() {
        assert_eq!(scaled(0, 1_000_000), 0);
        assert_eq!(scaled(1, 1_000_000), 2);
        assert_eq!(scaled(10, 10), HEIGHT - 4);
        assert_eq!(hour_of("2026-11-23T09:00:00Z".parse().unwrap()), "2026-11-23 09:00");
    }

    #[test]
    fn bars_stand_on_each_other_and_draw_nothing_for_nothing() {
        let hour = |allowed, denied| Hour { at: Timestamp::from_millis(0), allowed, denied };
        assert_eq!(bars(&[hour(0, 0), hour(2, 1)], 3), ["M29 72v-45h20v45", "M29 27v-22h20v22"]);
    }
}

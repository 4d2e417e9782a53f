//! How many decisions there were by the hour: bars that lead to their hour, and the same as a table.

use super::Asked;
use crate::components::{Column, Disclosure, Table};
use kavach_model::Timestamp;
use kavach_model::overview::Hour;
use leptos::prelude::*;
use std::time::Duration;

const HEIGHT: u64 = 72;
const BAR: u64 = 20;
const STEP: u64 = 26;
const HOUR: Duration = Duration::from_secs(3_600);
/// Hours that are drawn one by one; of more than these, six make a bar.
const ONE_BY_ONE: usize = 48;
const TOGETHER: u32 = 6;

/// The bars, and the table.
pub(super) fn hours(asked: &Asked, hours: Vec<Hour>) -> impl IntoView + use<> {
    let count = hours.len();
    let (hours, span) = spans(hours);
    let most = hours.iter().map(|hour| hour.allowed + hour.denied).max().unwrap_or(0).max(1);
    let denied: u64 = hours.iter().map(|hour| hour.denied).sum();
    let all = hours.iter().map(|hour| hour.allowed).sum::<u64>() + denied;
    let width = hours.len() as u64 * STEP;
    let label =
        format!("{all} decisions in {count} hours, {denied} of them denied; at most {most} in one bar.");
    let link = |hour: &Hour| {
        let (from, to) = (hour.at.to_string(), (hour.at + span).to_string());
        asked.clone().set("since", &from).set("until", &to).link("")
    };
    let bars = hours
        .iter()
        .enumerate()
        .map(|(index, hour)| bar(index as u64, hour, most, link(hour)))
        .collect_view();
    let ends =
        hours.first().zip(hours.last()).map(|(first, last)| (hour_of(first.at), hour_of(last.at + span)));
    let ends = ends.map(|(first, last)| view! { <span>{first}</span> <span>{last}</span> });
    let rows = hours
        .iter()
        .rev()
        .filter(|hour| hour.allowed + hour.denied > 0)
        .map(|hour| {
            view! {
                <tr>
                    <td><a href=link(hour)>{hour_of(hour.at)}</a></td>
                    <td>{hour.allowed}</td>
                    <td>{hour.denied}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![Column::new("From"), Column::new("Allowed"), Column::new("Denied")];
    view! {
        <div class="space-y-3">
            <figure class="space-y-1.5">
                <svg
                    aria-hidden="true"
                    focusable="false"
                    viewBox=format!("0 0 {width} {HEIGHT}")
                    preserveAspectRatio="none"
                    class="hours h-20 w-full"
                >
                    {bars}
                </svg>
                <p aria-hidden="true" class="flex justify-between text-xs text-muted tabular-nums">{ends}</p>
                <figcaption class="text-sm text-muted">{label}</figcaption>
            </figure>
            {(all > 0).then(|| view! {
                <Disclosure summary="In numbers">
                    <Table caption="Decisions over time" columns>
                        <tbody>{rows}</tbody>
                    </Table>
                </Disclosure>
            })}
        </div>
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

/// One hour: what was allowed below, what was denied on top, and all its height to press.
fn bar(index: u64, hour: &Hour, most: u64, href: String) -> impl IntoView + use<> {
    let x = index * STEP + (STEP - BAR) / 2;
    let (allowed, denied) = (scaled(hour.allowed, most), scaled(hour.denied, most));
    let title = format!("{}: {} allowed, {} denied", hour_of(hour.at), hour.allowed, hour.denied);
    let rest = HEIGHT.saturating_sub(allowed);
    view! {
        <a href=href tabindex="-1">
            <title>{title}</title>
            <rect x=index * STEP y="0" width=STEP height=HEIGHT class="hour"></rect>
            <rect x=x y=HEIGHT - 1 width=BAR height="1" class="fill-line"></rect>
            {(allowed > 0).then(|| view! {
                <rect x=x y=rest width=BAR height=allowed class="chart-allowed fill-accent"></rect>
            })}
            {(denied > 0).then(|| view! {
                <rect x=x y=rest.saturating_sub(denied) width=BAR height=denied class="chart-denied fill-bad"></rect>
            })}
        </a>
    }
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
}

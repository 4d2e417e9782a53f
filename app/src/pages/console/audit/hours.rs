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

/// The bars, and the table.
pub(super) fn hours(asked: &Asked, hours: Vec<Hour>) -> impl IntoView + use<> {
    let most = hours.iter().map(|hour| hour.allowed + hour.denied).max().unwrap_or(0).max(1);
    let denied: u64 = hours.iter().map(|hour| hour.denied).sum();
    let all = hours.iter().map(|hour| hour.allowed).sum::<u64>() + denied;
    let width = hours.len() as u64 * STEP;
    let label = format!(
        "{all} decisions in {} hours, {denied} of them denied; at most {most} in one hour.",
        hours.len()
    );
    let link = |hour: &Hour| {
        let (from, to) = (hour.at.to_string(), (hour.at + HOUR).to_string());
        asked.clone().set("since", &from).set("until", &to).link("")
    };
    let bars = hours
        .iter()
        .enumerate()
        .map(|(index, hour)| bar(index as u64, hour, most, link(hour)))
        .collect_view();
    let ends =
        hours.first().zip(hours.last()).map(|(first, last)| (hour_of(first.at), hour_of(last.at + HOUR)));
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
    let columns = vec![Column::new("Hour"), Column::new("Allowed"), Column::new("Denied")];
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
                <Disclosure summary="Hour by hour">
                    <Table caption="Decisions by the hour" columns>
                        <tbody>{rows}</tbody>
                    </Table>
                </Disclosure>
            })}
        </div>
    }
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
    fn an_hour_with_something_in_it_is_seen() {
        assert_eq!(scaled(0, 1_000_000), 0);
        assert_eq!(scaled(1, 1_000_000), 2);
        assert_eq!(scaled(10, 10), HEIGHT - 4);
        assert_eq!(hour_of("2026-11-23T09:00:00Z".parse().unwrap()), "2026-11-23 09:00");
    }
}

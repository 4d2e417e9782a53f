//! A day of decisions, by the hour, as a small bar chart drawn by the server.

use kavach_model::overview::Hour;
use leptos::prelude::*;

const HEIGHT: u64 = 96;
const BAR: u64 = 20;
const GAP: u64 = 6;

/// Allowed below, denied on top. The caption says in words what the bars show.
#[component]
pub fn DecisionChart(
    /// The hours, oldest first.
    hours: Vec<Hour>,
) -> impl IntoView {
    let most = hours.iter().map(|hour| hour.allowed + hour.denied).max().unwrap_or(0).max(1);
    let width = hours.len() as u64 * (BAR + GAP);
    let denied: u64 = hours.iter().map(|hour| hour.denied).sum();
    let total: u64 = hours.iter().map(|hour| hour.allowed).sum::<u64>() + denied;
    let label =
        format!("{total} decisions in 24 hours, {denied} of them denied; at most {most} in one hour.");
    let bars = hours.iter().enumerate().map(|(index, hour)| bar(index as u64, hour, most)).collect_view();
    view! {
        <figure class="space-y-3">
            <svg
                role="img"
                aria-label=label
                viewBox=format!("0 0 {width} {HEIGHT}")
                preserveAspectRatio="none"
                class="h-28 w-full"
            >
                {bars}
            </svg>
            <figcaption class="flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
                <span class="inline-flex items-center gap-1.5">
                    <span aria-hidden="true" class="chart-allowed size-2.5 rounded-sm bg-accent"></span>
                    "Allowed"
                </span>
                <span class="inline-flex items-center gap-1.5">
                    <span aria-hidden="true" class="chart-denied size-2.5 rounded-sm bg-bad"></span>
                    "Denied"
                </span>
                <span class="ms-auto">"Last 24 hours, by the hour"</span>
            </figcaption>
        </figure>
    }
}

fn bar(index: u64, hour: &Hour, most: u64) -> impl IntoView {
    let x = index * (BAR + GAP) + GAP / 2;
    let denied = scaled(hour.denied, most);
    let allowed = scaled(hour.allowed, most);
    // An hour without decisions is a hairline, so that the axis is there.
    let ground = (allowed + denied == 0).then(|| {
        view! { <rect x=x y=HEIGHT - 2 width=BAR height="2" rx="1" class="fill-line"></rect> }
    });
    view! {
        {ground}
        {(allowed > 0).then(|| view! {
            <rect x=x y=HEIGHT - allowed width=BAR height=allowed rx="2" class="chart-allowed fill-accent"></rect>
        })}
        {(denied > 0).then(|| view! {
            <rect
                x=x
                y=HEIGHT.saturating_sub(allowed + denied)
                width=BAR
                height=denied
                rx="2"
                class="chart-denied fill-bad"
            ></rect>
        })}
    }
}

/// Height of a count: never nothing where there was something.
fn scaled(count: u64, most: u64) -> u64 {
    if count == 0 { 0 } else { (count * (HEIGHT - 4) / most).max(3) }
}

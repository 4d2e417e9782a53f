//! The drawing, made on the server. It is for those who see: the rows below it say the same, so that screen readers and
//! keyboards are spared the way through lines and boxes.

use super::super::names::Names;
use super::Asked;
use super::layout::{BOX, COLUMN, HIGH, Layout, layout};
use crate::components::{ButtonKind, button_class};
use kavach_model::agent::AgentStatus;
use kavach_model::canopy::{Bough, Canopy, MOST_COUNTED};
use kavach_model::{PrincipalId, Timestamp, UserId};
use leptos::prelude::*;

/// Characters of a name that fit into its box.
const FITS: usize = 21;

/// What is drawn: a person, or an agent.
enum Shape<'a> {
    Person(UserId),
    Agent(&'a Bough),
}

/// Shown where script runs, which makes them work.
pub(super) fn controls() -> impl IntoView {
    let button = |name: &'static str, sign: &'static str, what: &'static str| {
        let class = format!("{} px-3", button_class(ButtonKind::Secondary));
        view! { <button type="button" data-zoom=what aria-label=name class=class>{sign}</button> }
    };
    view! {
        <div id="zoom" hidden class="flex gap-2">
            {button("Smaller", "\u{2212}", "out")} {button("Larger", "+", "in")} {button("Fit all of it", "Fit", "fit")}
        </div>
    }
}

/// People and agents with the lines between them.
pub(super) fn drawing(
    asked: &Asked,
    canopy: &Canopy,
    names: &Names,
    now: Timestamp,
) -> impl IntoView + use<> {
    let shapes = shapes(canopy);
    let levels: Vec<u32> = shapes
        .iter()
        .map(|shape| match shape {
            Shape::Person(_) => 0,
            Shape::Agent(bough) => bough.level,
        })
        .collect();
    let laid = layout(&levels);
    let on_path = |shape: &Shape<'_>| match shape {
        Shape::Agent(bough) => canopy.path.contains(&bough.twig.id),
        Shape::Person(person) => canopy
            .boughs
            .iter()
            .any(|bough| bough.twig.sponsor_id == *person && canopy.path.first() == Some(&bough.twig.id)),
    };
    // Those on the way last, over the others.
    let mut order: Vec<usize> = (0..shapes.len()).collect();
    order.sort_by_key(|index| on_path(&shapes[*index]));
    let lines = order.iter().filter_map(|index| line(&laid, *index, on_path(&shapes[*index]))).collect_view();
    let boxes = order
        .iter()
        .map(|index| {
            let shape = &shapes[*index];
            let place = laid.places[*index];
            let way = if on_path(shape) { " on-way" } else { "" };
            let inside = match shape {
                Shape::Person(person) => {
                    let name = names.name(PrincipalId::User(*person));
                    view! {
                        <g class=format!("node person{way}")>
                            <title>{name.clone()}</title>
                            <rect width=BOX height=HIGH rx=HIGH / 2></rect>
                            <text x=BOX / 2 y="25" text-anchor="middle" class="name">{short(&name)}</text>
                            <text x=BOX / 2 y="43" text-anchor="middle">"answers for them"</text>
                        </g>
                    }
                    .into_any()
                }
                Shape::Agent(bough) => agent(asked, bough, way, now),
            };
            view! { <g transform=format!("translate({} {})", place.x, place.y)>{inside}</g> }
        })
        .collect_view();
    let (width, height) = (laid.width, laid.height);
    view! {
        <div
            id="drawing"
            role="region"
            aria-label="Drawing of the tree, which the rows below it say again"
            tabindex="0"
            class="drawing"
        >
            <svg
                aria-hidden="true"
                focusable="false"
                width=width
                height=height
                viewBox=format!("0 0 {width} {height}")
            >
                {lines}
                {boxes}
            </svg>
        </div>
        {legend()}
    }
}

/// Each person before their agents.
fn shapes(canopy: &Canopy) -> Vec<Shape<'_>> {
    let mut shapes = Vec::with_capacity(canopy.boughs.len() + 1);
    let mut last = None;
    for bough in &canopy.boughs {
        let sponsor = Some(bough.twig.sponsor_id);
        if bough.level == 1 && last != sponsor {
            shapes.push(Shape::Person(bough.twig.sponsor_id));
            last = sponsor;
        }
        shapes.push(Shape::Agent(bough));
    }
    shapes
}

fn line(laid: &Layout, index: usize, on_way: bool) -> Option<impl IntoView + use<>> {
    let from = laid.places[laid.parents[index]?];
    let to = laid.places[index];
    let (x, y, end, low) = (from.x + BOX, from.y + HIGH / 2, to.x, to.y + HIGH / 2);
    let half = x + (COLUMN - BOX) / 2;
    let class = if on_way { "edge on-way" } else { "edge" };
    Some(view! { <path class=class d=format!("M{x} {y}C{half} {y} {half} {low} {end} {low}")></path> })
}

fn agent(asked: &Asked, bough: &Bough, way: &str, now: Timestamp) -> AnyView {
    let twig = &bough.twig;
    let ended = twig.expires_at.is_some_and(|end| end <= now);
    // Colour, and a sign for those who do not see it.
    let (state, sign, word) = match (twig.status, ended) {
        (AgentStatus::Active, false) => ("good", "M0 4.5 3 7.5 9 1", "works"),
        (AgentStatus::Active, true) => ("warn", "M4.5 0v5l3 2.500", "has ended"),
        (AgentStatus::Suspended, _) => ("warn", "M2 0v9M7 0v9", "suspended"),
        (AgentStatus::Revoked, _) => ("bad", "M0 0l9 9M9 0l-9 9", "revoked"),
    };
    let looked = if asked.request.node == Some(twig.id) { " looked-at" } else { "" };
    let rights = match twig.permissions {
        1 => "1 permission".to_owned(),
        count => format!("{count} permissions"),
    };
    let (turn, below) = (asked.turned(bough), count(twig.below));
    let fold = turn.map(|href| {
        let sign = if bough.is_open() { "\u{2212}" } else { "+" };
        view! {
            <a href=href tabindex="-1" class="fold">
                <circle cx=BOX cy=HIGH / 2 r="11"></circle>
                <text x=BOX y=HIGH / 2 + 4 text-anchor="middle">{sign}</text>
            </a>
        }
    });
    let facts = if twig.below > 0 { format!("{rights}, {below} below") } else { rights };
    view! {
        <g class=format!("node {state}{way}{looked}")>
            <a href=asked.at(twig.id) tabindex="-1">
                <title>{format!("{}, {word}", twig.name)}</title>
                <rect width=BOX height=HIGH rx="10"></rect>
                <rect width="4" height=HIGH - 20 x="0" y="10" rx="2" class="state"></rect>
                <path class="sign" transform="translate(14 14)" d=sign></path>
                <text x="30" y="23" class="name">{short(&twig.name)}</text>
                <text x="14" y="43">{facts}</text>
            </a>
            {fold}
        </g>
    }
    .into_any()
}

fn legend() -> impl IntoView {
    let signs = [
        ("good", "M0 4.5 3 7.5 9 1", "Works"),
        ("warn", "M2 0v9M7 0v9", "Suspended, or has ended"),
        ("bad", "M0 0l9 9M9 0l-9 9", "Revoked"),
    ];
    let items = signs.map(|(state, sign, word)| {
        view! {
            <li class="inline-flex items-center gap-1.5">
                <svg aria-hidden="true" viewBox="-2 -2 13 13" class=format!("node {state} size-3.5")>
                    <path class="sign" d=sign></path>
                </svg>
                {word}
            </li>
        }
    });
    view! { <ul class="flex flex-wrap gap-x-5 gap-y-1 border-t border-line px-4 py-3 text-xs text-muted sm:px-6">{items.collect_view()}</ul> }
}

/// A name as far as it fits.
fn short(name: &str) -> String {
    if name.chars().count() <= FITS {
        return name.to_owned();
    }
    name.chars().take(FITS - 1).chain(['\u{2026}']).collect()
}

/// How many there are, as far as they are counted.
pub(super) fn count(below: u64) -> String {
    if below < MOST_COUNTED { below.to_string() } else { format!("{MOST_COUNTED}+") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(short("scout"), "scout");
        assert_eq!(short(&"\u{e9}".repeat(40)).chars().count(), FITS);
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1000+");
    }
}

//! The tree in rows: a treegrid after the ARIA Authoring Practices. Without script its rows are a table whose links open
//! and close what is below; with it, arrow keys walk through it.

use super::super::names::Names;
use super::Asked;
use super::drawing::count;
use crate::components::{AgentStatusBadge, Badge, Tone};
use crate::icon::Chevron;
use crate::links::with_query;
use kavach_model::agent::AgentStatus;
use kavach_model::canopy::{Bough, Canopy};
use kavach_model::{PrincipalId, Timestamp, UserId};
use leptos::attr::Attribute;
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use std::collections::HashMap;

/// Marks of a depth meter at the most; deeper ones say it in words only.
const MARKS: u32 = 10;

/// People, their agents, and theirs.
pub(super) fn grid(
    asked: &Asked,
    canopy: &Canopy,
    names: &Names,
    deepest: u32,
    now: Timestamp,
) -> impl IntoView + use<> {
    let mut rows = Vec::with_capacity(canopy.boughs.len() + 1);
    let mut last = None;
    // How many there are beside each, and which of them it is.
    let mut beside: HashMap<_, u64> = HashMap::new();
    let tops = |person: UserId| {
        canopy.boughs.iter().filter(|bough| bough.level == 1 && bough.twig.sponsor_id == person).count()
    };
    for bough in &canopy.boughs {
        let person = bough.twig.sponsor_id;
        if bough.level == 1 && last != Some(person) {
            rows.push(sponsor(&names.name(PrincipalId::User(person)), tops(person)));
            last = Some(person);
        }
        let place = beside.entry((bough.twig.parent_id, person)).or_default();
        *place += 1;
        let of = match bough.twig.parent_id {
            None => tops(person) as u64,
            Some(parent) => canopy
                .boughs
                .iter()
                .find(|above| above.twig.id == parent)
                .map_or(*place, |above| above.twig.below),
        };
        rows.push(row(asked, canopy, bough, (*place, of), deepest, now));
        if let Some(next) = bough.next.filter(|_| !bough.folded) {
            rows.push(more(asked, bough, next));
        }
    }
    view! {
        <div class="overflow-x-auto">
            <table role="treegrid" aria-label="Agents, each below the one it acts for" class="table tree-rows">
                <thead>
                    <tr>
                        <th scope="col">"Agent"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="max-lg:hidden">"Depth"</th>
                        <th scope="col" class="max-lg:hidden">"Permissions"</th>
                        <th scope="col" class="max-sm:hidden">"Below"</th>
                        <th scope="col" class="max-lg:hidden">"Change"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn sponsor(name: &str, agents: usize) -> AnyView {
    let name = name.to_owned();
    view! {
        <tr role="row" {..level(1)} aria-expanded="true">
            <td><span class="bough"><b>{name}</b></span></td>
            <td><Badge tone=Tone::Neutral text="Person" /></td>
            <td class="max-lg:hidden"></td>
            <td class="max-lg:hidden"></td>
            <td class="max-sm:hidden">{agents}</td>
            <td class="max-lg:hidden"></td>
        </tr>
    }
    .into_any()
}

fn row(
    asked: &Asked,
    canopy: &Canopy,
    bough: &Bough,
    (place, of): (u64, u64),
    deepest: u32,
    now: Timestamp,
) -> AnyView {
    let twig = &bough.twig;
    let looked = asked.request.node == Some(twig.id);
    let on_way = canopy.path.contains(&twig.id).then_some("on-way");
    let expanded = bough.has_below().then(|| if bough.is_open() { "true" } else { "false" });
    let toggle = asked.turned(bough).map(|href| {
        let word = if bough.is_open() { "Close" } else { "Open" };
        view! {
            <a href=href data-turn class="turn" aria-label=format!("{word} {}", twig.name)><Chevron /></a>
        }
    });
    let ended = twig.expires_at.is_some_and(|end| end <= now) && twig.status == AgentStatus::Active;
    let status = match ended {
        true => view! { <Badge tone=Tone::Warn text="Ended" /> }.into_any(),
        false => view! { <AgentStatusBadge status=twig.status /> }.into_any(),
    };
    let steps = (0..bough.level).map(|_| view! { <i class="step"></i> }).collect_view();
    let depth = meter(bough.level, twig.levels_left, deepest);
    let (new, revoke) = changes(bough);
    view! {
        <tr
            role="row"
            id=format!("bough-{}", twig.id)
            {..level(bough.level + 1)}
            aria-posinset=place
            aria-setsize=of.max(place)
            aria-expanded=expanded
            aria-selected=if looked { "true" } else { "false" }
            class=on_way
        >
            <td>
                <span class="bough">
                    {steps}
                    {toggle.map_or_else(|| view! { <i class="turn"></i> }.into_any(), IntoAny::into_any)}
                    <a href=asked.at(twig.id) data-look aria-current=looked.then_some("true")>{twig.name.clone()}</a>
                </span>
            </td>
            <td>{status}</td>
            <td class="max-lg:hidden">{depth}</td>
            <td class="max-lg:hidden">{twig.permissions}</td>
            <td class="max-sm:hidden">{count(twig.below)}</td>
            <td class="max-lg:hidden"><span class="flex gap-x-4 whitespace-nowrap">{new} {revoke}</span></td>
        </tr>
    }
    .into_any()
}

fn changes(bough: &Bough) -> (impl IntoView + use<>, impl IntoView + use<>) {
    let twig = &bough.twig;
    let (owner, name) = (twig.id.to_string(), twig.name.as_str());
    let may_have = twig.status == AgentStatus::Active && twig.levels_left > 0;
    let new = may_have.then(|| {
        let href = with_query("/console/agents/new", &[("owner", &owner)]);
        view! { <a href=href class="py-0.5" aria-label=format!("New below {name}")>"New below"</a> }
    });
    let revoke = (twig.status != AgentStatus::Revoked).then(|| {
        let href = format!("/console/agents/{owner}/revoke");
        view! { <a href=href class="py-0.5" aria-label=format!("Revoke\u{2026} {name}")>"Revoke\u{2026}"</a> }
    });
    (new, revoke)
}

/// How far down a row is; not among the attributes that are known by name.
fn level(level: u32) -> impl Attribute {
    custom_attribute("aria-level", level.to_string())
}

/// How deep it is, and how much deeper it goes.
fn meter(level: u32, left: u32, deepest: u32) -> impl IntoView + use<> {
    let all = (level + left).min(deepest.max(level));
    let words = format!("Level {level} of {all}");
    let marks = (1..=all.min(MARKS))
        .map(|mark| view! { <i class=if mark <= level { "mark-full" } else { "mark" }></i> })
        .collect_view();
    view! {
        <span class="depth"><span aria-hidden="true" class="marks">{marks}</span><span>{words}</span></span>
    }
}

/// Where those right below an agent go on.
fn more(asked: &Asked, bough: &Bough, next: kavach_model::AgentId) -> AnyView {
    let steps = (0..=bough.level).map(|_| view! { <i class="step"></i> }).collect_view();
    let href = asked.from(bough.twig.id, Some(next));
    let text = format!("More below {}", bough.twig.name);
    view! {
        <tr role="row" {..level(bough.level + 2)}>
            <td colspan="6"><span class="bough">{steps}<a href=href data-look>{text}</a></span></td>
        </tr>
    }
    .into_any()
}

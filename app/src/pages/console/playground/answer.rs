//! The verdict, the way it came about, what failed first, and what would change it.

use super::super::chain::chain;
use super::super::names::Names;
use super::super::permission_words::in_words;
use crate::components::{
    AgentStatusBadge, Badge, ButtonKind, ButtonLink, Card, Description, Item, Mono, Time, Tone,
};
use crate::icon::Icon;
use kavach_model::Timestamp;
use kavach_model::agent::AgentStatus;
use kavach_model::explain::{
    Candidate, Change, ConditionCheck, ExplainedLink, Explanation, FailingCheck, NearestChange,
};
use leptos::prelude::*;

/// All of it.
pub(super) fn answer(explained: Explanation, names: &Names, at: Option<Timestamp>) -> impl IntoView + use<> {
    let (tone, word, icon) = match explained.allowed {
        true => ("border-good/40 bg-good-soft text-good", "Allowed", Icon::Check),
        false => ("border-bad/40 bg-bad-soft text-bad", "Denied", Icon::Close),
    };
    let way = (!explained.chain.is_empty()).then(|| {
        let way = chain(&explained.chain, names);
        view! { <Item term="Acting for">{way}</Item> }
    });
    let at = at.map(|at| {
        view! { <Item term="Judged at"><Time at />" with the permissions of now"</Item> }
    });
    let failing = explained.first_failing.clone();
    let steps = explained.links.iter().map(|link| step(link, failing.as_ref())).collect_view();
    let none = explained.links.is_empty().then(|| {
        view! { <li class="text-sm text-muted">"No permission was looked at."</li> }
    });
    let nearest = explained.nearest_change.map(nearest);
    view! {
        <section aria-label="Answer" class=format!("space-y-1 rounded-xl border p-4 shadow-card sm:p-6 {tone}")>
            <h2 class="flex items-center gap-2.5 text-xl font-semibold">{icon.view()} {word}</h2>
            <p>{explained.reason}</p>
            <p class="text-sm"><code class="font-mono">{explained.reason_code.as_str()}</code></p>
        </section>
        {nearest}
        <Card title="How it came about" hint="Every link must allow it. The most specific pattern decides in each.">
            <div class="space-y-5">
                <Description>{way} {at}</Description>
                <ol aria-label="Links, the agent first" class="space-y-3">{steps} {none}</ol>
            </div>
        </Card>
    }
}

/// What one link says.
fn step(link: &ExplainedLink, failing: Option<&FailingCheck>) -> impl IntoView + use<> {
    let fails_here = failing.filter(|failing| failing.agent_id == Some(link.agent_id) && !link.passes);
    let class = match (fails_here, link.passes) {
        (Some(_), _) => "border-2 border-bad",
        (None, true) => "border-line",
        (None, false) => "border-edge border-dashed",
    };
    let verdict = match link.passes {
        true => view! { <Badge tone=Tone::Good text="Passes" /> }.into_any(),
        false => view! { <Badge tone=Tone::Bad text="Does not pass" /> }.into_any(),
    };
    let lent = link.delegation_id.map(|_| view! { <span class="text-sm text-muted">"lends it"</span> });
    let status =
        (link.status != AgentStatus::Active).then(|| view! { <AgentStatusBadge status=link.status /> });
    let first = fails_here.map(|failing| {
        let reason = failing.reason.clone();
        view! { <p class="text-sm font-medium text-bad">"First check that fails: " {reason}</p> }
    });
    let none = link.candidates.is_empty().then(|| {
        view! { <p class="text-sm text-muted">"None of its permissions speaks of this action on this resource."</p> }
    });
    let constraint = fails_here.and_then(|failing| failing.constraint.clone());
    let candidates = link.candidates.iter().map(|one| candidate(one, constraint.as_deref())).collect_view();
    let candidates = (!link.candidates.is_empty()).then(|| view! { <ul class="space-y-2">{candidates}</ul> });
    view! {
        <li class=format!("space-y-2 rounded-lg border p-3 sm:p-4 {class}")>
            <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <a href=format!("/console/agents/{}", link.agent_id) class="font-medium link">{link.name.clone()}</a>
                {lent} {verdict} {status}
            </p>
            {first} {none} {candidates}
        </li>
    }
}

fn candidate(candidate: &Candidate, failing: Option<&str>) -> impl IntoView + use<> {
    let decides = match candidate.decides {
        true => view! { <span class="font-medium">"decides"</span> }.into_any(),
        false => view! { <span class="text-muted">"a more specific one decides"</span> }.into_any(),
    };
    let decisive = candidate.decides;
    let checks =
        candidate.checks.iter().map(|one| check(one, decisive && failing == Some(one.constraint.as_str())));
    view! {
        <li class="text-sm">
            <p>{in_words(&candidate.permission)} " \u{2014} " {decides}</p>
            <ul class="flex flex-wrap gap-x-4 gap-y-1 pt-1">{checks.collect_view()}</ul>
        </li>
    }
}

fn check(check: &ConditionCheck, first: bool) -> impl IntoView + use<> {
    let (sign, word, class) = match (check.passes, first) {
        (true, _) => ("\u{2713}", "holds", "text-good"),
        (false, false) => ("\u{2717}", "does not hold", "text-bad"),
        (false, true) => ("\u{2717}", "does not hold", "font-semibold text-bad underline underline-offset-4"),
    };
    let used = check.used.map(|used| format!(", {used} used"));
    view! {
        <li class=class>
            <span aria-hidden="true">{sign}" "</span>
            {check.constraint.clone()}" "{word} {used}
        </li>
    }
}

/// The smallest change, and where it is made.
fn nearest(change: NearestChange) -> impl IntoView {
    let page = change.agent_id.map(|agent| format!("/console/agents/{agent}"));
    let place = match (change.change, page) {
        (Change::AddPermission | Change::ChangePermission, Some(page)) => {
            Some((format!("{page}/edit"), "Edit its permissions"))
        }
        (Change::ResumeAgent | Change::ExtendAgent, Some(page)) => Some((page, "Open the agent")),
        (Change::LiftStop, _) => Some(("/console/kill-switch".to_owned(), "Open the kill switch")),
        (Change::CreateAgent, _) => Some(("/console/agents/new".to_owned(), "New agent")),
        (Change::Approve, _) => Some(("/console/approvals".to_owned(), "Open the approvals")),
        _ => None,
    };
    let link =
        place.map(|(href, name)| view! { <ButtonLink href kind=ButtonKind::Secondary>{name}</ButtonLink> });
    let permission = change.permission.and_then(|permission| serde_json::to_string(&permission).ok());
    view! {
        <Card title="Nearest change that would allow it">
            <div class="space-y-3">
                <p>{change.sentence}</p>
                {permission.map(|permission| view! { <p><Mono text=permission /></p> })}
                {link}
            </div>
        </Card>
    }
}

//! What an agent asked for, in full, and the forms to answer it. Opening it decides nothing.

mod forms;

use super::chain::chain;
use super::id;
use super::names::Names;
use super::permission_words::in_words;
use crate::components::{
    Ago, Alert, ApprovalStatusBadge, Card, CodeBlock, Description, Disclosure, Item, Mono, Time, Tone,
};
use crate::context::Here;
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::load::Loaded;
use crate::pages::{FormAlert, segment};
use crate::server_fns::approvals::APPROVAL_FORM;
use kavach_model::approval::{Approval as Model, ApprovalStatus};
use kavach_model::{ApprovalId, ErrorCode, PrincipalId, Timestamp};
use leptos::prelude::*;

const DIGEST_SHOWN: usize = 16;

/// Where the question is shown: the forms lead back there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Place {
    /// On a page of its own, in its card.
    Hosted,
    /// In the console.
    Console,
}

/// `/console/approvals/:id`
#[component]
pub fn Approval() -> impl IntoView {
    let asked = segment("id");
    console_page(Section::Approvals, "Approval", move |here, _| async move {
        question(&here, &asked, Place::Console).await
    })
}

/// The question, and its answer or the forms to give one.
pub(in crate::pages) async fn question(here: &Here, asked: &str, place: Place) -> Loaded {
    let approval = kavach_service::approval::get(&here.kv, &here.cx, id::<ApprovalId>(asked)?).await?;
    let state = FormState::of(here, APPROVAL_FORM);
    let holders = approval.permissions.iter().map(|matched| PrincipalId::Agent(matched.agent_id));
    let deciders = approval.decided_by.map(PrincipalId::User);
    let names = Names::of(here, approval.chain.iter().copied().chain(holders).chain(deciders)).await;
    let now = here.now();
    let agent = names.name(PrincipalId::Agent(approval.agent_id));
    let title = format!("{agent} asks for your approval");
    let answer = match approval.status {
        ApprovalStatus::Pending => {
            let proofs = kavach_service::authn::reauthenticate::proofs(&here.kv, &here.cx).await?;
            forms::forms(here.kv.config(), &approval, &agent, &state, place, proofs.passkey).into_any()
        }
        _ => outcome(&approval, &names, now).into_any(),
    };
    let list = view! {
        <p class="text-sm"><a href="/console/approvals" class="inline-flex min-h-6 items-center link">"← Approvals"</a></p>
    };
    let alert = alert(&state);
    let facts = facts(&approval, &names, now);
    let (facts, answer) = match place {
        Place::Hosted => (facts.into_any(), answer),
        Place::Console => {
            (view! { <Card>{facts}</Card> }.into_any(), view! { <Card>{answer}</Card> }.into_any())
        }
    };
    Ok(view! {
        <div class="space-y-6">
            <header class="space-y-2">
                {list}
                <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
                    <h1 class="min-w-0 text-2xl font-semibold break-words">{title}</h1>
                    <ApprovalStatusBadge status=approval.status />
                </div>
                {wish(&approval)}
            </header>
            {alert}
            {facts}
            {answer}
        </div>
    }
    .into_any())
}

/// What it wants, in a sentence.
fn wish(approval: &Model) -> AnyView {
    let (action, resource) = (approval.action.clone(), approval.resource.clone());
    if approval.is_for_a_person() {
        return view! {
            <p class="text-muted">
                "It wants to " <b class="font-semibold text-ink">"act for you"</b> " on " <Mono text=resource />
                ", with the scopes below. What it does there counts as done for you."
            </p>
        }
        .into_any();
    }
    view! {
        <p class="text-muted">
            "It wants to " <b class="font-semibold text-ink">{action}</b> " on " <Mono text=resource /> "."
        </p>
    }
    .into_any()
}

/// What the form said when it came back.
pub(super) fn alert(state: &FormState) -> AnyView {
    if state.code() == Some(ErrorCode::Conflict) {
        return view! {
            <Alert tone=Tone::Warn>
                <p>"Nothing was changed: somebody had answered already, or the time was over."</p>
            </Alert>
        }
        .into_any();
    }
    view! { <FormAlert state=state.clone() /> }.into_any()
}

fn facts(approval: &Model, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let arguments = match &approval.arguments {
        Some(arguments) => {
            let code = serde_json::to_string_pretty(arguments).unwrap_or_default();
            view! { <CodeBlock label="The arguments of the call" code /> }.into_any()
        }
        None => view! { <span class="text-muted">"None"</span> }.into_any(),
    };
    let because = approval.permissions.iter().map(|matched| {
        let name = names.name(PrincipalId::Agent(matched.agent_id));
        let lent = matched.delegation_id.map(|_| " (lent)");
        view! { <li>{name} {lent} ": " {in_words(&matched.permission)}</li> }
    });
    let because = because.collect_view();
    let because = (!approval.is_for_a_person()).then(|| {
        view! {
            <Item term="Asked because of">
                <ul class="space-y-1">{because}</ul>
            </Item>
        }
    });
    let units = approval.units;
    let units = (units != 1).then(|| view! { <Item term="Units of a budget">{units}</Item> });
    let ends = (approval.status == ApprovalStatus::Pending).then(|| {
        let at = approval.expires_at;
        view! {
            <Item term="Answer by"><Ago at now />" ("<Time at />")"</Item>
        }
    });
    let who = chain(&approval.chain, names);
    let (action, resource) = (approval.action.clone(), approval.resource.clone());
    let (asked, digest) = (approval.created_at, approval.digest.clone());
    let short = approval.digest.get(..DIGEST_SHOWN).unwrap_or_default().to_owned();
    view! {
        <Description>
            <Item term="Who asks">{who}</Item>
            <Item term="Action"><Mono text=action /></Item>
            <Item term="Resource"><Mono text=resource /></Item>
            <Item term="Arguments">{arguments}</Item>
            {units}
            {because}
            <Item term="Asked"><Ago at=asked now />" ("<Time at=asked />")"</Item>
            {ends}
            <Item term="Digest">
                <div class="-my-1.5"><Disclosure summary=format!("{short}…")>
                    <Mono text=digest />
                    <p class="mt-1 text-muted">"Names all of the above. An answer holds for exactly this."</p>
                </Disclosure></div>
            </Item>
        </Description>
    }
}

/// How it ended, or what is left of it.
fn outcome(approval: &Model, names: &Names, now: Timestamp) -> impl IntoView + use<> {
    let sentence = match (approval.status, approval.decided_at) {
        (ApprovalStatus::Approved, _) => "Approved, and not used up yet.",
        (ApprovalStatus::Denied, _) => "Denied. The same question is denied until this would have expired.",
        (ApprovalStatus::Consumed, _) => "Approved and used.",
        (_, Some(_)) => "Approved, but its time to be used is over.",
        (_, None) => "Nobody answered in time. The agent may ask again.",
    };
    let who = approval.decided_by.map(|person| {
        let name = names.name(PrincipalId::User(person));
        let at = approval.decided_at.map(|at| view! { ", " <Ago at now /> });
        view! { <Item term="Decided by">{name} {at}</Item> }
    });
    let reason = approval.reason.clone().map(|text| view! { <Item term="Reason given">{text}</Item> });
    let grant = approval.grant.map(|grant| {
        let text = format!("{} of {} uses left", approval.uses_left, grant.uses);
        view! { <Item term="Standing grant">{text}</Item> }
    });
    let until = approval.redeem_by.map(|at| view! { <Item term="To be used until"><Time at /></Item> });
    let used = approval.used_at.map(|at| view! { <Item term="Last used"><Time at /></Item> });
    view! {
        <section aria-label="Answer" class="space-y-4">
            <h2 class="text-base font-semibold">{sentence}</h2>
            <Description>{who}{reason}{grant}{until}{used}</Description>
        </section>
    }
}

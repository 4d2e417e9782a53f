//! A question in the inbox, said from its structure, with its answers.

use crate::components::{Ago, ButtonKind, Disclosure, HiddenField, Item, Mono, button_class};
use crate::form::FormState;
use crate::pages::console::chain::chain;
use crate::pages::console::names::Names;
use crate::pages::console::permission_words::in_words;
use crate::server_fns::approvals::IN_INBOX;
use kavach_model::approval::Approval;
use kavach_model::{PrincipalId, Timestamp};
use leptos::prelude::*;

const INBOX: &str = "/console/approvals";
/// Longer arguments open on demand.
const LONG: usize = 480;
/// The standing grant that is offered: little, and for a short time.
const USES: u32 = 5;
const MINUTES: u32 = 60;

/// Who answers, and how they can.
pub(super) struct Answering<'a> {
    pub(super) now: Timestamp,
    pub(super) names: &'a Names,
    pub(super) state: &'a FormState,
    /// Whether pressing a button is enough to approve.
    pub(super) by_form: bool,
    /// Whether they have a passkey to sign with.
    pub(super) by_passkey: bool,
    /// Minutes within which what is approved must be used.
    pub(super) minutes: u64,
}

impl Answering<'_> {
    fn agent(&self, approval: &Approval) -> String {
        self.names.name(PrincipalId::Agent(approval.agent_id))
    }

    /// The reason that was typed for this one, where its form comes back.
    fn reason(&self, id: &str) -> String {
        if self.state.value("approval") == id { self.state.value("reason") } else { String::new() }
    }
}

/// One question.
pub(super) fn card(approval: &Approval, answering: &Answering<'_>) -> AnyView {
    let id = approval.id.to_string();
    let title = format!("{} wants to ", answering.agent(approval));
    let grant = (!approval.is_for_a_person()).then(|| grant(approval, answering));
    let who = chain(&approval.chain, answering.names);
    view! {
        <article id=id.clone() class="ask" data-ask data-one tabindex="-1" aria-labelledby=format!("{id}-t")>
            <h2 id=format!("{id}-t")>
                <a href=format!("{INBOX}/{id}") data-open>{title} {what(approval)}</a>
            </h2>
            <p class="ask-when">{times(approval, answering.now)}</p>
            <dl class="facts">
                <Item term="Who asks">{who}</Item>
                {facts(approval, answering.names)}
            </dl>
            {forms(&[approval], answering)}
            {grant}
        </article>
    }
    .into_any()
}

/// Several questions of one agent, reviewed as one.
pub(super) fn batch(several: &[Approval], answering: &Answering<'_>) -> AnyView {
    let Some(newest) = several.first() else { return ().into_any() };
    let id = format!("with-{}", newest.id);
    let title = format!("{} asks for {} calls within 10 minutes", answering.agent(newest), several.len());
    let each = several.iter().map(|one| {
        view! {
            <li id=one.id.to_string() data-one>
                <h3><a href=format!("{INBOX}/{}", one.id) data-open>{what(one)}</a></h3>
                <p class="ask-when">{times(one, answering.now)}</p>
                <dl class="facts">{facts(one, answering.names)}</dl>
            </li>
        }
    });
    let each = each.collect_view();
    let all: Vec<&Approval> = several.iter().collect();
    view! {
        <article id=id.clone() class="ask" data-ask tabindex="-1" aria-labelledby=format!("{id}-t")>
            <h2 id=format!("{id}-t")>{title}</h2>
            {chain(&newest.chain, answering.names)}
            <ol class="ask-list">{each}</ol>
            {forms(&all, answering)}
        </article>
    }
    .into_any()
}

/// What it wants, from the structure of the question and from nothing else.
fn what(approval: &Approval) -> impl IntoView + use<> {
    let resource = approval.resource.clone();
    let action = if approval.is_for_a_person() { "act for you" } else { &approval.action }.to_owned();
    view! { <b>{action}</b> " on " <Mono text=resource /> }
}

fn times(approval: &Approval, now: Timestamp) -> impl IntoView + use<> {
    let (asked, ends) = (approval.created_at, approval.expires_at);
    view! { "Asked " <Ago at=asked now /> ", to be answered " <span data-ends><Ago at=ends now /></span> }
}

/// Why it is asked, and what the agent gave.
fn facts(approval: &Approval, names: &Names) -> impl IntoView + use<> {
    let rules = approval.permissions.iter().filter(|one| one.permission.constraints.require_approval);
    let rules = rules.map(|matched| {
        let holder = format!("{}: ", names.name(PrincipalId::Agent(matched.agent_id)));
        view! { <li>{holder} {in_words(&matched.permission)}</li> }
    });
    let rules = rules.collect_view();
    let units = (approval.units != 1).then(|| {
        let units = approval.units;
        view! { <Item term="Units of a budget">{units}</Item> }
    });
    let said = match &approval.arguments {
        Some(arguments) if !arguments.is_empty() => {
            let text = serde_json::to_string_pretty(arguments).unwrap_or_default();
            let length = text.chars().count();
            let quote = view! { <blockquote><pre>{text}</pre></blockquote> };
            match length > LONG {
                true => view! { <Disclosure summary=format!("{length} characters")>{quote}</Disclosure> }
                    .into_any(),
                false => quote.into_any(),
            }
        }
        _ => view! { <span class="text-muted">"Nothing: the call has no arguments."</span> }.into_any(),
    };
    let because = (!approval.is_for_a_person()).then(|| {
        view! {
            <Item term="Asked because of">
                <ul>{rules}</ul>
            </Item>
        }
    });
    view! {
        {because}
        {units}
        <Item term="In the agent's words">{said}</Item>
    }
}

/// No, with a reason, and yes, once. No comes first, so that Enter in the reason never approves.
fn forms(asked: &[&Approval], answering: &Answering<'_>) -> impl IntoView + use<> {
    let ids: Vec<String> = asked.iter().map(|one| one.id.to_string()).collect();
    let ids = ids.join(" ");
    let (name, more, count) = match asked.len() {
        1 => ("approval", "", String::new()),
        count => ("approvals", "-several", format!(" all {count}")),
    };
    let yes = if asked.len() == 1 { "Approve once".to_owned() } else { format!("Approve{count}, once each") };
    let passkey = (answering.by_passkey && asked.len() == 1)
        .then(|| by_passkey(&ids, "Approve once with a passkey", ButtonKind::Primary));
    let approve = answering.by_form.then(|| {
        let kind = if passkey.is_some() { ButtonKind::Secondary } else { ButtonKind::Primary };
        let action = format!("/_fn/approvals/approve{more}");
        view! { <button formaction=action data-yes class=button_class(kind)>{yes}</button> }
    });
    let reason = answering.reason(&ids);
    view! {
        <form method="post" action=format!("/_fn/approvals/deny{more}") class="ask-answer">
            <HiddenField name value=ids.clone() />
            <HiddenField name="place" value=IN_INBOX />
            <label>
                <span>"Reason for a no, which the agent is told"</span>
                <input name="reason" value=reason maxlength="500" autocomplete="off" class="input" />
            </label>
            <button class=button_class(ButtonKind::Danger)>{format!("Deny{count}")}</button>
            {approve}
        </form>
        {passkey}
    }
}

/// A standing grant that is narrower than always.
fn grant(approval: &Approval, answering: &Answering<'_>) -> impl IntoView + use<> {
    let id = approval.id.to_string();
    let units = if approval.units == 1 { "1 unit".to_owned() } else { format!("{} units", approval.units) };
    let sentence = format!(
        "{} may then {} on {} with any arguments, at most {units} a call, {USES} times within an hour. It ends earlier when \
         its permissions change or it is stopped.",
        answering.agent(approval),
        approval.action,
        approval.resource,
    );
    let once = format!("Approving once covers exactly this call, within {} minutes. ", answering.minutes);
    let by_form = answering.by_form.then(|| {
        view! { <button class=button_class(ButtonKind::Secondary)>{format!("Approve {USES} uses within an hour")}</button> }
    });
    let by_passkey = answering
        .by_passkey
        .then(|| by_passkey(&id, "Approve 5 uses within an hour with a passkey", ButtonKind::Secondary));
    view! {
        <Disclosure summary="For a while instead">
            <form method="post" action="/_fn/approvals/grant" class="space-y-3">
                <HiddenField name="approval" value=id.clone() />
                <HiddenField name="place" value=IN_INBOX />
                <HiddenField name="uses" value=USES.to_string() />
                <HiddenField name="minutes" value=MINUTES.to_string() />
                <p class="hint">{once} {sentence}</p>
                <div class="flex flex-wrap items-center gap-3">
                    {by_form} {by_passkey}
                    <a href=format!("{INBOX}/{id}") class="pivot text-sm">"Other bounds"</a>
                </div>
            </form>
        </Disclosure>
    }
}

/// A button that has a passkey sign the answer. It is there where script and passkeys are.
fn by_passkey(id: &str, label: &'static str, kind: ButtonKind) -> impl IntoView + use<> {
    view! {
        <div data-passkey="approve" data-approval=id.to_owned() data-next=INBOX hidden>
            <button type="button" class=button_class(kind)>{label}</button>
        </div>
    }
}

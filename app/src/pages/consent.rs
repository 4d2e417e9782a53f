//! Asking a person whether a client may have what it asks for.
//!
//! Both answers weigh the same and neither has the focus. The host the answer goes to is the largest thing on the page
//! after the question, because it is what tells a client from one that pretends to be it.

use super::{FormAlert, query};
use crate::components::{
    Ago, Alert, Badge, Button, ButtonKind, ButtonLink, Description, HiddenField, Item, Tone,
};
use crate::context::Here;
use crate::form::FormState;
use crate::i18n::{is_known, tr, tr_of, tr_with};
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::server_fns::consent::FORM;
use kavach_model::oauth::{AskedScope, ConsentRequest, Towards, Vouched};
use kavach_model::user::User;
use kavach_service::oauth::consent::{self, Question};
use leptos::prelude::*;
use leptos_meta::Meta;

/// `/consent?request=...`
#[component]
pub fn Consent() -> impl IntoView {
    let request = query("request");
    let content = load::signed_in(move |here, user| async move {
        let state = FormState::of(&here, FORM);
        let content = match consent::look(&here.kv, &here.cx, &request).await? {
            Question::Ask(asked) => question(&here, state, &user, *asked, request),
            Question::Settled => settled(&request),
            Question::Guest => guest(),
            Question::First(page) => {
                here.see_other(&page);
                ().into_any()
            }
        };
        Ok(view! { <div class="space-y-6">{content}</div> }.into_any())
    });
    view! { <AuthLayout title=tr("consent-title")>{content}</AuthLayout> }
}

/// `/consent/continue?request=...`: on to the client. A step of its own, because browsers stop a form whose chain of
/// redirects ends on a site its page did not name, and this page comes after the form for signing in.
#[component]
pub fn ContinueToApp() -> impl IntoView {
    let request = query("request");
    let content = load::signed_in(move |here, _| async move {
        let to = consent::resume(&here.kv, &here.cx, &request).await?;
        here.see_other(&to);
        Ok(().into_any())
    });
    view! { <AuthLayout title=tr("consent-title")>{content}</AuthLayout> }
}

fn settled(request: &str) -> AnyView {
    let to = with_query("/consent/continue", &[("request", request)]);
    view! {
        <Meta http_equiv="refresh" content=format!("0;url={to}") />
        <h1 class="text-2xl font-semibold">{tr("consent-settled")}</h1>
        <ButtonLink href=to>{tr("consent-continue")}</ButtonLink>
    }
    .into_any()
}

fn question(here: &Here, state: FormState, user: &User, asked: ConsentRequest, request: String) -> AnyView {
    let ConsentRequest { client, vouched, first_seen, last_used, links, towards, resources, scopes, days } =
        asked;
    let account = user.email.clone().or_else(|| user.username.clone()).unwrap_or_else(|| user.name.clone());
    let now = here.now();
    let (denied, duration) = (request.clone(), duration(days));
    view! {
        <h1 class="text-2xl font-semibold break-words">{tr_with("consent-ask", &[("client", client.into())])}</h1>
        {who(vouched)}
        <FormAlert state />
        {place(towards)}
        <Description>
            <Item term=tr("consent-account")><span class="break-all">{account}</span></Item>
            {(!resources.is_empty()).then(|| view! {
                <Item term=tr("consent-for")>
                    {resources.into_iter().map(|(name, address)| view! {
                        <span class="block"><bdi>{name}</bdi> " " <bdi class="text-xs break-all text-muted">{address}</bdi></span>
                    }).collect_view()}
                </Item>
            })}
            <Item term=tr("consent-scopes")>
                <ul class="list-disc space-y-1 ps-5">{scopes.into_iter().map(scope).collect_view()}</ul>
            </Item>
            <Item term=tr("consent-duration")>{duration}</Item>
            <Item term=tr("consent-first-seen")><Ago at=first_seen now /></Item>
            {last_used.map(|at| view! { <Item term=tr("consent-last-used")><Ago at now /></Item> })}
        </Description>
        {(!links.is_empty()).then(|| view! {
            <p class="flex flex-wrap gap-x-4 gap-y-1 text-sm">
                {links.into_iter().map(|(kind, href)| view! {
                    <a href=href rel="noreferrer nofollow" target="_blank">{tr_of(&format!("consent-link-{kind}"))}</a>
                }).collect_view()}
            </p>
        })}
        <div class="grid grid-cols-2 gap-3">
            <form method="post" action="/_fn/consent/deny">
                <HiddenField name="request" value=denied />
                <Button wide=true kind=ButtonKind::Secondary>{tr("consent-deny")}</Button>
            </form>
            <form method="post" action="/_fn/consent/allow">
                <HiddenField name="request" value=request />
                <Button wide=true kind=ButtonKind::Secondary>{tr("consent-allow")}</Button>
            </form>
        </div>
    }
    .into_any()
}

fn who(vouched: Vouched) -> AnyView {
    match vouched {
        Vouched::Administrator => {
            view! { <p class="text-sm text-muted">{tr("consent-registered")}</p> }.into_any()
        }
        Vouched::Host(host) => {
            view! { <p class="text-sm break-all">{tr_with("consent-host", &[("host", host.into())])}</p> }
                .into_any()
        }
        Vouched::Nobody => view! {
            <Alert tone=Tone::Warn><p>{tr("consent-unverified")}</p></Alert>
        }
        .into_any(),
    }
}

/// Where the answer goes, in large type.
fn place(towards: Towards) -> AnyView {
    let (name, warning) = match towards {
        Towards::Site(host) => (host, None),
        Towards::ThisMachine => (tr("consent-here"), Some(tr("consent-here-warning"))),
        Towards::App(scheme) => (format!("{scheme}:"), Some(tr("consent-app-warning"))),
    };
    view! {
        <div>
            <p class="text-sm text-muted">{tr("consent-to")}</p>
            <p id="redirect-host" class="text-2xl font-semibold break-all"><bdi>{name}</bdi></p>
        </div>
        {warning.map(|text| view! { <Alert tone=Tone::Warn><p>{text}</p></Alert> })}
    }
    .into_any()
}

fn scope(asked: AskedScope) -> impl IntoView {
    let AskedScope { name, description, is_new } = asked;
    view! {
        <li class="break-words">
            <bdi>{sentence(&name, description)}</bdi>
            {is_new.then(|| view! { " " <Badge tone=Tone::Warn text=tr("consent-new") /> })}
        </li>
    }
}

/// What a scope allows: in our words where it is one of ours, else in those of whoever added the server, else its name.
pub(super) fn sentence(name: &str, description: String) -> String {
    let key = format!("scope-{}", name.replace('_', "-"));
    if is_known(&key) {
        return tr_of(&key);
    }
    if description.is_empty() { name.to_owned() } else { description }
}

fn duration(days: Option<u64>) -> String {
    match days {
        Some(days) => tr_with("consent-days", &[("days", days.into())]),
        None => tr("consent-once"),
    }
}

fn guest() -> AnyView {
    view! {
        <h1 class="text-2xl font-semibold">{tr("consent-title")}</h1>
        <p>{tr("consent-guest")}</p>
        <ButtonLink href="/account/upgrade">{tr("guest-upgrade")}</ButtonLink>
    }
    .into_any()
}

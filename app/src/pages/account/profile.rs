//! Who the person is: name, language, address.

use crate::components::{
    Badge, Button, ButtonKind, Card, Choice, Description, Field, Item, Mono, PageHeader, Select, Tone,
};
use crate::form::FormState;
use crate::i18n::{language, tr};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::server_fns::account::PROFILE_FORM;
use crate::server_fns::email::SEND_FORM;
use kavach_model::Language;
use kavach_model::user::{Role, User};
use leptos::prelude::*;

/// `/account`
#[component]
pub fn Account() -> impl IntoView {
    account_page(AccountPart::Profile, |here, user| async move {
        let state = FormState::of_any(&here, &[PROFILE_FORM, SEND_FORM]);
        let profile = profile(&user, &state.only(PROFILE_FORM));
        let address = address(&user);
        let facts = facts(&user);
        Ok(view! {
            <PageHeader title=tr("account-title") hint=tr("account-hint") />
            <FormAlert state=state />
            <Card title=tr("account-profile")>{profile}</Card>
            <Card title=tr("account-email")>{address}</Card>
            <Card title=tr("account-facts")>{facts}</Card>
        }
        .into_any())
    })
}

/// What people are called, and what they read.
fn profile(user: &User, state: &FormState) -> impl IntoView + use<> {
    let name = state.typed("name").unwrap_or_else(|| user.name.clone());
    let chosen = user.locale.as_deref().and_then(Language::parse).unwrap_or_else(language);
    let languages =
        Language::ALL.iter().map(|language| Choice::new(language.tag(), language.name())).collect();
    view! {
        <form method="post" action="/_fn/account/profile" class="max-w-md space-y-5">
            <Field label=tr("account-name") name="name" value=name autocomplete="name" max=200 error=state.error("name") />
            <Select
                label=tr("language")
                name="language"
                choices=languages
                value=chosen.tag()
                hint=tr("account-language-hint")
            />
            <Button>{tr("account-save")}</Button>
        </form>
    }
}

/// The address, and whether it is verified.
fn address(user: &User) -> impl IntoView + use<> {
    let Some(email) = user.email.clone() else {
        return view! { <p class="text-muted">{tr("account-no-email")}</p> }.into_any();
    };
    let verified = user.email_verified;
    view! {
        <div class="space-y-4">
            <p class="flex flex-wrap items-center gap-2">
                <bdi class="font-medium break-all">{email}</bdi>
                {if verified {
                    view! { <Badge tone=Tone::Good text=tr("account-verified") /> }
                } else {
                    view! { <Badge tone=Tone::Warn text=tr("account-not-verified") /> }
                }}
            </p>
            {(!verified).then(|| view! {
                <form method="post" action="/_fn/email/send" class="space-y-3">
                    <p class="text-sm text-muted">{tr("account-verify-text")}</p>
                    <Button kind=ButtonKind::Secondary>{tr("account-verify-submit")}</Button>
                </form>
            })}
        </div>
    }
    .into_any()
}

/// What else the account says.
fn facts(user: &User) -> impl IntoView + use<> {
    let role = match user.role {
        Role::Admin => tr("account-role-admin"),
        Role::Member => tr("account-role-member"),
    };
    let id = user.id.to_string();
    let username = user.username.clone();
    let phone = user.phone.clone();
    view! {
        <Description>
            {username.map(|username| view! { <Item term=tr("sign-in-username")><bdi>{username}</bdi></Item> })}
            {phone.map(|phone| view! { <Item term=tr("account-phone")><bdi>{phone}</bdi></Item> })}
            <Item term=tr("account-role")>{role}</Item>
            <Item term=tr("account-id")><Mono text=id /></Item>
        </Description>
    }
}

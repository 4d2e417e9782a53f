//! Who the person is: name, language, address.

use super::contact::{address, phone};
use crate::components::{Button, Card, Choice, Description, Field, Item, Mono, PageHeader, Select};
use crate::form::FormState;
use crate::i18n::{language, tr};
use crate::layouts::{AccountPart, account_page};
use crate::pages::{FormAlert, GuestNotice};
use crate::server_fns::account::PROFILE_FORM;
use crate::server_fns::contact::{EMAIL_FORM, PHONE_CODE_FORM, PHONE_FORM, REMOVE_PHONE_FORM};
use crate::server_fns::email::SEND_FORM;
use kavach_model::Language;
use kavach_model::user::{Role, User};
use leptos::prelude::*;

const FORMS: [&str; 6] =
    [PROFILE_FORM, SEND_FORM, EMAIL_FORM, PHONE_FORM, PHONE_CODE_FORM, REMOVE_PHONE_FORM];

/// `/account`
#[component]
pub fn Account() -> impl IntoView {
    account_page(AccountPart::Profile, |here, user| async move {
        let state = FormState::of_any(&here, &FORMS);
        let profile = profile(&user, &state.only(PROFILE_FORM));
        let address = address(&user, &state);
        let methods = kavach_service::authn::methods::list(&here.kv);
        let phone = methods.phone_otp.then(|| {
            let content = phone(&here, &user, &state);
            view! { <Card title=tr("account-phone")>{content}</Card> }
        });
        let facts = facts(&user);
        let guest = user.anonymous.then(|| view! { <GuestNotice /> });
        Ok(view! {
            <PageHeader title=tr("account-title") hint=tr("account-hint") />
            <FormAlert state=state />
            {guest}
            <Card title=tr("account-profile")>{profile}</Card>
            <Card title=tr("account-email")>{address}</Card>
            {phone}
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

/// What else the account says.
fn facts(user: &User) -> impl IntoView + use<> {
    let role = match user.role {
        Role::Admin => tr("account-role-admin"),
        Role::Member => tr("account-role-member"),
    };
    let id = user.id.to_string();
    let username = user.username.clone();
    view! {
        <Description>
            {username.map(|username| view! { <Item term=tr("sign-in-username")><bdi>{username}</bdi></Item> })}
            <Item term=tr("account-role")>{role}</Item>
            <Item term=tr("account-id")><Mono text=id /></Item>
        </Description>
    }
}

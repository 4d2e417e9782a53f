//! Guests: the button that lets them in, and the form with which they stay.

use super::{FormAlert, query};
use crate::components::{Button, ButtonKind, ButtonLink, Card, Field, FieldKind, HiddenField, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::guest::{GUEST_FORM, UPGRADE_FORM, UPGRADE_PAGE, USERNAME};
use kavach_model::ErrorCode;
use kavach_model::sign_in::Method;
use leptos::prelude::*;

/// `/sign-in/guest?return_to=...`
#[component]
pub fn Guest() -> impl IntoView {
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        if !here.kv.config().methods.is_on(Method::Anonymous) {
            return Err(ErrorCode::NotFound.into());
        }
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        let state = FormState::of(&here, GUEST_FORM);
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        let instead = with_query("/sign-in", &[("return_to", &carried)]);
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{tr("guest-title")}</h1>
                <FormAlert state />
                <p class="text-sm text-muted">{tr("guest-lead")}</p>
                <GuestForm return_to=carried />
                <ButtonLink href=instead kind=ButtonKind::Quiet wide=true>{tr("guest-instead")}</ButtonLink>
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("guest-title")>{content}</AuthLayout> }
}

/// The button alone, for pages that offer it beside other ways in.
#[component]
pub fn GuestForm(
    /// Where to go afterwards; nowhere special when empty.
    #[prop(into)]
    return_to: String,
) -> impl IntoView {
    view! {
        <form method="post" action="/_fn/sign-in/anonymous">
            <HiddenField name="return_to" value=return_to />
            <Button wide=true kind=ButtonKind::Secondary>{tr("guest-continue")}</Button>
        </form>
    }
}

/// What a guest reads on their account page.
#[component]
pub fn GuestNotice() -> impl IntoView {
    view! {
        <Card title=tr("guest-upgrade-title")>
            <div class="space-y-4">
                <p class="text-sm text-muted">{tr("guest-upgrade-lead")}</p>
                <ButtonLink href="/account/upgrade">{tr("guest-upgrade")}</ButtonLink>
            </div>
        </Card>
    }
}

/// `/account/upgrade`, with `by=username` for those who would rather not give an address.
#[component]
pub fn Upgrade() -> impl IntoView {
    let by = query("by");
    let content = load::signed_in(move |here, user| async move {
        let methods = kavach_service::authn::methods::list(&here.kv);
        if !methods.anonymous || !(methods.email_password || methods.username_password) {
            return Err(ErrorCode::NotFound.into());
        }
        if !user.anonymous {
            here.see_other("/account");
            return Ok(().into_any());
        }
        let state = FormState::of(&here, UPGRADE_FORM);
        let least = here.kv.config().password.min_length;
        let by_username = methods.username_password && (by == USERNAME || !methods.email_password);
        let instead = match by_username {
            true => (UPGRADE_PAGE.to_owned(), tr("guest-upgrade-by-email")),
            false => (with_query(UPGRADE_PAGE, &[("by", USERNAME)]), tr("guest-upgrade-by-username")),
        };
        let instead = (methods.email_password && methods.username_password).then(|| {
            view! {
                <p class="text-sm">
                    <a href=instead.0 class="inline-block py-0.5 font-medium text-accent underline">{instead.1}</a>
                </p>
            }
        });
        Ok(view! {
            <div class="space-y-6">
                <h1 class="text-2xl font-semibold">{tr("guest-upgrade-title")}</h1>
                <FormAlert state=state.clone() />
                <p class="text-sm text-muted">{tr("guest-upgrade-lead")}</p>
                <UpgradeForm state least by_username />
                {instead}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("guest-upgrade-title")>{content}</AuthLayout> }
}

/// The form alone, for the account page of a guest.
#[component]
pub fn UpgradeForm(
    /// What was typed, if it came back.
    state: FormState,
    /// Characters a password needs.
    least: u32,
    /// Whether a user name is asked for instead of an address.
    by_username: bool,
) -> impl IntoView {
    let who = if by_username {
        view! {
            <HiddenField name="by" value=USERNAME />
            <Field
                label=tr("username-label")
                name="username"
                value=state.value("username")
                hint=tr("username-hint")
                autocomplete="username"
                max=64
                as_is=true
                error=state.error("username")
            />
        }
        .into_any()
    } else {
        view! {
            <Field
                label=tr("guest-email")
                name="email"
                kind=FieldKind::Email
                value=state.value("email")
                autocomplete="username"
                error=state.error("email")
            />
        }
        .into_any()
    };
    view! {
        <form method="post" action="/_fn/account/upgrade" class="space-y-5">
            <Field
                label=tr("guest-name")
                name="name"
                value=state.value("name")
                autocomplete="name"
                max=200
                optional=true
                error=state.error("name")
            />
            {who}
            <PasswordField
                label=tr("guest-password")
                name="password"
                new_with=Some(least)
                error=state.error("password")
            />
            <Button wide=true>{tr("guest-upgrade")}</Button>
        </form>
    }
}

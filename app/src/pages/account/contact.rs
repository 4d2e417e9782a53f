//! Where the person is reached: the address and the telephone number, and how to have others.

use crate::awaited::{Awaited, For};
use crate::components::{Badge, Button, ButtonKind, Disclosure, Field, FieldKind, Tone};
use crate::context::Here;
use crate::form::FormState;
use crate::i18n::{FluentValue, tr, tr_with};
use crate::server_fns::contact::{EMAIL_FORM, PHONE_CODE_FORM, PHONE_FORM};
use kavach_model::user::User;
use leptos::prelude::*;

/// The address, whether it is verified, and the way to another.
pub(super) fn address(user: &User, state: &FormState) -> impl IntoView + use<> {
    let state = state.only(EMAIL_FORM);
    let email = user.email.clone();
    let (has, verified) = (email.is_some(), user.email_verified);
    let label = if has { tr("account-email-change") } else { tr("account-email-add") };
    let open = state.problem().is_some();
    view! {
        <div class="space-y-4">
            {match email {
                Some(email) => view! {
                    <p class="flex flex-wrap items-center gap-2">
                        <bdi class="font-medium break-all">{email}</bdi>
                        {if verified {
                            view! { <Badge tone=Tone::Good text=tr("account-verified") /> }
                        } else {
                            view! { <Badge tone=Tone::Warn text=tr("account-not-verified") /> }
                        }}
                    </p>
                }.into_any(),
                None => view! { <p class="text-muted">{tr("account-no-email")}</p> }.into_any(),
            }}
            {(has && !verified).then(|| view! {
                <form method="post" action="/_fn/email/send" class="space-y-3">
                    <p class="text-sm text-muted">{tr("account-verify-text")}</p>
                    <Button kind=ButtonKind::Secondary>{tr("account-verify-submit")}</Button>
                </form>
            })}
            <Disclosure summary=label open>
                <form method="post" action="/_fn/account/email" class="max-w-md space-y-4">
                    <Field
                        label=tr("account-email-new")
                        name="email"
                        kind=FieldKind::Email
                        value=state.value("email")
                        hint=tr("account-email-new-hint")
                        autocomplete="email"
                        error=state.error("email")
                    />
                    <Button kind=ButtonKind::Secondary>{tr("account-email-submit")}</Button>
                </form>
            </Disclosure>
        </div>
    }
}

/// The number, and the way to another or to none.
pub(super) fn phone(here: &Here, user: &User, state: &FormState) -> impl IntoView + use<> {
    let number = user.phone.clone();
    let label = if number.is_some() { tr("account-phone-change") } else { tr("account-phone-add") };
    let asked = state.only(PHONE_FORM);
    let code = state.only(PHONE_CODE_FORM);
    let awaited = Awaited::find(here, For::NewPhone);
    let open = asked.problem().is_some() || awaited.is_some();
    let typed = asked.value("phone");
    let error = asked.error("phone");
    let confirm = awaited.map(|awaited| {
        let sent = tr_with("phone-sent", &[("to", FluentValue::from(awaited.to))]);
        view! {
            <form method="post" action="/_fn/account/phone/verify" class="max-w-md space-y-4">
                <p class="text-sm text-muted">{sent}</p>
                <Field
                    label=tr("code-label")
                    name="code"
                    kind=FieldKind::Number
                    max=12
                    hint=tr("code-hint")
                    autocomplete="one-time-code"
                    error=code.error("code")
                />
                <Button>{tr("account-phone-confirm")}</Button>
            </form>
        }
    });
    view! {
        <div class="space-y-4">
            {match number {
                Some(number) => view! {
                    <div class="flex flex-wrap items-center justify-between gap-3">
                        <bdi class="font-medium">{number}</bdi>
                        <form method="post" action="/_fn/account/phone/remove">
                            <Button kind=ButtonKind::Secondary>{tr("account-phone-remove")}</Button>
                        </form>
                    </div>
                }.into_any(),
                None => view! { <p class="text-muted">{tr("account-phone-none")}</p> }.into_any(),
            }}
            {confirm}
            <Disclosure summary=label open>
                <form method="post" action="/_fn/account/phone" class="max-w-md space-y-4">
                    <Field
                        label=tr("phone-label")
                        name="phone"
                        kind=FieldKind::Phone
                        value=typed
                        hint=tr("phone-hint")
                        autocomplete="tel"
                        max=40
                        error
                    />
                    <Button kind=ButtonKind::Secondary>{tr("phone-send")}</Button>
                </form>
            </Disclosure>
        </div>
    }
}

//! The second step: the password, or another proof that goes with the same identifier.

use super::identifier_label;
use super::ways::{Or, Way};
use crate::components::{Button, CaptchaField, Field, HiddenField, Icon, PasskeySignIn, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use crate::links::with_query;
use crate::pages::FormAlert;
use kavach_model::sign_in::Methods;
use kavach_service::guard::captcha::Action;
use leptos::prelude::*;

/// What can be proven, for the identifier that stands above it all.
pub(super) fn step(
    state: FormState,
    methods: &Methods,
    identifier: String,
    return_to: String,
) -> impl IntoView + use<> {
    let by_mail = identifier.contains('@');
    let password = if by_mail { methods.email_password } else { methods.username_password };
    let recover = methods.password_reset.then(|| with_query("/recover", &[("return_to", &return_to)]));
    let ways = ways(methods, &identifier, &return_to);
    let next = if return_to.is_empty() { "/".to_owned() } else { return_to.clone() };
    let passkey = methods.passkey.then(|| view! { <PasskeySignIn next /> });
    let or = (password && (methods.passkey || !ways.is_empty())).then(|| view! { <Or /> });
    let heading = if password { tr("sign-in-enter-password") } else { tr("sign-in-choose-way") };
    let named = named(methods, identifier.clone(), &return_to);
    let form = match password {
        true => view! {
            <form method="post" action="/_fn/sign-in/password" class="space-y-5">
                <HiddenField name="return_to" value=return_to />
                {named}
                <div class="space-y-1.5">
                    <PasswordField
                        label=tr("sign-in-password")
                        name="password"
                        error=state.error("password")
                        focus=true
                    />
                    {recover.map(|href| view! {
                        <p class="text-sm">
                            <a href=href class="inline-block py-0.5 font-medium text-accent underline">
                                {tr("sign-in-forgot")}
                            </a>
                        </p>
                    })}
                </div>
                <CaptchaField action=Action::SignIn state=state.clone() />
                <Button wide=true>{tr("sign-in-title")}</Button>
            </form>
        }
        .into_any(),
        false => named.into_any(),
    };
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{heading}</h1>
            <FormAlert state />
            {form}
            {or}
            <div class="space-y-3">{passkey} {ways.into_iter().map(|way| way.view()).collect_view()}</div>
        </div>
    }
}

/// Who it is about, for people and for password managers, and the way to somebody else.
fn named(methods: &Methods, identifier: String, return_to: &str) -> impl IntoView + use<> {
    let change = with_query("/sign-in", &[("change", "1"), ("return_to", return_to)]);
    view! {
        <div class="space-y-1.5">
            <Field
                label=identifier_label(methods)
                name="username"
                value=identifier
                as_is=true
                autocomplete="username"
                readonly=true
            />
            <p class="text-sm">
                <a href=change class="inline-block py-0.5 font-medium text-accent underline">
                    {tr("sign-in-another-account")}
                </a>
            </p>
        </div>
    }
}

/// Other proofs: what goes to an address, for what has the form of one.
fn ways(methods: &Methods, identifier: &str, return_to: &str) -> Vec<Way> {
    let by_mail = identifier.contains('@');
    let fields = || vec![("username", identifier.to_owned()), ("return_to", return_to.to_owned())];
    [
        (by_mail && methods.email_otp)
            .then(|| Way::form(Icon::Mail, tr("sign-in-by-code"), "/_fn/code/send", fields())),
        (by_mail && methods.magic_link)
            .then(|| Way::form(Icon::Link, tr("sign-in-by-link"), "/_fn/link/send", fields())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

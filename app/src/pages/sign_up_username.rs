//! Making an account with a user name and a password.

use super::{FormAlert, query};
use crate::components::{Button, Field, HiddenField, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::username::FORM;
use kavach_model::ErrorCode;
use leptos::prelude::*;

/// `/sign-up/username`
#[component]
pub fn SignUpUsername() -> impl IntoView {
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        let methods = kavach_service::authn::methods::list(&here.kv);
        if !methods.username_password {
            return Err(ErrorCode::NotFound.into());
        }
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        let state = FormState::of(&here, FORM);
        let least = here.kv.config().password.min_length;
        let by_email = methods.email_password.then(|| {
            view! {
                <p class="text-sm">
                    <a href="/sign-up" class="inline-block py-0.5 font-medium text-accent underline">{tr("username-by-email")}</a>
                </p>
            }
        });
        Ok(view! {
            <div class="space-y-6">
                <div class="space-y-1">
                    <h1 class="text-2xl font-semibold">{tr("username-title")}</h1>
                    <p class="text-sm text-muted">{tr("username-explained")}</p>
                </div>
                <FormAlert state=state.clone() />
                <form method="post" action="/_fn/sign-up/username" class="space-y-5">
                    <HiddenField name="return_to" value=return_to.as_str() />
                    <Field
                        label=tr("username-name")
                        name="name"
                        value=state.value("name")
                        autocomplete="name"
                        max=200
                        optional=true
                        error=state.error("name")
                    />
                    <Field
                        label=tr("username-label")
                        name="username"
                        value=state.value("username")
                        hint=tr("username-hint")
                        autocomplete="username"
                        max=64
                        error=state.error("username")
                    />
                    <PasswordField
                        label=tr("username-password")
                        name="password"
                        new_with=Some(least)
                        error=state.error("password")
                    />
                    <Button wide=true>{tr("username-create")}</Button>
                </form>
                {by_email}
            </div>
        }
        .into_any())
    });
    view! { <AuthLayout title=tr("username-title")>{content}</AuthLayout> }
}

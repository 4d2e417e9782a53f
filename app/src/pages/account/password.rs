//! The password: another one, or the way to a first one.

use crate::components::{Button, PasswordField};
use crate::form::FormState;
use crate::i18n::tr;
use kavach_model::account::PasswordState;
use kavach_model::user::User;
use leptos::prelude::*;

/// The form for somebody who has one; for everybody else how to get one.
pub(super) fn password(
    user: &User,
    standing: PasswordState,
    state: &FormState,
    least: u32,
) -> impl IntoView + use<> {
    if !standing.set {
        return first(user, state, least).into_any();
    }
    let name = user.email.clone().or_else(|| user.username.clone());
    view! {
        <form method="post" action="/_fn/account/password" class="max-w-md space-y-5">
            // Password managers want to know whose password it is.
            <input type="hidden" autocomplete="username" value=name />
            <PasswordField label=tr("account-password-current") name="current" error=state.error("current") />
            <PasswordField label=tr("account-password-new") name="new" new_with=Some(least) error=state.error("new") />
            <Button>{tr("account-password-submit")}</Button>
        </form>
    }
    .into_any()
}

/// An account that never had one.
fn first(user: &User, state: &FormState, least: u32) -> impl IntoView + use<> {
    let name = user.email.clone().or_else(|| user.username.clone());
    view! {
        <form method="post" action="/_fn/account/password/first" class="max-w-md space-y-5">
            <p class="text-sm text-muted">{tr("account-password-none")}</p>
            <input type="hidden" autocomplete="username" value=name />
            <PasswordField label=tr("account-password-new") name="new" new_with=Some(least) error=state.error("new") />
            <Button>{tr("account-password-set")}</Button>
        </form>
    }
}

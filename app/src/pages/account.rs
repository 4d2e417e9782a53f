//! A person's own account.

mod confirm;
mod passkeys;
mod profile;
mod sessions;
mod two_step;

pub use confirm::Confirm;
pub use passkeys::Passkeys;
pub use two_step::{BackupCodesPage, TwoStepPage};

use super::FormAlert;
use crate::components::{Button, Card, Field, PageHeader, PasswordField};
use crate::form::FormState;
use crate::layouts::{Section, console_page};
use crate::server_fns::account::{PASSWORD_FORM, PROFILE_FORM, SESSIONS_FORM};
use crate::server_fns::email::SEND_FORM;
use kavach_model::PageRequest;
use leptos::prelude::*;

/// `/account`
#[component]
pub fn Account() -> impl IntoView {
    console_page(Section::Account, "Account", |here, user| async move {
        let state = FormState::of_any(&here, &[PROFILE_FORM, PASSWORD_FORM, SESSIONS_FORM, SEND_FORM]);
        let sessions = kavach_service::session::list(&here.kv, &here.cx, &PageRequest::default()).await?;
        let least = here.kv.config().password.min_length;
        let profile_state = state.only(PROFILE_FORM);
        let password_state = state.only(PASSWORD_FORM);
        let now = here.now();
        let email = user.email.clone();
        let profile = profile::profile(&user, &profile_state);
        let address = profile::address(&user);
        Ok(view! {
            <PageHeader title="Your account" hint="Who you are, how you sign in, and where you are signed in." />
            <FormAlert state=state />
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <div class="space-y-6">
                    <Card title="Profile">{profile}</Card>
                    <Card title="E-mail address">{address}</Card>
                </div>
                <Card title="Password" hint="Changing it signs out your other sessions.">
                    <form method="post" action="/_fn/account/password" class="space-y-5">
                        // Password managers want to know whose password it is.
                        <input type="hidden" autocomplete="username" value=email />
                        <PasswordField
                            label="Current password"
                            name="current"
                            error=password_state.error("current")
                        />
                        <PasswordField
                            label="New password"
                            name="new"
                            new_with=Some(least)
                            error=password_state.error("new")
                        />
                        <Button>"Change password"</Button>
                    </form>
                </Card>
            </div>
            {sessions::sessions(sessions.data, now)}
        }
        .into_any())
    })
}

/// A field for what people are called.
fn name_field(value: String, error: Option<String>) -> impl IntoView {
    view! { <Field label="Name" name="name" value=value autocomplete="name" max=200 error=error /> }
}

//! Name and address.

use super::name_field;
use crate::components::{Badge, Button, ButtonKind, Mono, Tone};
use crate::form::FormState;
use kavach_model::user::{Role, User};
use leptos::prelude::*;

/// What people are called, and what they may do here.
pub(super) fn profile(user: &User, state: &FormState) -> impl IntoView + use<> {
    let name = state.typed("name").unwrap_or_else(|| user.name.clone());
    let role = match user.role {
        Role::Admin => "Administrator",
        Role::Member => "Member",
    };
    view! {
        <form method="post" action="/_fn/account/profile" class="space-y-5">
            {name_field(name, state.error("name"))}
            <p class="flex flex-wrap items-center gap-2 text-sm text-muted">
                <Badge tone=Tone::Neutral text=role />
                <Mono text=user.id.to_string() />
            </p>
            <Button>"Save"</Button>
        </form>
    }
}

/// The address, and whether it is verified.
pub(super) fn address(user: &User) -> impl IntoView + use<> {
    let verified = user.email_verified;
    view! {
        <div class="space-y-4">
            <p class="flex flex-wrap items-center gap-2">
                <span class="font-medium break-all">{user.email.clone()}</span>
                {if verified {
                    view! { <Badge tone=Tone::Good text="Verified" /> }
                } else {
                    view! { <Badge tone=Tone::Warn text="Not verified" /> }
                }}
            </p>
            {(!verified).then(|| view! {
                <form method="post" action="/_fn/email/send" class="space-y-3">
                    <p class="text-sm text-muted">"Press the button and open the link in the mail you get."</p>
                    <Button kind=ButtonKind::Secondary>"Send verification mail"</Button>
                </form>
            })}
        </div>
    }
}

//! The page behind a sign-in link. Opening it spends nothing, because mail scanners open links too; the button does.
//! In another browser than the one that asked it says whose account it is, and asks.

use crate::components::{Alert, Button, ButtonLink, HiddenField, Tone};
use crate::form::FormState;
use crate::i18n::{FluentValue, tr, tr_with};
use crate::layouts::AuthLayout;
use crate::load;
use crate::pages::{FormAlert, query};
use crate::return_to::ReturnTo;
use crate::server_fns::codes::{LINK, OPEN_FORM};
use http::StatusCode;
use kavach_model::{ApiError, ErrorCode, Secret};
use kavach_service::authn::magic_link::{self, OpenedLink};
use leptos::prelude::*;

/// `/sign-in/link/open?token=...`
#[component]
pub fn OpenLink() -> impl IntoView {
    let token = query("token");
    let content = load::open(move |here| async move {
        if !kavach_service::authn::methods::list(&here.kv).magic_link {
            return Err(ErrorCode::NotFound.into());
        }
        let state = FormState::of(&here, OPEN_FORM);
        match magic_link::open(&here.kv, &here.cx, &Secret::new(token.as_str())).await.map_err(ApiError::from)
        {
            Ok(link) => Ok(button(&state, token, link)),
            Err(error) if error.code == ErrorCode::LinkInvalid => {
                here.set_status(StatusCode::GONE);
                Ok(used_up())
            }
            Err(error) => Err(error),
        }
    });
    view! { <AuthLayout title=tr("link-open-title")>{content}</AuthLayout> }
}

fn button(state: &FormState, token: String, link: OpenedLink) -> AnyView {
    let args = [("email", FluentValue::from(link.email.as_str()))];
    // Not a path of ours: then where people go anyway.
    let return_to = link.return_to.as_deref().and_then(ReturnTo::parse).map(|path| path.to_string());
    // Asked again because nobody had read the page of another browser: the page itself says all there is to say.
    let alert =
        (state.code() != Some(ErrorCode::Conflict)).then(|| view! { <FormAlert state=state.clone() /> });
    let (title, told, label, confirmed) = if link.same_browser {
        (tr("link-open-title"), None, tr("link-open-button"), "")
    } else {
        let told = view! { <Alert tone=Tone::Warn><p>{tr("link-open-elsewhere")}</p></Alert> };
        (tr("link-open-elsewhere-title"), Some(told), tr_with("link-open-elsewhere-button", &args), "1")
    };
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{title}</h1>
            {alert}
            <p class="break-words text-muted">{tr_with("link-open-as", &args)}</p>
            {told}
            <form method="post" action="/_fn/link/open">
                <HiddenField name="token" value=token />
                <HiddenField name="confirmed" value=confirmed />
                <HiddenField name="return_to" value=return_to.unwrap_or_default() />
                <Button wide=true><span class="min-w-0 whitespace-normal wrap-anywhere">{label}</span></Button>
            </form>
        </div>
    }
    .into_any()
}

fn used_up() -> AnyView {
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("link-used-title")}</h1>
            <p class="text-muted">{tr("link-used")}</p>
            <ButtonLink href=format!("{LINK}?change=1")>{tr("link-another")}</ButtonLink>
        </div>
    }
    .into_any()
}

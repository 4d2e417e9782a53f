//! How a page gets what it shows: wait for it, show it, or say what went wrong.

use crate::components::{Alert, ButtonKind, ButtonLink, Tone};
use crate::context::Here;
use crate::i18n::tr;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use http::StatusCode;
use kavach_model::user::User;
use kavach_model::{ApiError, ErrorCode};
use leptos::prelude::*;
use std::future::Future;

/// What a page comes to: its content, or why there is none.
pub type Loaded = Result<AnyView, ApiError>;

/// Waits for content that anybody may see.
pub fn open<F>(content: impl FnOnce(Here) -> F) -> AnyView
where
    F: Future<Output = Loaded> + Send + 'static,
{
    // None while routes are listed.
    let Some(here) = Here::get() else { return ().into_any() };
    let loading = content(here.clone());
    Suspend::new(async move { loading.await.unwrap_or_else(|error| problem(&here, &error)) }).into_any()
}

/// Waits for content that only a signed-in person may see; sends everybody else to sign in and back.
pub fn signed_in<F>(content: impl FnOnce(Here, User) -> F) -> AnyView
where
    F: Future<Output = Loaded> + Send + 'static,
{
    let Some(here) = Here::get() else { return ().into_any() };
    match here.user().cloned() {
        Some(user) => open(|here| content(here, user)),
        None => {
            here.see_other(&by_way_of(door(&here), &here));
            ().into_any()
        }
    }
}

/// Where somebody who is not inside goes on: in the middle of signing in, to its second step.
pub fn door(here: &Here) -> &'static str {
    if here.cx.pending().is_some() { "/sign-in/second-factor" } else { "/sign-in" }
}

/// The address of a page that leads back to the one asked for.
fn by_way_of(path: &str, here: &Here) -> String {
    let back = ReturnTo::or_home(Some(here.path_and_query()));
    let back = if back.is_home() { "" } else { back.as_str() };
    with_query(path, &[("return_to", back)])
}

/// Says what went wrong, with the number under which an administrator finds it.
fn problem(here: &Here, error: &ApiError) -> AnyView {
    match error.code {
        ErrorCode::Unauthenticated | ErrorCode::MfaRequired => {
            here.see_other(&by_way_of(door(here), here));
            return ().into_any();
        }
        ErrorCode::ReauthenticationRequired => {
            here.see_other(&by_way_of("/account/confirm", here));
            return ().into_any();
        }
        code => {
            here.set_status(StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        }
    }
    let sentence = crate::sentences::error(error.code);
    let request = here.cx.meta.request_id.clone();
    view! {
        <div class="space-y-4">
            <h1 class="text-2xl font-semibold">{tr("problem-title")}</h1>
            <Alert tone=Tone::Bad>
                <p>{sentence}</p>
                <p class="text-xs">{tr("problem-request")} " " <code class="font-mono">{request}</code></p>
            </Alert>
            <p class="flex flex-wrap gap-2">
                <ButtonLink href=here.path_and_query() kind=ButtonKind::Secondary>{tr("problem-again")}</ButtonLink>
                <ButtonLink href="/" kind=ButtonKind::Quiet>{tr("go-to-start")}</ButtonLink>
            </p>
        </div>
    }
    .into_any()
}

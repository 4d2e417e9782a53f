//! An address where nothing is.

use crate::components::ButtonLink;
use crate::context::Here;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use http::StatusCode;
use leptos::prelude::*;

/// Says so, with status 404.
#[component]
pub fn NotFound() -> impl IntoView {
    if let Some(here) = Here::get() {
        here.set_status(StatusCode::NOT_FOUND);
    }
    view! {
        <AuthLayout title=tr("not-found-title")>
            <div class="space-y-4">
                <p class="font-mono text-sm text-muted">"404"</p>
                <h1 class="text-2xl font-semibold">{tr("not-found-heading")}</h1>
                <p class="text-muted">{tr("not-found-text")}</p>
                <ButtonLink href="/">{tr("go-to-start")}</ButtonLink>
            </div>
        </AuthLayout>
    }
}

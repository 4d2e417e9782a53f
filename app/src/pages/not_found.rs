//! An address where nothing is.

use crate::components::ButtonLink;
use crate::context::Here;
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
        <AuthLayout title="Not found">
            <div class="space-y-4">
                <p class="font-mono text-sm text-muted">"404"</p>
                <h1 class="text-2xl font-semibold">"There is nothing here"</h1>
                <p class="text-muted">"The address may be mistyped, or what was here is gone."</p>
                <ButtonLink href="/">"Go to the start"</ButtonLink>
            </div>
        </AuthLayout>
    }
}

//! What the instance is called, and the files that make it look its own way.

use crate::context::Here;
use kavach_service::config::branding::Branding;
use leptos::prelude::*;

/// Where the server has the stylesheet of the instance.
pub const STYLESHEET: &str = "/branding/theme.css";
/// Where the server has its logo.
pub const LOGO: &str = "/branding/logo";

/// What the service is called.
pub fn name() -> String {
    Here::get().map_or_else(|| Branding::default().name, |here| here.kv.config().branding.name.clone())
}

/// The title of a document: the page, then the service.
pub fn title(page: &str) -> String {
    format!("{page} · {}", name())
}

/// The logo of the instance, or ours, and the name.
#[component]
pub fn Wordmark() -> impl IntoView {
    let own = Here::get().is_some_and(|here| here.kv.config().branding.logo.is_some());
    view! {
        <span class="inline-flex items-center gap-2.5">
            {match own {
                true => view! { <img src=LOGO alt="" class="h-8 w-auto max-w-32" /> }.into_any(),
                false => view! { <crate::icon::Logo /> }.into_any(),
            }}
            <span class="text-lg font-semibold tracking-tight">{name()}</span>
        </span>
    }
}

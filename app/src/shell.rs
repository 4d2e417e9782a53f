//! The document around every page, and the header that says what may run in it.

use crate::brand;
use crate::context::Here;
use crate::i18n::language;
use crate::routes::Pages;
use crate::scripts::{Scripts, leads_elsewhere, without_form_action};
use crate::third_parties::ThirdParties;
use http::header::{CONTENT_SECURITY_POLICY, HeaderName};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};

const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The whole document.
pub fn shell(options: &LeptosOptions) -> impl IntoView + use<> {
    provide_meta_context();
    // Islands hydrate themselves; the page around them is never hydrated and needs no markers for it.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    let assets = format!("/{}", options.site_pkg_dir);
    let scripts = allow_scripts();
    let themed = Here::get().is_some_and(|here| here.kv.config().branding.has_theme());
    view! {
        <!DOCTYPE html>
        <html lang=language().tag() dir=language().direction()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5f7f6" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0d1312" />
                <link rel="icon" href=format!("{assets}/favicon.svg") type="image/svg+xml" />
                <link rel="stylesheet" href=format!("{assets}/{}.css", options.output_name) />
                {themed.then(|| view! { <link rel="stylesheet" href=brand::STYLESHEET /> })}
                {scripts.into_iter().map(|(file, nonce)| {
                    view! { <script type="module" nonce=nonce src=format!("{assets}/{file}")></script> }
                }).collect_view()}
                <MetaTags />
            </head>
            <body class="min-h-dvh bg-page text-ink antialiased">
                <Pages />
            </body>
        </html>
    }
}

/// Sets the policy of the page asked for, and names the scripts it loads with the nonce that allows them.
fn allow_scripts() -> Vec<(&'static str, String)> {
    let Some((here, nonce)) = Here::get().zip(use_nonce()) else { return Vec::new() };
    let nonce = nonce.to_string();
    let scripts = Scripts::of(here.path());
    let others = ThirdParties::on(here.path(), here.kv.config());
    let policy = scripts.policy(&nonce);
    let policy = if leads_elsewhere(here.path()) { without_form_action(&policy) } else { policy };
    here.append_header(CONTENT_SECURITY_POLICY, &others.widen(&policy, &nonce));
    if others.opens_windows() {
        here.append_header(OPENER, "same-origin-allow-popups");
    }
    scripts.file().into_iter().chain(others.modules()).map(|file| (file, nonce.clone())).collect()
}

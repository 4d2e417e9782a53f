//! Ways of signing in that others run: One Tap, other providers.

use super::field::HiddenField;
use crate::context::Here;
use crate::i18n::tr_with;
use crate::third_parties;
use kavach_service::authn::{google, social};
use leptos::prelude::*;

/// What is on, below the sign-in form; nothing when nothing is.
#[component]
pub fn OtherWays(
    /// Where to go afterwards.
    #[prop(into)]
    return_to: String,
) -> impl IntoView {
    let here = Here::get()?;
    let config = here.kv.config();
    let one_tap = third_parties::one_tap(config).then(|| {
        view! {
            <OneTapButton here=here.clone() action="/_fn/sign-in/google" return_to=return_to.clone() />
        }
    });
    let providers: Vec<_> = social::providers(&here.kv)
        .into_iter()
        .map(|provider| {
            let label = tr_with("social-go", &[("provider", provider.name.into())]);
            view! {
                <form method="post" action="/_fn/sign-in/with">
                    <HiddenField name="provider" value=provider.id />
                    <HiddenField name="return_to" value=return_to.clone() />
                    <button class="way"><span class="min-w-0">{label}</span></button>
                </form>
            }
        })
        .collect();
    (one_tap.is_some() || !providers.is_empty()).then(|| {
        view! {
            <div class="space-y-3">
                {one_tap}
                {providers}
            </div>
        }
    })
}

/// Google's button and prompt. They need script; without it nothing is shown.
#[component]
pub fn OneTapButton(
    /// The request.
    here: Here,
    /// Where its form goes.
    action: &'static str,
    /// Where to go afterwards, if the form is to say it.
    #[prop(optional, into)]
    return_to: String,
) -> impl IntoView {
    let nonce = google::nonce(&here.kv, &here.cx).ok()?;
    Some(view! {
        <div
            data-one-tap
            data-client-id=nonce.client_id
            data-nonce=nonce.nonce
            data-script=here.kv.config().google.script_url.clone()
        >
            <form method="post" action=action hidden>
                <input type="hidden" name="credential" />
                <input type="hidden" name="g_csrf_token" />
                <HiddenField name="return_to" value=return_to />
            </form>
            <div data-button class="flex min-h-11 justify-center"></div>
        </div>
    })
}

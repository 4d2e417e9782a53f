//! Ways of signing in that others run: One Tap, other providers.

use super::field::HiddenField;
use crate::context::Here;
use crate::i18n::tr_with;
use crate::third_parties;
use kavach_model::sign_in::SocialProvider;
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
            let label = tr_with("social-go", &[("provider", provider.name.as_str().into())]);
            view! { <ProviderButton provider label return_to=return_to.clone() /> }
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

/// The way to a provider.
#[component]
pub fn ProviderButton(
    /// Which.
    provider: SocialProvider,
    /// What it says.
    label: String,
    /// Where to go afterwards.
    return_to: String,
    /// Whether the account there is to become a way into the one that is signed in.
    #[prop(optional)]
    link: bool,
) -> impl IntoView {
    // Marks of others are theirs to hand out: a letter stands where the icon is elsewhere.
    let mark: String = provider.name.chars().take(1).collect();
    view! {
        <form method="post" action="/_fn/sign-in/with">
            <HiddenField name="provider" value=provider.id />
            <HiddenField name="return_to" value=return_to />
            <HiddenField name="link" value=if link { "1" } else { "" } />
            <button class="way">
                <span aria-hidden="true" class="way-mark">{mark}</span>
                <span class="min-w-0">{label}</span>
            </button>
        </form>
    }
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

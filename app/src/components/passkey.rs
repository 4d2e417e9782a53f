//! What a page needs for passkeys: a button that `passkey.js` turns on, and the words for how it went.

use super::button::{ButtonKind, button_class};
use crate::i18n::tr;
use crate::icon::Icon;
use leptos::prelude::*;

/// What is done with a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyUse {
    /// Signing in.
    SignIn,
    /// Signing in, also offered among what the browser fills in where people type who they are.
    Autofill,
    /// Proving again that it is they.
    Confirm,
}

impl PasskeyUse {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn | Self::Autofill => "sign-in",
            Self::Confirm => "confirm",
        }
    }
}

/// A button that uses a passkey and goes on to another page. Without script, and where a browser knows no passkeys, it
/// is not there.
#[component]
pub fn PasskeyButton(
    /// What is done.
    action: PasskeyUse,
    /// What stands on it.
    #[prop(into)]
    label: String,
    /// The path to go to afterwards.
    #[prop(into)]
    next: String,
    /// Whether it is the first choice.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    let class = match primary {
        true => format!("{} w-full", button_class(ButtonKind::Primary)),
        false => "way".to_owned(),
    };
    let autofill = (action == PasskeyUse::Autofill).then_some("");
    view! {
        <div data-passkey=action.as_str() data-next=next data-autofill=autofill hidden class="space-y-3">
            <button type="button" class=class>
                {Icon::Passkey.view()} <span>{label}</span>
            </button>
            <PasskeyMessage />
        </div>
    }
}

/// The button of a sign-in page.
#[component]
pub fn PasskeySignIn(
    /// The path to go to afterwards.
    #[prop(into)]
    next: String,
) -> impl IntoView {
    view! { <PasskeyButton action=PasskeyUse::Autofill label=tr("passkey-sign-in") next /> }
}

/// Where the script says what went wrong, in words of ours.
#[component]
pub fn PasskeyMessage() -> impl IntoView {
    view! {
        <p
            data-message
            role="alert"
            hidden
            class="rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-sm text-bad"
            data-cancelled=tr("passkey-cancelled")
            data-unknown=tr("passkey-unknown")
            data-known=tr("passkey-known")
            data-limited=tr("passkey-limited")
            data-stale=tr("passkey-stale")
            data-check=tr("passkey-check")
            data-invalid=tr("passkey-invalid")
            data-failed=tr("passkey-failed")
        ></p>
    }
}

//! The pages. Each one composes components around one or two calls of the service.

pub mod account;
mod approve;
mod authorize;
mod codes;
mod consent;
pub mod console;
mod device;
mod email_change;
mod guest;
mod leave;
mod not_found;
mod outbox;
mod recover;
mod second_factor;
mod set_up;
mod sign_in;
mod sign_up;
mod sign_up_passkey;
mod sign_up_username;
mod social;
mod start;
mod verify_email;
mod wallet;

pub use approve::Approve;
pub use authorize::Authorize;
pub use codes::{EmailCode, MagicLink, OpenLink, PhoneCode};
pub use consent::{Consent, ContinueToApp};
pub use device::Device;
pub use email_change::EmailChange;
pub use guest::{Guest, GuestForm, GuestNotice, Upgrade, UpgradeForm};
pub use leave::Leave;
pub use not_found::NotFound;
pub use outbox::Outbox;
pub use recover::{Enroll, Recover, Reset};
pub use second_factor::SecondFactor;
pub use set_up::SetUp;
pub use sign_in::SignIn;
pub use sign_up::SignUp;
pub use sign_up_passkey::SignUpPasskey;
pub use sign_up_username::SignUpUsername;
pub use social::{SignInWith, SocialCallback};
pub use start::Start;
pub use verify_email::VerifyEmail;
pub use wallet::Wallet;

use crate::components::{Alert, Tone};
use crate::form::FormState;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A parameter of the address; empty when it is not there.
fn query(name: &str) -> String {
    use_query_map().read_untracked().get(name).unwrap_or_default()
}

/// A part of the path.
fn segment(name: &str) -> String {
    use_params_map().read_untracked().get(name).unwrap_or_default()
}

/// What a form said when it came back: its problem, or what went well.
#[component]
fn FormAlert(
    /// The form.
    state: FormState,
) -> impl IntoView {
    let notice = state.notice().map(|text| view! { <Alert tone=Tone::Good><p>{text}</p></Alert> });
    let problem = state.problem().map(|text| view! { <Alert tone=Tone::Bad><p>{text}</p></Alert> });
    view! { {notice} {problem} }
}

//! Signing in, identifier first: who, then the proof.
//!
//! Nothing is looked up between the two steps. What the second step offers follows from what the instance has and from
//! the form of the identifier alone, so both steps look the same for people we know and people we do not.

mod chooser;
mod identifier;
mod proof;
mod ways;

pub(in crate::pages) use ways::{Or, Way};

use super::query;
use crate::accounts;
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::sign_in::{FORM, SIGNED_OUT, remembered_identifier};
use leptos::prelude::*;

/// `/sign-in?return_to=...&login_hint=...`; with `change=1` it asks who, whoever was named before.
#[component]
pub fn SignIn() -> impl IntoView {
    let (asked, hint) = (query("return_to"), query("login_hint"));
    let change = query("change") == "1";
    let content = load::open(move |here| async move {
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        if here.cx.pending().is_some() {
            here.see_other(&with_query(load::door(&here), &[("return_to", &asked)]));
            return Ok(().into_any());
        }
        let state = FormState::of_any(&here, &[FORM, SIGNED_OUT]);
        let methods = kavach_service::authn::methods::list(&here.kv);
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        let named = remembered_identifier(&here);
        let known = accounts::known(&here);
        Ok(match named {
            Some(named) if !change => proof::step(state, &methods, named, carried).into_any(),
            None if !change && hint.is_empty() && known.len() > 1 => {
                chooser::step(state, known, carried).into_any()
            }
            named => {
                let typed = state.typed("identifier").filter(|typed| !typed.is_empty());
                let hint = Some(hint).filter(|hint| !hint.is_empty());
                let last = known.into_iter().next().filter(|_| !change);
                let value = typed.or(hint).or(named).or(last);
                identifier::step(state, &methods, value.unwrap_or_default(), carried).into_any()
            }
        })
    });
    view! { <AuthLayout title=tr("sign-in-title")>{content}</AuthLayout> }
}

/// What the field for the identifier is called: what may be typed there.
fn identifier_label(methods: &kavach_model::sign_in::Methods) -> String {
    let by_mail = methods.email_password || methods.magic_link || methods.email_otp;
    match (by_mail, methods.username_password) {
        (true, true) => tr("sign-in-identifier"),
        (false, true) => tr("sign-in-username"),
        (_, false) => tr("sign-in-email"),
    }
}

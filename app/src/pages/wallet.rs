//! Signing in with a wallet. Needs script, because the wallet is a program in the browser.

use super::{FormAlert, query};
use crate::components::{ButtonKind, HiddenField, button_class};
use crate::form::FormState;
use crate::i18n::tr;
use crate::layouts::AuthLayout;
use crate::links::with_query;
use crate::load;
use crate::return_to::ReturnTo;
use crate::server_fns::outside::WALLET;
use kavach_model::ErrorCode;
use kavach_model::sign_in::Method;
use leptos::prelude::*;

/// `/sign-in/wallet`
#[component]
pub fn Wallet() -> impl IntoView {
    let asked = query("return_to");
    let content = load::open(move |here| async move {
        if !here.kv.config().methods.is_on(Method::Siwe) {
            return Err(ErrorCode::NotFound.into());
        }
        let return_to = ReturnTo::or_home(Some(&asked));
        if here.user().is_some() {
            here.see_other(return_to.as_str());
            return Ok(().into_any());
        }
        let carried = if return_to.is_home() { String::new() } else { return_to.to_string() };
        Ok(offer(FormState::of(&here, WALLET), carried).into_any())
    });
    view! { <AuthLayout title=tr("wallet-title")>{content}</AuthLayout> }
}

fn offer(state: FormState, return_to: String) -> impl IntoView {
    let back = with_query("/sign-in", &[("return_to", &return_to)]);
    view! {
        <div class="space-y-6">
            <h1 class="text-2xl font-semibold">{tr("wallet-title")}</h1>
            <FormAlert state />
            <p class="text-muted">{tr("wallet-explain")}</p>
            <WalletForm
                action="/_fn/sign-in/wallet"
                return_to
                none=tr("wallet-none")
                no_script=tr("wallet-no-script")
            />
            <p class="text-sm">
                <a href=back class="inline-block py-0.5 font-medium text-accent underline">{tr("other-way")}</a>
            </p>
        </div>
    }
}

/// The wallets of this browser, each a button, and the form that takes what one of them signed.
#[component]
pub(super) fn WalletForm(
    /// Where the form goes.
    action: &'static str,
    /// Where to go afterwards, if the form is to say it.
    #[prop(optional, into)]
    return_to: String,
    /// What to do where there is no wallet.
    none: String,
    /// What to do where there is no script.
    no_script: String,
) -> impl IntoView {
    view! {
        <div
            class="space-y-3"
            data-wallet
            data-waiting=tr("wallet-waiting")
            data-checking=tr("wallet-checking")
            data-refused=tr("wallet-refused")
            data-failed=tr("wallet-failed")
        >
            <form method="post" action=action hidden>
                <HiddenField name="return_to" value=return_to />
                <input type="hidden" name="message" />
                <input type="hidden" name="signature" />
            </form>
            <div
                data-wallets
                data-plain-name=tr("wallet-plain-name")
                data-button-class=format!("{} w-full gap-2", button_class(ButtonKind::Primary))
                class="space-y-3"
            ></div>
            <p data-none hidden class="text-muted">{none}</p>
            <noscript>
                <p class="text-muted">{no_script}</p>
            </noscript>
            <p role="status" class="text-sm text-muted"></p>
        </div>
    }
}

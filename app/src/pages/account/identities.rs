//! Who the person is elsewhere: accounts at providers, and wallets, that open this account. Listing, connecting a provider
//! and removing work without script; wallets and Google's button need it and have pages of their own.

use crate::components::{
    Ago, Alert, Button, ButtonKind, Card, Disclosure, EmptyState, HiddenField, Icon, OneTapButton,
    PageHeader, ProviderButton, Tone,
};
use crate::context::Here;
use crate::form::FormState;
use crate::i18n::{tr, tr_with};
use crate::layouts::{AccountPart, account_page};
use crate::pages::FormAlert;
use crate::pages::sign_in::Way;
use crate::pages::wallet::WalletForm;
use crate::server_fns::outside::{GOOGLE_PAGE, IDENTITIES, SOCIAL, WALLET_PAGE};
use crate::third_parties;
use kavach_model::identity::Identity;
use kavach_model::sign_in::Method;
use kavach_model::{ErrorCode, Timestamp};
use kavach_service::authn::{identity, social};
use kavach_service::session;
use leptos::prelude::*;

/// The provider of wallets.
const ETHEREUM: &str = "ethereum";

/// `/account/identities`
#[component]
pub fn Identities() -> impl IntoView {
    account_page(AccountPart::Identities, |here, _| async move {
        let state = FormState::of(&here, SOCIAL);
        let identities = identity::list(&here.kv, &here.cx).await?;
        let now = here.now();
        let none = identities.is_empty();
        let rows = identities.into_iter().map(|identity| row(&here, identity, now)).collect_view();
        let ways = ways(&here);
        let connect = if ways.is_empty() {
            view! { <p class="text-sm text-muted">{tr("identities-nothing-offered")}</p> }.into_any()
        } else {
            view! { <div class="space-y-3">{ways}</div> }.into_any()
        };
        Ok(view! {
            <PageHeader title=tr("identities-title") hint=tr("identities-hint") />
            <Outcome state />
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <Card flush=true>
                    {if none {
                        view! { <EmptyState title=tr("identities-none") hint=tr("identities-none-hint") /> }.into_any()
                    } else {
                        view! { <ul class="divide-y divide-line">{rows}</ul> }.into_any()
                    }}
                </Card>
                <Card title=tr("identities-connect-title") hint=tr("identities-connect-hint")>{connect}</Card>
            </div>
        }
        .into_any())
    })
}

/// How connecting or removing ended. That an identity is taken is said in other words than where people sign in.
#[component]
fn Outcome(state: FormState) -> impl IntoView {
    if state.code() == Some(ErrorCode::IdentityConflict) {
        view! { <Alert tone=Tone::Bad><p>{tr("identities-taken")}</p></Alert> }.into_any()
    } else {
        view! { <FormAlert state /> }.into_any()
    }
}

fn row(here: &Here, identity: Identity, now: Timestamp) -> impl IntoView + use<> {
    let (name, icon, class) = match identity.provider.as_str() {
        ETHEREUM => (tr("identities-wallet"), Icon::Wallet, "mono"),
        provider => (identity::provider_name(&here.kv, provider), Icon::Link, ""),
    };
    let remove = tr_with("identities-remove-of", &[("what", name.as_str().into())]);
    let used = identity.last_used_at.map(|at| view! { " · " {tr("identities-used")} " " <Ago at now /> });
    view! {
        <li class="space-y-3 px-4 py-4 sm:px-6">
            <div class="flex items-start gap-3">
                <span class="grid size-10 shrink-0 place-items-center rounded-full bg-accent-soft text-accent">
                    {icon.view()}
                </span>
                <div class="min-w-0 space-y-1">
                    <p class="font-medium">{name}</p>
                    <p class="text-sm wrap-anywhere"><bdi class=class>{identity.display}</bdi></p>
                    <p class="text-sm text-muted">
                        {tr("identities-since")} " " <Ago at=identity.created_at now /> {used}
                    </p>
                </div>
            </div>
            <Disclosure summary=remove>
                <form method="post" action="/_fn/account/identities/remove" class="space-y-3">
                    <HiddenField name="identity" value=identity.id.to_string() />
                    <p class="text-sm text-muted">{tr("identities-remove-hint")}</p>
                    <Button kind=ButtonKind::Danger>{tr("identities-remove")}</Button>
                </form>
            </Disclosure>
        </li>
    }
}

/// What can be connected, by what is on.
fn ways(here: &Here) -> Vec<AnyView> {
    let connect = |name: &str| tr_with("identities-connect", &[("provider", name.into())]);
    let mut ways = Vec::new();
    if third_parties::one_tap(here.kv.config()) {
        ways.push(Way::link(Icon::Link, connect("Google"), GOOGLE_PAGE.to_owned()).view().into_any());
    }
    for provider in social::providers(&here.kv) {
        let label = connect(&provider.name);
        let button =
            view! { <ProviderButton provider label return_to=IDENTITIES.to_owned() link=true /> }.into_any();
        ways.push(button);
    }
    if here.kv.config().methods.is_on(Method::Siwe) {
        let wallet = Way::link(Icon::Wallet, tr("identities-connect-wallet"), WALLET_PAGE.to_owned());
        ways.push(wallet.view().into_any());
    }
    ways
}

/// Whether there is anything to connect here.
pub(crate) fn is_offered(here: &Here) -> bool {
    let config = here.kv.config();
    third_parties::one_tap(config)
        || config.methods.is_on(Method::Siwe)
        || !social::providers(&here.kv).is_empty()
}

/// `/account/identities/wallet`
#[component]
pub fn ConnectWallet() -> impl IntoView {
    account_page(AccountPart::Identities, |here, _| async move {
        if !here.kv.config().methods.is_on(Method::Siwe) {
            return Err(ErrorCode::NotFound.into());
        }
        session::require_fresh(&here.cx)?;
        let state = FormState::of(&here, SOCIAL);
        Ok(view! {
            <PageHeader title=tr("identities-wallet-title") />
            <Outcome state />
            <Card>
                <div class="max-w-md space-y-6">
                    <p class="text-muted">{tr("wallet-explain")}</p>
                    <WalletForm
                        action="/_fn/account/identities/wallet"
                        none=tr("identities-wallet-none")
                        no_script=tr("identities-wallet-no-script")
                    />
                </div>
            </Card>
            <Back />
        }
        .into_any())
    })
}

/// `/account/identities/google`
#[component]
pub fn ConnectGoogle() -> impl IntoView {
    account_page(AccountPart::Identities, |here, _| async move {
        if !third_parties::one_tap(here.kv.config()) {
            return Err(ErrorCode::NotFound.into());
        }
        session::require_fresh(&here.cx)?;
        let state = FormState::of(&here, SOCIAL);
        Ok(view! {
            <PageHeader title=tr("identities-google-title") />
            <Outcome state />
            <Card>
                <div class="max-w-md space-y-6">
                    <p class="text-muted">{tr("identities-google-explain")}</p>
                    <OneTapButton here=here.clone() action="/_fn/account/identities/google" />
                    <noscript><p class="text-muted">{tr("identities-google-no-script")}</p></noscript>
                </div>
            </Card>
            <Back />
        }
        .into_any())
    })
}

#[component]
fn Back() -> impl IntoView {
    view! {
        <p class="text-sm">
            <a href=IDENTITIES class="inline-block py-0.5 font-medium text-accent underline">{tr("identities-back")}</a>
        </p>
    }
}

//! Signing in with what others run.

use super::id;
use crate::context::Here;
use crate::cookies;
use crate::enter::enter;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences::Notice;
use kavach_model::identity::{OneTap, SiweVerify};
use kavach_model::{ApiError, IdentityId, Secret};
use kavach_service::authn::{google, identity, siwe, social};
use leptos::prelude::*;

/// The form of the wallet's page.
pub const WALLET: &str = "wallet";

/// The page of what is connected.
pub const IDENTITIES: &str = "/account/identities";
/// The page that connects a wallet.
pub const WALLET_PAGE: &str = "/account/identities/wallet";
/// The page that connects a Google account.
pub const GOOGLE_PAGE: &str = "/account/identities/google";

/// A page of ours, keeping where to go afterwards when that is somewhere of ours.
fn page(path: &str, return_to: &str) -> String {
    let return_to = ReturnTo::or_home(Some(return_to));
    let carried = if return_to.is_home() { "" } else { return_to.as_str() };
    with_query(path, &[("return_to", carried)])
}

/// What Google's script handed to the page.
#[server(prefix = "/_fn", endpoint = "sign-in/google")]
pub async fn google_one_tap(
    #[server(default)] credential: String,
    #[server(default)] g_csrf_token: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = Form::posted(super::sign_in::FORM, page("/sign-in", &return_to))?;
    let Here { kv, cx, .. } = &form.here;
    let cookie = form.here.cookie("g_csrf_token").map(str::to_owned);
    let request = OneTap { credential: Secret::new(credential), g_csrf_token };
    let result = google::one_tap(kv, cx, request, cookie).await;
    form.answer(result, |here, done| enter(here, &done, &return_to))
}

/// What a wallet signed.
#[server(prefix = "/_fn", endpoint = "sign-in/wallet")]
pub async fn sign_in_by_wallet(
    #[server(default)] message: String,
    #[server(default)] signature: String,
    #[server(default)] return_to: String,
) -> Result<(), Refused> {
    let form = Form::posted(WALLET, page("/sign-in/wallet", &return_to))?;
    // Browsers write every line break of a form as two characters (HTML, form submission); messages have one.
    let request = SiweVerify { message: message.replace("\r\n", "\n"), signature };
    let result = siwe::verify(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, done| enter(here, &done, &return_to))
}

/// The form that leads to another provider.
pub const SOCIAL: &str = "social";
/// The cookie with the address there, for the page in between.
pub const GO: &str = "social-go";
const GO_LIFE: u64 = 60;

/// The way to another provider. With `link` the account there becomes a way into this one.
#[server(prefix = "/_fn", endpoint = "sign-in/with")]
pub async fn sign_in_with(
    #[server(default)] provider: String,
    #[server(default)] return_to: String,
    #[server(default)] link: String,
) -> Result<(), Refused> {
    let linking = link == "1";
    let form = Form::posted(
        if linking { SOCIAL } else { super::sign_in::FORM },
        if linking { IDENTITIES.to_owned() } else { page("/sign-in", &return_to) },
    )?;
    let return_to = ReturnTo::or_home(Some(&return_to));
    let Here { kv, cx, .. } = &form.here;
    let result = social::begin(kv, cx, &provider, return_to.as_str(), linking).await;
    form.answer(result, |here, url| {
        let sealed = kavach_service::seal::seal(&here.kv, GO, format!("{provider} {url}").as_bytes());
        cookies::put(here, GO, &sealed, GO_LIFE);
        // Only a configured provider begins, and those are named by letters, digits and hyphens.
        format!("/sign-in/with/{provider}")
    })
}

/// Makes a wallet a way into the account.
#[server(prefix = "/_fn", endpoint = "account/identities/wallet")]
pub async fn link_wallet(
    #[server(default)] message: String,
    #[server(default)] signature: String,
) -> Result<(), Refused> {
    let form = Form::posted(SOCIAL, WALLET_PAGE)?;
    let request = SiweVerify { message: message.replace("\r\n", "\n"), signature };
    let result = siwe::link(&form.here.kv, &form.here.cx, request).await;
    form.answer(result, |here, ()| connected(here))
}

/// Makes a Google account a way into the account.
#[server(prefix = "/_fn", endpoint = "account/identities/google")]
pub async fn link_google(
    #[server(default)] credential: String,
    #[server(default)] g_csrf_token: String,
) -> Result<(), Refused> {
    let form = Form::posted(SOCIAL, GOOGLE_PAGE)?;
    let Here { kv, cx, .. } = &form.here;
    let cookie = form.here.cookie("g_csrf_token").map(str::to_owned);
    let request = OneTap { credential: Secret::new(credential), g_csrf_token };
    let result = google::link(kv, cx, request, cookie).await;
    form.answer(result, |here, ()| connected(here))
}

fn connected(here: &Here) -> String {
    Flash::notice(SOCIAL, Notice::IdentityLinked).leave(here);
    IDENTITIES.to_owned()
}

/// Takes a way in away.
#[server(prefix = "/_fn", endpoint = "account/identities/remove")]
pub async fn unlink(#[server(default)] identity: String) -> Result<(), Refused> {
    let form = Form::posted(SOCIAL, IDENTITIES)?;
    let result = match id::<IdentityId>(&identity) {
        Ok(id) => identity::unlink(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(SOCIAL, Notice::IdentityUnlinked).leave(here);
        IDENTITIES.to_owned()
    })
}

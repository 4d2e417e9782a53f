//! Authenticator apps: codes that follow from a secret and the time (RFC 6238, over RFC 4226): SHA-1, six digits, steps of
//! 30 seconds, as every app has them.
//!
//! A code of the step before or after counts too, because clocks differ. The step of the last code that was accepted is
//! kept, so that no code counts twice. Setting up another app leaves the one before in force until the new one has shown
//! a code.

use crate::authn::credential_change::{self, CredentialChange};
use crate::authn::sign_in::Failed;
use crate::context::RequestContext;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, rng, seal};
use kavach_model::sign_in::Method;
use kavach_model::two_step::{TotpEnrolment, TwoStep, TypedCode};
use kavach_model::user::User;
use kavach_model::{ErrorCode, PageRequest, Timestamp, UserId};
use qrcode::QrCode;
use qrcode::render::svg;
use std::time::Duration;
use totp_rs::{Algorithm, Builder, Secret, Totp};

const PURPOSE: &str = "totp";
const DIGITS: u8 = 6;
const STEP: u64 = 30;
/// Steps before and after the present one that count too.
const SKEW: u16 = 1;
/// Time to set up an app.
const ENROLMENT: Duration = Duration::from_secs(3_600);

/// Begins to set up an authenticator app. Until [`confirm`], nothing changes.
pub async fn enroll(kv: &Kavach, cx: &RequestContext) -> Result<TotpEnrolment> {
    kv.require_method(Method::Totp)?;
    let caller = cx.require_fresh()?;
    let secret: [u8; 20] = rng::array(kv.rng());
    let sealed = seal::seal(kv, PURPOSE, &secret);
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.propose_totp(caller.user.id, &sealed, now).await?;
    tx.commit().await?;
    shown(&secret, &caller.user)
}

/// The app that is being set up, to be shown again on the page that asks for its first code.
pub async fn proposed(kv: &Kavach, cx: &RequestContext) -> Result<Option<TotpEnrolment>> {
    let caller = cx.require_fresh()?;
    let since = kv.clock().now() - ENROLMENT;
    let sealed = kv.store().read().await?.find_proposed_totp(caller.user.id, since).await?;
    let opened = sealed.and_then(|sealed| seal::open(kv, PURPOSE, &sealed));
    opened.map(|secret| shown(&secret, &caller.user)).transpose()
}

/// Has the app that is being set up count from now on, after it showed a code.
pub async fn confirm(kv: &Kavach, cx: &RequestContext, typed: TypedCode) -> Result<()> {
    kv.require_method(Method::Totp)?;
    let caller = cx.require_fresh()?;
    let user_id = caller.user.id;
    let limit = [Limit::second_factor(kv, user_id)];
    rate_limit::take(kv, &limit).await?;
    let now = kv.clock().now();
    let sealed = kv.store().read().await?.find_proposed_totp(user_id, now - ENROLMENT).await?;
    let step = sealed.as_deref().and_then(|sealed| {
        let secret = seal::open(kv, PURPOSE, sealed)?;
        step_of(&secret, &digits(typed.code.expose())?, now)
    });
    let (Some(sealed), Some(step)) = (sealed, step) else {
        return Err(ErrorCode::CodeInvalid.into());
    };
    let mut tx = kv.store().write().await?;
    if !tx.confirm_totp(user_id, &sealed, step, now).await? {
        return Err(ErrorCode::CodeInvalid.into());
    }
    credential_change::note(kv, cx, &mut tx, caller, CredentialChange::TotpEnabled, now).await?;
    rate_limit::clear(&mut tx, &limit).await?;
    tx.commit().await?;
    credential_change::spread(kv);
    Ok(())
}

/// Takes the app away, with the backup codes that stand in for it.
pub async fn disable(kv: &Kavach, cx: &RequestContext) -> Result<()> {
    let caller = cx.require_fresh()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let counted = tx.delete_totp(caller.user.id).await?;
    tx.delete_backup_codes(caller.user.id).await?;
    if counted {
        credential_change::note(kv, cx, &mut tx, caller, CredentialChange::TotpDisabled, now).await?;
    }
    tx.commit().await?;
    credential_change::spread(kv);
    Ok(())
}

/// How the account of the session stands.
pub async fn status(kv: &Kavach, cx: &RequestContext) -> Result<TwoStep> {
    let user_id = cx.require_session()?.user.id;
    let mut conn = kv.store().read().await?;
    Ok(TwoStep {
        totp_since: conn.find_totp(user_id).await?.map(|row| row.confirmed_at),
        backup_codes_left: conn.count_backup_codes(user_id).await?,
        passkeys: conn.list_passkeys(user_id, &PageRequest::default()).await?.data.len() as u64,
    })
}

/// A code that is right, of a time step.
pub(super) struct RightCode {
    sealed: String,
    step: i64,
}

/// Checks a code against the app of a person.
pub(super) async fn verify(
    kv: &Kavach,
    user_id: UserId,
    digits: &str,
) -> Result<std::result::Result<RightCode, Failed>> {
    let row = kv.store().read().await?.find_totp(user_id).await?;
    let right = row.and_then(|row| {
        let secret = seal::open(kv, PURPOSE, &row.secret_sealed)?;
        let step = step_of(&secret, digits, kv.clock().now())?;
        Some(RightCode { sealed: row.secret_sealed, step })
    });
    Ok(right.ok_or(Failed { user_id: Some(user_id), code: ErrorCode::CodeInvalid }))
}

/// Uses the code up; false when it, or a later one, was used before.
pub(super) async fn spend(tx: &mut kavach_store::Conn, user_id: UserId, code: &RightCode) -> Result<bool> {
    Ok(tx.accept_totp_step(user_id, &code.sealed, code.step).await?)
}

/// Six digits, whatever stands between them; None for anything else.
pub(super) fn digits(typed: &str) -> Option<String> {
    let kept: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(20).collect();
    let fits = kept.len() == usize::from(DIGITS) && kept.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(kept)
}

/// The step whose code this is, if it is one that counts now.
fn step_of(secret: &[u8], digits: &str, now: Timestamp) -> Option<i64> {
    let seconds = u64::try_from(now.as_millis() / 1_000).ok()?;
    i64::try_from(generator(secret, "kavach")?.check(digits, seconds)?).ok()
}

fn generator(secret: &[u8], account: &str) -> Option<Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP)
        .with_skew(SKEW)
        .with_secret(Secret::new(secret.into()))
        .with_account_name(account)
        .with_issuer(Some("Kavach"))
        .build()
        .ok()
}

/// What an app reads of a secret.
fn shown(secret: &[u8], user: &User) -> Result<TotpEnrolment> {
    // A colon would end the name of the issuer.
    let account = user.email.as_deref().or(user.username.as_deref()).unwrap_or(&user.name).replace(':', " ");
    let fault = |what: &str| Error::Fault(format!("an authenticator app could not be set up: {what}"));
    let generator = generator(secret, &account).ok_or_else(|| fault("the generator"))?;
    let otpauth_uri = generator.to_url().map_err(|error| fault(&error.to_string()))?;
    let code = QrCode::new(&otpauth_uri).map_err(|error| fault(&error.to_string()))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    // A page takes the picture without the declaration of its own that a file has.
    let qr_svg = svg.find("<svg").map_or(svg.as_str(), |start| &svg[start..]).to_owned();
    Ok(TotpEnrolment { secret: Secret::new(secret.into()).to_base32(), otpauth_uri, qr_svg })
}

#[cfg(test)]
mod tests;

//! Device authorization (RFC 8628): a device without a keyboard asks, a person answers on another one.
//!
//! The danger is somebody else's code: a person is sent one and lets a stranger in. So the page shows which client asks,
//! from where and when, both answers weigh the same, a link with the code filled in approves nothing by itself, a code
//! belongs to the first person and browser that look at it, and only five wrong ones may be typed. Approving needs a
//! fresh proof, and the person is told by mail.
//!
//! Everything is in the database, so a restart or a second replica changes nothing. What a device gets in the end is
//! for the token endpoint to make of a [`DeviceGranted`], which is given out once.

mod code;

use crate::audit;
use crate::config::DeviceClient;
use crate::context::RequestContext;
use crate::crypto::token::{self, TokenHash};
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::{Error, Kavach, names, oauth};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::device::{DeviceAuthorization, DeviceError, DeviceGranted, DeviceRequest};
use kavach_model::sign_in::Method;
use kavach_model::user::User;
use kavach_model::{ErrorCode, Timestamp, Token, TokenKind};
use kavach_store::{Conn, DeviceGrantRow, NewDeviceGrant, Polled};
use std::time::Duration;

/// How much longer a device has to wait each time it asked too soon (RFC 8628, section 3.5).
const LONGER: Duration = Duration::from_secs(5);
/// A code that is taken is one in many millions; more in a row is a fault.
const TRIES: u32 = 5;

/// What a device is answered: either part may fail.
pub type DeviceResult<T> = Result<std::result::Result<T, DeviceError>>;

/// A device asks to be let in.
pub async fn begin(
    kv: &Kavach,
    cx: &RequestContext,
    client_id: &str,
    scopes: &[String],
) -> DeviceResult<DeviceAuthorization> {
    if kv.require_method(Method::Device).is_err() {
        return Ok(Err(DeviceError::UnauthorizedClient));
    }
    rate_limit::take(kv, &[Limit::devices(kv, cx.meta.client_ip)]).await?;
    let rules = &kv.config().device;
    let Some(client) = client(kv, client_id).await? else { return Ok(Err(DeviceError::InvalidClient)) };
    let mut wanted = if scopes.is_empty() { client.scopes.clone() } else { scopes.to_vec() };
    if !wanted.iter().all(|scope| client.scopes.contains(scope)) {
        return Ok(Err(DeviceError::InvalidScope));
    }
    wanted.sort();
    wanted.dedup();
    let device_code = token::issue(TokenKind::Device, kv.rng());
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    for _ in 0..TRIES {
        let user_code = code::make(kv.rng());
        let made = tx
            .insert_device_grant(&NewDeviceGrant {
                id: &token::hex(&crate::rng::array::<16>(kv.rng())),
                client_id,
                scopes: &wanted,
                device_hash: TokenHash::of(&device_code).as_str(),
                code_hash: &code::hash(kv, &user_code),
                ip: &names::address(cx.meta.client_ip),
                user_agent: cx.meta.user_agent.as_deref().map(|text| names::printable(text, 200)).as_deref(),
                poll_every: rules.interval,
                created_at: now,
                expires_at: now + rules.life,
            })
            .await?;
        if made {
            tx.commit().await?;
            let verification_uri = format!("{}/device", kv.config().public_url);
            return Ok(Ok(DeviceAuthorization {
                device_code,
                verification_uri_complete: format!("{verification_uri}?user_code={user_code}"),
                user_code,
                verification_uri,
                expires_in: rules.life.as_secs(),
                interval: rules.interval.as_secs(),
            }));
        }
    }
    Err(Error::Fault("no code for a device was free".to_owned()))
}

/// A person typed a code: binds the request to them and their browser, if they are the first. A code that is unknown,
/// expired, answered or somebody else's is one error, and five of those are all there are in a while.
pub async fn look(kv: &Kavach, cx: &RequestContext, text: &str) -> Result<DeviceRequest> {
    kv.require_method(Method::Device)?;
    let (user, viewer) = person(cx)?;
    let limits = Limit::device_codes(kv, cx.meta.client_ip, &user.id.to_string());
    rate_limit::take(kv, &limits).await?;
    let user_code = code::parse(text).ok_or(ErrorCode::CodeInvalid)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let found = tx.view_device_grant(&code::hash(kv, &user_code), viewer, user.id, now).await?;
    let row = found.ok_or(ErrorCode::CodeInvalid)?;
    rate_limit::give_back(&mut tx, &limits).await?;
    tx.commit().await?;
    shown(kv, row, user_code).await
}

/// The request that was bound to this person and browser before; None for any other, which binds nothing.
pub async fn find(kv: &Kavach, cx: &RequestContext, text: &str) -> Result<Option<DeviceRequest>> {
    kv.require_method(Method::Device)?;
    let (user, viewer) = person(cx)?;
    let Some(user_code) = code::parse(text) else { return Ok(None) };
    let hash = code::hash(kv, &user_code);
    let now = kv.clock().now();
    let found = kv.store().read().await?.find_device_grant(&hash, viewer, user.id, now).await?;
    match found {
        Some(row) => shown(kv, row, user_code).await.map(Some),
        None => Ok(None),
    }
}

/// The person says yes.
pub async fn approve(kv: &Kavach, cx: &RequestContext, text: &str) -> Result<()> {
    kv.require_method(Method::Device)?;
    let (user, viewer) = person(cx)?;
    let session = &cx.require_fresh()?.session;
    let user_code = code::parse(text).ok_or(ErrorCode::CodeInvalid)?;
    let now = kv.clock().now();
    let hash = code::hash(kv, &user_code);
    let viewer_sees = kv.store().read().await?.find_device_grant(&hash, viewer, user.id, now).await?;
    let known = match viewer_sees {
        Some(row) => client(kv, &row.client_id).await?,
        None => None,
    };
    let mut tx = kv.store().write().await?;
    let approved =
        tx.approve_device_grant(&hash, viewer, user.id, &session.amr, session.auth_time, now).await?;
    let row = approved.ok_or(ErrorCode::CodeInvalid)?;
    if let (Some(to), Some(client)) = (&user.email, known) {
        outbox::enqueue(kv, &mut tx, Notice::DeviceApproved { to, client: &client.name, at: now }, now)
            .await?;
    }
    record(kv, cx, &mut tx, AuditKind::DeviceApproved, user, &row, now).await?;
    tx.commit().await?;
    kv.outbox_wake().notify_one();
    Ok(())
}

/// The person says no. Needs no fresh proof: saying no must be easy.
pub async fn deny(kv: &Kavach, cx: &RequestContext, text: &str) -> Result<()> {
    kv.require_method(Method::Device)?;
    let (user, viewer) = person(cx)?;
    let user_code = code::parse(text).ok_or(ErrorCode::CodeInvalid)?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let denied = tx.deny_device_grant(&code::hash(kv, &user_code), viewer, user.id, now).await?;
    let row = denied.ok_or(ErrorCode::CodeInvalid)?;
    record(kv, cx, &mut tx, AuditKind::DeviceDenied, user, &row, now).await?;
    Ok(tx.commit().await?)
}

/// A device asks what became of its request. What was approved is given to one caller.
pub async fn poll(
    kv: &Kavach,
    cx: &RequestContext,
    client_id: &str,
    device_code: &str,
) -> DeviceResult<DeviceGranted> {
    if kv.require_method(Method::Device).is_err() {
        return Ok(Err(DeviceError::UnauthorizedClient));
    }
    let Some(device_code) = Token::parse(TokenKind::Device, device_code) else {
        return Ok(Err(DeviceError::InvalidGrant));
    };
    if client(kv, client_id).await?.is_none() {
        return Ok(Err(DeviceError::InvalidClient));
    }
    let hash = TokenHash::of(&device_code);
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    let polled = tx.poll_device_grant(hash.as_str(), client_id, LONGER, now).await?;
    let answer = match polled {
        Polled::Unknown => Err(DeviceError::InvalidGrant),
        Polled::TooSoon => Err(DeviceError::SlowDown),
        Polled::Expired => Err(DeviceError::ExpiredToken),
        Polled::Pending => Err(DeviceError::AuthorizationPending),
        Polled::Denied => Err(DeviceError::AccessDenied),
        Polled::Approved { id } => match tx.claim_device_grant(&id, now).await? {
            Some(grant) => {
                let mut event = cx.event(AuditKind::DeviceClaimed, now);
                event.user_id = Some(grant.user_id);
                event.context = Some(about(client_id, &grant.scopes));
                tx.append_audit(&[audit::draft(kv, event, Some(grant.user_id))]).await?;
                let kavach_store::ClaimedGrant { user_id, scopes, amr, auth_time } = grant;
                Ok(DeviceGranted { user_id, scopes, amr, auth_time })
            }
            // The account was switched off after the answer, or another caller was faster.
            None => Err(DeviceError::AccessDenied),
        },
    };
    tx.commit().await?;
    Ok(answer)
}

/// Who answers, and in which browser. A guest has nothing to let a device into that would outlast the guest.
fn person(cx: &RequestContext) -> Result<(&User, &str)> {
    let user = &cx.require_session()?.user;
    if user.anonymous {
        return Err(ErrorCode::Forbidden.into());
    }
    let viewer = cx.meta.browser.as_deref().ok_or(ErrorCode::InvalidRequest)?;
    Ok((user, viewer))
}

/// The client called so: of the configuration, or one that was registered for it.
async fn client(kv: &Kavach, id: &str) -> Result<Option<DeviceClient>> {
    if let Some(configured) = kv.config().device.client(id) {
        return Ok(Some(configured.clone()));
    }
    oauth::clients::for_devices(kv, id).await
}

async fn shown(kv: &Kavach, row: DeviceGrantRow, user_code: String) -> Result<DeviceRequest> {
    // A client that was taken out asks for nothing any more.
    let client = client(kv, &row.client_id).await?.ok_or(ErrorCode::CodeInvalid)?;
    Ok(DeviceRequest {
        user_code,
        client: client.name,
        scopes: row.scopes,
        ip: row.ip,
        user_agent: row.user_agent,
        asked_at: row.created_at,
        expires_at: row.expires_at,
    })
}

async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    user: &User,
    row: &DeviceGrantRow,
    now: Timestamp,
) -> Result<()> {
    let mut context = about(&row.client_id, &row.scopes);
    context.insert("deviceIp".to_owned(), row.ip.clone().into());
    let event = AuditEvent { user_id: Some(user.id), context: Some(context), ..cx.event(kind, now) };
    Ok(tx.append_audit(&[audit::draft(kv, event, Some(user.id))]).await?)
}

fn about(client_id: &str, scopes: &[String]) -> serde_json::Map<String, serde_json::Value> {
    serde_json::Map::from_iter([
        ("client".to_owned(), client_id.into()),
        ("scopes".to_owned(), scopes.to_vec().into()),
    ])
}

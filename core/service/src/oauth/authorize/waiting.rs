//! Requests that wait for a person, each for the browser that brought it.

use super::{Asked, Gap};
use crate::Kavach;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::{Error, Result};
use crate::guard::rate_limit::{self, Limit};
use kavach_model::{ErrorCode, Token, TokenKind};
use kavach_store::NewOnce;
use std::time::Duration;

/// What requests are kept as that wait for a person.
pub(crate) const WAITING: &str = "oauth_request";
/// How long a person has, signing in included.
pub(super) const WAIT: Duration = Duration::from_secs(1_800);

/// Keeps a request for a person, and says where they go on.
pub(super) async fn wait(kv: &Kavach, cx: &RequestContext, mut asked: Asked, gap: Gap) -> Result<String> {
    rate_limit::take(kv, &[Limit::authorizations(kv, cx.meta.client_ip)]).await?;
    asked.browser = Some(cx.meta.browser.clone().ok_or(ErrorCode::InvalidRequest)?);
    let hint = asked.login_hint.take();
    let token = secrets::issue(TokenKind::Request, kv.rng());
    let payload = serde_json::to_string(&asked).map_err(|error| Error::Fault(error.to_string()))?;
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: WAITING,
        user_id: None,
        payload: &payload,
        created_at: asked.asked_at,
        expires_at: asked.asked_at + WAIT,
    })
    .await?;
    tx.commit().await?;
    Ok(page(&token, gap, hint.as_deref()))
}

/// The page that closes a gap, and comes back to the question.
pub(crate) fn page(token: &Token, gap: Gap, login_hint: Option<&str>) -> String {
    let consent = format!("/consent?request={}", token.expose());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", &consent);
    match gap {
        Gap::Nobody => {
            if let Some(hint) = login_hint {
                query.append_pair("login_hint", hint);
            }
            format!("/sign-in?{}", query.finish())
        }
        Gap::Stale => format!("/account/confirm?{}", query.finish()),
        Gap::Guest | Gap::Other | Gap::Weak | Gap::Consent => consent,
    }
}

/// Reads what waits under a name; None when it is over, used, or another browser's.
pub(crate) async fn waiting(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<Option<(Token, Asked)>> {
    let Some(token) = Token::parse(TokenKind::Request, token) else { return Ok(None) };
    let hash = TokenHash::of(&token);
    let found = kv.store().read().await?.find_once(WAITING, hash.as_str(), kv.clock().now()).await?;
    let asked = found.and_then(|found| serde_json::from_str::<Asked>(&found.payload).ok());
    Ok(asked.filter(|asked| asked.browser == cx.meta.browser).map(|asked| (token, asked)))
}

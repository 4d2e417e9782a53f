//! Authorization codes: short, good once, and bound to everything they were asked with.

use super::{Asked, Back, about, place};
use crate::Kavach;
use crate::audit;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::{Error, Result};
use crate::oauth::clients::Client;
use crate::oauth::trace::{self, Trail};
use crate::oauth::{grants, issuer};
use kavach_model::audit::AuditKind;
use kavach_model::session::Session;
use kavach_model::trace::{TraceOutcome, TraceStepCode};
use kavach_model::user::User;
use kavach_model::{ErrorCode, GrantId, TokenKind, TraceId};
use kavach_store::{GrantRow, NewOnce};
use serde::{Deserialize, Serialize};

/// What codes are kept as.
pub(crate) const CODE: &str = "oauth_code";

/// What a code is bound to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CodePayload {
    pub(crate) grant_id: GrantId,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) jkt: Option<String>,
    /// What administrators find the try under that it came of.
    #[serde(default)]
    pub(crate) trace: Option<TraceId>,
}

/// Issues a code to a client that a person let in: the address the browser is sent to.
pub(crate) async fn issue(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    asked: &Asked,
    user: &User,
    session: &Session,
) -> Result<String> {
    let issuer = issuer(kv).ok_or(ErrorCode::Internal)?;
    let now = kv.clock().now();
    let life = kv.config().oauth.code_life;
    let code = secrets::issue(TokenKind::Code, kv.rng());
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: client.id.clone(),
        user_id: Some(user.id),
        agent_id: None,
        parent_id: None,
        scopes: asked.scopes.clone(),
        resources: asked.resources.join(" "),
        act: None,
        amr: session.amr.clone(),
        auth_time: Some(session.auth_time),
        nonce: asked.nonce.clone(),
        jkt: asked.jkt.clone(),
        session_id: Some(session.id),
        created_at: now,
        // Redeeming the code lets it live.
        expires_at: now + life,
    };
    let payload = CodePayload {
        grant_id: grant.id,
        client_id: client.id.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        jkt: asked.jkt.clone(),
        trace: asked.trace,
    };
    let payload = serde_json::to_string(&payload).map_err(|error| Error::Fault(error.to_string()))?;
    let mut tx = kv.store().write().await?;
    tx.insert_oauth_grant(&grant).await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&code).as_str(),
        purpose: CODE,
        user_id: Some(user.id),
        payload: &payload,
        created_at: now,
        expires_at: now + life,
    })
    .await?;
    let mut event = cx.event(AuditKind::OAuthGranted, now);
    event.user_id = Some(user.id);
    event.resource = (!asked.resources.is_empty()).then(|| asked.resources.join(" "));
    let mut context = about(asked);
    context.insert("grantId".to_owned(), grant.id.to_string().into());
    event.context = Some(context);
    tx.append_audit(&[audit::draft(kv, event, Some(user.id))]).await?;
    tx.commit().await?;
    let went = trace::detail([("to", &place(&asked.redirect_uri)), ("scope", &asked.scopes)]);
    let outcome = TraceOutcome::CodeIssued;
    Trail(asked.trace).comes_to(kv, &cx.meta, TraceStepCode::CodeIssued, went, outcome, Some(life));
    let back = Back { issuer, redirect_uri: &asked.redirect_uri, state: asked.state.as_deref() };
    Ok(back.with(&[("code", code.expose())]))
}

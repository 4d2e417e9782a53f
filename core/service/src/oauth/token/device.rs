//! `device_code` (RFC 8628, section 3.4): a device fetches what a person approved elsewhere, once.

use super::scopes_of;
use crate::Kavach;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::device;
use crate::oauth::authorize::Parameters;
use crate::oauth::clients::{self, Client};
use crate::oauth::grants::{self, Issue};
use crate::oauth::{Answer, refuse, resources};
use kavach_model::TokenKind;
use kavach_model::device::DeviceError;
use kavach_model::oauth::{Refusal, TokenAnswer};
use kavach_store::GrantRow;

pub(super) async fn redeem(
    kv: &Kavach,
    cx: &RequestContext,
    client: &Client,
    parameters: &Parameters,
    jkt: Option<&str>,
) -> Answer<TokenAnswer> {
    let code = parameters.get("device_code");
    let code = code.ok_or_else(|| refuse(Refusal::InvalidRequest, "device_code is missing"))?;
    let granted = match device::poll(kv, cx, &client.id, code).await? {
        Ok(granted) => granted,
        Err(error) => return Err(refuse(refusal(error), "the device is not let in, or not yet")),
    };
    let approved = granted.scopes.join(" ");
    let wanted = resources::wanted(kv, &[], Some(&approved), None).await?;
    let now = kv.clock().now();
    let grant = GrantRow {
        id: grants::new_id(kv, now),
        client_id: client.id.clone(),
        user_id: Some(granted.user_id),
        agent_id: None,
        parent_id: None,
        scopes: wanted.scopes.to_string(),
        resources: wanted.addresses().join(" "),
        act: None,
        amr: granted.amr,
        auth_time: Some(granted.auth_time),
        nonce: None,
        jkt: jkt.map(str::to_owned),
        session_id: None,
        created_at: now,
        expires_at: now + kv.config().oauth.refresh_life,
    };
    let (scopes, addresses) = (scopes_of(&grant), grants::resources(&grant));
    let issue = Issue {
        grant: &grant,
        client_id: &client.id,
        scopes: &scopes,
        resources: &addresses,
        jkt,
        how: "device_code",
    };
    let mut issued = grants::access_token(kv, cx, &issue, now).await?;
    if scopes.contains("openid")
        && let Some(user) = kv.store().read().await?.find_user(granted.user_id).await?
    {
        let token = &issued.answer.access_token;
        issued.answer.id_token = Some(grants::id_token(kv, client, &grant, &user.user, token, now).await?);
    }
    let mut tx = kv.store().write().await?;
    tx.insert_oauth_grant(&grant).await?;
    if client.uses("refresh_token") {
        let token = secrets::issue(TokenKind::Refresh, kv.rng());
        tx.insert_refresh_token(TokenHash::of(&token).as_str(), grant.id, now, grant.expires_at).await?;
        issued.answer.refresh_token = Some(token);
    }
    clients::touch(&mut tx, client, now).await?;
    tx.append_audit(&[issued.record]).await?;
    tx.commit().await?;
    Ok(issued.answer)
}

fn refusal(error: DeviceError) -> Refusal {
    match error {
        DeviceError::InvalidRequest => Refusal::InvalidRequest,
        DeviceError::InvalidClient => Refusal::InvalidClient,
        DeviceError::InvalidScope => Refusal::InvalidScope,
        DeviceError::InvalidGrant => Refusal::InvalidGrant,
        DeviceError::UnauthorizedClient => Refusal::UnauthorizedClient,
        DeviceError::AuthorizationPending => Refusal::AuthorizationPending,
        DeviceError::SlowDown => Refusal::SlowDown,
        DeviceError::AccessDenied => Refusal::AccessDenied,
        DeviceError::ExpiredToken => Refusal::ExpiredToken,
    }
}

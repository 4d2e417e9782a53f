//! Telling clients that a session is over (OpenID Connect Back-Channel Logout 1.0).
//!
//! Who must be told is written down in the transaction that ends the session, so that neither a restart nor a client that
//! is away loses it. A token is made for each attempt: it is good for two minutes, and a client may refuse one it has
//! seen. What a client may do while its person is away (`offline_access`) goes on; the rest ends with the session, for
//! clients that want to be told. The front channel is not here: browsers do not send third parties' cookies any more.

use crate::crypto::token::hex;
use crate::deliver::outbox::{AT_ONCE, LEASE, Outcome, PURPOSE, settle};
use crate::deliver::retry::next_attempt;
use crate::error::Result;
use crate::oauth::clients::{self, Client};
use crate::oauth::scope::Scopes;
use crate::oauth::{issuer, keys};
use crate::outbound::{Request, Trust};
use crate::{Error, Kavach, seal};
use kavach_model::id::MessageId;
use kavach_model::oauth::ClientKind;
use kavach_model::{SessionId, Timestamp, UserId};
use kavach_store::{Channel, Conn, EndedGrant, MessageRow, NewMessage};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// `typ` of logout tokens (section 2.4).
const TYPE: &str = "logout+jwt";
/// What a logout token says that happened.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How long one is good (section 2.4: two minutes at the most).
const LIFE: Duration = Duration::from_secs(120);
/// For the whole exchange; a batch is sent at once.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What is kept until a client was told.
#[derive(Serialize, Deserialize)]
struct Ended {
    client_id: String,
    user_id: UserId,
    session_id: SessionId,
}

/// Writes down which clients are to be told of the sessions of a person that were ended in this transaction.
pub(crate) async fn sessions_ended(
    kv: &Kavach,
    tx: &mut Conn,
    user_id: UserId,
    now: Timestamp,
) -> Result<()> {
    let ended = tx.take_ended_grants(user_id, now).await?;
    tell(kv, tx, ended, now).await
}

/// The same for sessions whose time is up, whoever's they are.
pub(crate) async fn sessions_expired(kv: &Kavach, tx: &mut Conn, now: Timestamp) -> Result<()> {
    let ended = tx.take_expired_grants(now).await?;
    tell(kv, tx, ended, now).await
}

async fn tell(kv: &Kavach, tx: &mut Conn, ended: Vec<EndedGrant>, now: Timestamp) -> Result<()> {
    let mut told = HashSet::new();
    for grant in ended {
        let EndedGrant { id, client_id, user_id, session_id, scopes } = grant;
        let row = tx.find_oauth_client(&client_id).await?.filter(|row| row.disabled_at.is_none());
        let Some(client) = row.map(Client::of).transpose()? else { continue };
        if client.metadata.backchannel_logout_uri.is_none() {
            continue;
        }
        let scopes: Scopes = scopes.parse().unwrap_or_default();
        if !scopes.contains("offline_access") {
            tx.revoke_oauth_grant(id, now).await?;
        }
        if told.insert((client_id.clone(), session_id)) {
            enqueue(kv, tx, &Ended { client_id, user_id, session_id }, now).await?;
        }
    }
    Ok(())
}

async fn enqueue(kv: &Kavach, tx: &mut Conn, ended: &Ended, now: Timestamp) -> Result<()> {
    let body = serde_json::to_vec(ended).map_err(|error| Error::Fault(error.to_string()))?;
    let message = NewMessage {
        id: MessageId::from_parts(now, crate::rng::array(kv.rng())),
        channel: Channel::Logout,
        kind: "backchannel_logout",
        recipient: &ended.client_id,
        body_sealed: &seal::seal(kv, PURPOSE, &body),
        due: true,
    };
    Ok(tx.insert_message(&message, now).await?)
}

/// Tells whoever is due, until nobody is.
pub(crate) async fn deliver_due(kv: &Kavach) -> Result<()> {
    loop {
        let now = kv.clock().now();
        // Most instances have nobody to tell, and need not write to find out.
        if !kv.store().read().await?.is_message_due(Channel::Logout, now).await? {
            return Ok(());
        }
        let mut tx = kv.store().write().await?;
        let messages = tx.lease_messages(Channel::Logout, now, now + LEASE, AT_ONCE).await?;
        tx.commit().await?;
        if messages.is_empty() {
            return Ok(());
        }
        let sent = messages.iter().map(|row| attempt(kv, row));
        for (row, outcome) in messages.iter().zip(futures::future::join_all(sent).await) {
            settle(kv, row, outcome, Channel::Logout).await?;
        }
    }
}

async fn attempt(kv: &Kavach, row: &MessageRow) -> Outcome {
    let again = next_attempt(row.attempts);
    let ended = seal::open(kv, PURPOSE, &row.body_sealed);
    let Some(ended) = ended.and_then(|body| serde_json::from_slice::<Ended>(&body).ok()) else {
        return Err(("sealed under another instance key".to_owned(), None));
    };
    let failed = |error: Error| (error.to_string(), again);
    let client = clients::find(kv, &ended.client_id).await.map_err(failed)?;
    let place = client.and_then(|client| {
        let uri = client.metadata.backchannel_logout_uri.clone()?;
        Some((client, uri))
    });
    let Some((client, uri)) = place else {
        return Err(("the client is gone, or does not want to be told any more".to_owned(), None));
    };
    let token = token(kv, &client, &ended).await.map_err(failed)?;
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("logout_token", &token).finish();
    let trust = if client.kind == ClientKind::Registered { Trust::Operator } else { Trust::Stranger };
    let request = Request::post(uri, trust, body.into_bytes())
        .header("content-type", "application/x-www-form-urlencoded")
        .timeout(TIMEOUT);
    match kv.http().fetch(request).await {
        Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
        Ok(answer) => Err((format!("the client answered {}", answer.status), again)),
        Err(error) => Err((error.to_string(), again)),
    }
}

async fn token(kv: &Kavach, client: &Client, ended: &Ended) -> Result<String> {
    let now = kv.clock().now();
    let issuer = issuer(kv).ok_or_else(|| Error::Fault("public_url must be https to sign".to_owned()))?;
    let claims = json!({
        "iss": issuer,
        "sub": ended.user_id,
        "aud": client.id,
        "iat": now.as_millis() / 1_000,
        "exp": (now + LIFE).as_millis() / 1_000,
        "jti": hex(&crate::rng::array::<16>(kv.rng())),
        "events": { EVENT: {} },
        "sid": ended.session_id,
    });
    keys::sign(kv, client.id_token_algorithm(), TYPE, &claims).await
}

//! Clients: registered by administrators, described by their own documents, or registered by themselves.
//!
//! Whatever the way, what a client says of itself passes the same checks before it is kept. Only administrators register
//! here; the other ways have files of their own.

mod looked_at;
mod said;

pub use looked_at::{ClientDetail, MOST_COUNTED, get, live_grants};
pub(crate) use said::{BadMetadata, check};

use super::redirect_uri::RedirectUri;
use super::resource::Resource;
use super::scope::{STANDARD, Scopes};
use super::signing::Algorithm;
use super::token;
use crate::config::DeviceClient;
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::Result;
use crate::{Kavach, audit, names};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::oauth::{AuthMethod, ClientKind, ClientMetadata, CreateClient, CreatedClient, OAuthClient};
use kavach_model::{ApiError, ClientId, ErrorCode, Page, PageRequest, Timestamp, TokenKind, UserId};
use kavach_store::{ClientRow, Conn, StoreError};
use std::time::Duration;

/// What is known of a client of the configuration.
const CONFIGURED: &str = "device.clients";
/// Uses are noted to the minute.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// A client that is known, and its own words read.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// How it came to be known.
    pub kind: ClientKind,
    /// What it calls itself.
    pub name: String,
    /// How it proves who it is.
    pub auth_method: AuthMethod,
    /// What else it says.
    pub metadata: ClientMetadata,
    pub(crate) secret_hash: Option<String>,
    pub(crate) row: ClientRow,
}

impl Client {
    pub(crate) fn of(row: ClientRow) -> Result<Self> {
        let bad = |column| StoreError::Inconsistent { column };
        Ok(Self {
            id: row.id.clone(),
            kind: ClientKind::parse(&row.kind).ok_or(bad("kind"))?,
            name: row.name.clone(),
            auth_method: AuthMethod::parse(&row.auth_method).ok_or(bad("auth_method"))?,
            metadata: serde_json::from_str(&row.metadata).map_err(|_| bad("metadata"))?,
            secret_hash: row.secret_hash.clone(),
            row,
        })
    }

    /// Whether it can keep a secret.
    pub fn is_confidential(&self) -> bool {
        self.auth_method != AuthMethod::None
    }

    /// Whether it uses a kind of grant.
    pub fn uses(&self, grant: &str) -> bool {
        match self.metadata.grant_types.as_slice() {
            // RFC 7591, section 2.
            [] => grant == "authorization_code",
            listed => listed.iter().any(|listed| listed == grant),
        }
    }

    /// The registered redirect URI that a request means.
    pub fn redirect(&self, asked: &str) -> Option<RedirectUri> {
        let listed = self.metadata.redirect_uris.iter().filter_map(|uri| RedirectUri::parse(uri).ok());
        listed.into_iter().find(|uri| uri.admits(asked))
    }

    /// What it may ask for: everything, or what an administrator listed. What a client wrote of itself limits nothing:
    /// MCP clients register with the scopes of their first challenge, and need others later.
    pub fn may_ask(&self) -> Option<Scopes> {
        let listed = self.metadata.scope.as_deref().filter(|_| self.kind == ClientKind::Registered);
        listed.and_then(|scope| scope.parse().ok())
    }

    /// How its ID tokens are signed. RS256 goes without saying (OpenID Connect Registration, section 2).
    pub fn id_token_algorithm(&self) -> Algorithm {
        let asked = self.metadata.id_token_signed_response_alg.as_deref().and_then(Algorithm::named);
        asked.unwrap_or(Algorithm::Rs256)
    }

    fn shown(self) -> OAuthClient {
        let Self { id, kind, name, auth_method, metadata, row, .. } = self;
        OAuthClient {
            id,
            kind,
            name,
            auth_method,
            redirect_uris: metadata.redirect_uris,
            grant_types: metadata.grant_types,
            scope: metadata.scope,
            introspects: metadata.introspects,
            backchannel_logout_uri: metadata.backchannel_logout_uri,
            created_by: row.created_by,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            disabled_at: row.disabled_at,
        }
    }
}

/// Registers a client.
pub async fn create(kv: &Kavach, cx: &RequestContext, request: CreateClient) -> Result<CreatedClient> {
    let by = cx.require_fresh_admin()?;
    insert(kv, cx, request, Some(by)).await
}

/// The same, from the command line.
pub async fn create_offline(kv: &Kavach, request: CreateClient) -> Result<CreatedClient> {
    insert(kv, &RequestContext::offline(), request, None).await
}

async fn insert(
    kv: &Kavach,
    cx: &RequestContext,
    request: CreateClient,
    by: Option<UserId>,
) -> Result<CreatedClient> {
    let method = request.auth_method.unwrap_or(AuthMethod::None);
    let mut grants = request.grant_types;
    if grants.is_empty() {
        grants = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    }
    let said = ClientMetadata {
        client_name: Some(request.name),
        redirect_uris: request.redirect_uris,
        post_logout_redirect_uris: request.post_logout_redirect_uris,
        grant_types: grants,
        token_endpoint_auth_method: Some(method.as_str().to_owned()),
        scope: request.scope,
        jwks: request.jwks,
        jwks_uri: request.jwks_uri,
        id_token_signed_response_alg: request.id_token_signed_response_alg,
        dpop_bound_access_tokens: request.dpop_bound_access_tokens,
        require_pushed_authorization_requests: request.require_pushed_authorization_requests,
        backchannel_logout_uri: request.backchannel_logout_uri,
        backchannel_logout_session_required: request.backchannel_logout_session_required,
        introspects: canonical(request.introspects)?,
        ..ClientMetadata::default()
    };
    let (name, method, metadata) =
        check(said).map_err(|problem| ApiError::invalid(problem.field(), problem.why))?;
    let secret = has_secret(method).then(|| secrets::issue(TokenKind::ClientSecret, kv.rng()));
    let now = kv.clock().now();
    let row = ClientRow {
        id: ClientId::from_parts(now, crate::rng::array(kv.rng())).to_string(),
        kind: ClientKind::Registered.as_str().to_owned(),
        name,
        auth_method: method.as_str().to_owned(),
        secret_hash: secret.as_ref().map(|secret| TokenHash::of(secret).into_string()),
        metadata: write(&metadata)?,
        registration_hash: None,
        created_by: by,
        created_at: now,
        last_used_at: None,
        fresh_until: None,
        disabled_at: None,
    };
    let mut tx = kv.store().write().await?;
    tx.put_oauth_client(&row, now).await?;
    record(kv, cx, &mut tx, AuditKind::ClientCreated, &row.id, now).await?;
    tx.commit().await?;
    Ok(CreatedClient { client: Client::of(row)?.shown(), secret })
}

/// Every client, newest first; for administrators.
pub async fn list(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<OAuthClient>> {
    cx.require_admin(Scope::UsersRead)?;
    list_all(kv, page).await
}

/// The same, from the command line.
pub async fn list_offline(kv: &Kavach) -> Result<Vec<OAuthClient>> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let request = PageRequest::new(Some(200), cursor.take()).unwrap_or_default();
        let page = list_all(kv, &request).await?;
        all.extend(page.data);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

async fn list_all(kv: &Kavach, page: &PageRequest) -> Result<Page<OAuthClient>> {
    let mut conn = kv.store().read().await?;
    let rows = conn.list_oauth_clients(page.cursor.as_deref(), page.limit() + 1).await?;
    let shown = rows.into_iter().map(|row| Ok(Client::of(row)?.shown())).collect::<Result<Vec<_>>>()?;
    Ok(Page::from_rows(shown, page.limit(), |client| client.id.clone()))
}

/// Deletes a client; everything it was granted ends.
pub async fn delete(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<()> {
    cx.require_fresh_admin()?;
    remove(kv, cx, id).await
}

/// The same, from the command line.
pub async fn delete_offline(kv: &Kavach, id: &str) -> Result<()> {
    remove(kv, &RequestContext::offline(), id).await
}

pub(crate) async fn remove(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<()> {
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.revoke_oauth_grants_to(id, now).await?;
    if !tx.delete_oauth_client(id).await? {
        return Err(ErrorCode::NotFound.into());
    }
    record(kv, cx, &mut tx, AuditKind::ClientDeleted, id, now).await?;
    Ok(tx.commit().await?)
}

/// Switches a client off, which ends everything it was granted, or on again.
pub async fn set_disabled(kv: &Kavach, cx: &RequestContext, id: &str, disabled: bool) -> Result<()> {
    cx.require_fresh_admin()?;
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    if disabled {
        tx.revoke_oauth_grants_to(id, now).await?;
    }
    if !tx.set_oauth_client_disabled(id, disabled.then_some(now), now).await? {
        return Err(ErrorCode::NotFound.into());
    }
    record(kv, cx, &mut tx, AuditKind::ClientUpdated, id, now).await?;
    Ok(tx.commit().await?)
}

/// The client called so, unless it is switched off.
pub(crate) async fn find(kv: &Kavach, id: &str) -> Result<Option<Client>> {
    let row = kv.store().read().await?.find_oauth_client(id).await?;
    row.filter(|row| row.disabled_at.is_none()).map(Client::of).transpose()
}

/// The same, where it may be one of the configuration: such a client has a row from its first token on, and is gone when
/// the configuration does not name it any more.
pub(crate) async fn find_or_configured(kv: &Kavach, id: &str) -> Result<Option<Client>> {
    let configured = kv.config().device.client(id);
    match (find(kv, id).await?, configured) {
        (Some(client), None) if client.metadata.software_id.as_deref() == Some(CONFIGURED) => Ok(None),
        (Some(client), _) => Ok(Some(client)),
        (None, None) => Ok(None),
        (None, Some(configured)) => {
            let now = kv.clock().now();
            let metadata = ClientMetadata {
                client_name: Some(configured.name.clone()),
                grant_types: vec![token::DEVICE.to_owned(), "refresh_token".to_owned()],
                software_id: Some(CONFIGURED.to_owned()),
                ..ClientMetadata::default()
            };
            let row = ClientRow {
                id: id.to_owned(),
                kind: ClientKind::Registered.as_str().to_owned(),
                name: configured.name.clone(),
                auth_method: AuthMethod::None.as_str().to_owned(),
                secret_hash: None,
                metadata: write(&metadata)?,
                registration_hash: None,
                created_by: None,
                created_at: now,
                last_used_at: None,
                fresh_until: None,
                disabled_at: None,
            };
            let mut tx = kv.store().write().await?;
            tx.put_oauth_client(&row, now).await?;
            tx.commit().await?;
            // Switched off by an administrator, it stays so.
            find(kv, id).await
        }
    }
}

/// A client that may ask for a device to be let in, and for what: a list of its own, else everything there is.
pub(crate) async fn for_devices(kv: &Kavach, id: &str) -> Result<Option<DeviceClient>> {
    let Some(client) = find(kv, id).await?.filter(|client| client.uses(token::DEVICE)) else {
        return Ok(None);
    };
    let scopes = match client.may_ask() {
        Some(scopes) => scopes.iter().map(str::to_owned).collect(),
        None => {
            let offered = super::resources::all(kv).await?.into_iter().flat_map(|one| one.scopes);
            STANDARD.into_iter().map(str::to_owned).chain(offered.map(|scope| scope.name)).collect()
        }
    };
    Ok(Some(DeviceClient { id: client.id, name: client.name, scopes }))
}

/// Notes that it got a token.
pub(crate) async fn touch(tx: &mut Conn, client: &Client, now: Timestamp) -> Result<()> {
    if client.row.last_used_at.is_none_or(|before| now.since(before) >= TOUCH_EVERY) {
        tx.touch_oauth_client(&client.id, now, now - TOUCH_EVERY).await?;
    }
    Ok(())
}

pub(crate) async fn record(
    kv: &Kavach,
    cx: &RequestContext,
    tx: &mut Conn,
    kind: AuditKind,
    id: &str,
    now: Timestamp,
) -> Result<()> {
    let mut event = cx.event(kind, now);
    event.resource = Some(names::printable(id, 300));
    Ok(tx.append_audit(&[audit::draft(kv, event, cx.sponsor_id())]).await?)
}

pub(crate) fn has_secret(method: AuthMethod) -> bool {
    matches!(method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

pub(crate) fn write(metadata: &ClientMetadata) -> Result<String> {
    serde_json::to_string(metadata).map_err(|error| crate::Error::Fault(format!("client metadata: {error}")))
}

fn canonical(resources: Vec<String>) -> Result<Vec<String>> {
    let read = |text: String| Resource::parse(&text).map(|resource| resource.as_str().to_owned());
    let read: std::result::Result<_, _> = resources.into_iter().map(read).collect();
    Ok(read.map_err(|error| ApiError::invalid("introspects", error))?)
}

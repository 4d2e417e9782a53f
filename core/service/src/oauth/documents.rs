//! Clients that are described by a document at their own address (Client ID Metadata Documents,
//! draft-ietf-oauth-client-id-metadata-document): the address is the `client_id`.
//!
//! A stranger chooses the address, so it is fetched by the guarded client alone: https, public addresses, the address
//! that was checked is the one connected to, no redirects, three seconds, a few kilobytes. What is kept is kept for as
//! long as the answer's headers say, within bounds; what is wrong is never kept, and what a network may have fetched in a
//! while is limited. No picture is ever fetched.

use super::clients::{self, Client, check, has_secret};
use crate::Kavach;
use crate::authn::foreign_token::unique_object;
use crate::context::RequestContext;
use crate::error::Result;
use crate::guard::rate_limit::{self, Limit};
use crate::outbound::{Request, Response, Trust};
use kavach_model::Timestamp;
use kavach_model::oauth::{AuthMethod, ClientKind, ClientMetadata};
use kavach_store::ClientRow;
use serde_json::Value;
use std::time::Duration;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(3);
/// The draft recommends five kilobytes; some list many addresses.
const MAX_BODY: usize = 10 * 1024;
const LONGEST: usize = 1_024;
const LEAST_AGE: Duration = Duration::from_secs(60);
const MOST_AGE: Duration = Duration::from_secs(24 * 3_600);
const USUAL_AGE: Duration = Duration::from_secs(3_600);
/// How long a document that cannot be fetched just now still counts for a client that was let in.
const STALE: Duration = Duration::from_secs(24 * 3_600);

/// Whether a `client_id` is meant as the address of a document.
pub(crate) fn is_meant(id: &str) -> bool {
    id.contains("://")
}

/// Whether it may be one: https, with a path that leads somewhere, written the one way it is read.
fn is_address(id: &str) -> bool {
    let plain = id.len() <= LONGEST && id.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain || !id.starts_with("https://") || id.contains(['#', '\\', '@']) {
        return false;
    }
    let Ok(url) = Url::parse(id) else { return false };
    let path = id["https://".len()..].split_once('/').map_or("", |(_, path)| path);
    let segment = |part: &str| {
        let part = part.to_ascii_lowercase().replace("%2e", ".");
        part == "." || part == ".."
    };
    let dots = path.split('?').next().unwrap_or_default().split('/').any(segment);
    // Written otherwise than it is read, it would be two names for one client.
    !path.is_empty() && !dots && url.as_str() == id && url.host_str().is_some()
}

/// The client a document describes, as it is now.
pub(crate) async fn current(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<Option<Client>> {
    look(kv, cx, id, false).await
}

/// The same, for a client that was let in before: an outage on its side does not end it at once.
pub(crate) async fn known(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<Option<Client>> {
    look(kv, cx, id, true).await
}

async fn look(kv: &Kavach, cx: &RequestContext, id: &str, lenient: bool) -> Result<Option<Client>> {
    if !kv.config().oauth.client_documents || !is_address(id) {
        return Ok(None);
    }
    let row = kv.store().read().await?.find_oauth_client(id).await?;
    if row.as_ref().is_some_and(|row| row.disabled_at.is_some()) {
        return Ok(None);
    }
    let now = kv.clock().now();
    let fresh_until = row.as_ref().and_then(|row| row.fresh_until);
    if let Some(row) = row.clone().filter(|_| fresh_until.is_some_and(|until| now < until)) {
        return Client::of(row).map(Some);
    }
    rate_limit::take(kv, &[Limit::documents(kv, cx.meta.client_ip)]).await?;
    match fetch(kv, id, now).await {
        Some(mut found) => {
            if let Some(row) = row {
                (found.created_at, found.last_used_at) = (row.created_at, row.last_used_at);
            }
            let mut tx = kv.store().write().await?;
            tx.put_oauth_client(&found, now).await?;
            tx.commit().await?;
            Client::of(found).map(Some)
        }
        None => {
            let recent = fresh_until.is_some_and(|until| now < until + STALE);
            row.filter(|_| lenient && recent).map(Client::of).transpose()
        }
    }
}

async fn fetch(kv: &Kavach, id: &str, now: Timestamp) -> Option<ClientRow> {
    let request = Request::get(id, Trust::Stranger)
        .header("accept", "application/json")
        .timeout(TIMEOUT)
        .max_body(MAX_BODY);
    let response = match kv.http().fetch(request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::info!(%error, client = %crate::names::printable(id, 200), "a client's document could not be fetched");
            return None;
        }
    };
    let (name, method, metadata) = read(id, &response)?;
    Some(ClientRow {
        id: id.to_owned(),
        kind: ClientKind::Document.as_str().to_owned(),
        name,
        auth_method: method.as_str().to_owned(),
        secret_hash: None,
        metadata: clients::write(&metadata).ok()?,
        registration_hash: None,
        created_by: None,
        created_at: now,
        last_used_at: None,
        fresh_until: Some(now + age(&response)),
        disabled_at: None,
    })
}

/// What a document says, if it is one and is about this client.
fn read(id: &str, response: &Response) -> Option<(String, AuthMethod, ClientMetadata)> {
    let json =
        response.headers.get("content-type").and_then(|value| value.to_str().ok()).is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            essence == "application/json"
                || (essence.starts_with("application/") && essence.ends_with("+json"))
        });
    if response.status != 200 || !json {
        return None;
    }
    let mut object = unique_object(&response.body)?;
    if object.get("client_id").and_then(Value::as_str) != Some(id) {
        return None;
    }
    // What everybody can read is no secret.
    if object.contains_key("client_secret") || object.contains_key("client_secret_expires_at") {
        return None;
    }
    if !object.contains_key("client_name") || !object.contains_key("redirect_uris") {
        return None;
    }
    object.entry("token_endpoint_auth_method").or_insert_with(|| AuthMethod::None.as_str().into());
    let mut said: ClientMetadata = serde_json::from_value(Value::Object(object)).ok()?;
    said.introspects.clear();
    if said.grant_types.is_empty() {
        said.grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    }
    said.grant_types.retain(|grant| ["authorization_code", "refresh_token"].contains(&grant.as_str()));
    let (name, method, said) = check(said).ok()?;
    (!has_secret(method)).then_some((name, method, said))
}

/// How long it counts: as its headers say, within bounds.
fn age(response: &Response) -> Duration {
    let said =
        response.headers.get("cache-control").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let directives: Vec<String> = said.split(',').map(|part| part.trim().to_ascii_lowercase()).collect();
    if directives.iter().any(|part| part == "no-store" || part == "no-cache") {
        return LEAST_AGE;
    }
    let age = directives.iter().find_map(|part| part.strip_prefix("max-age=")?.parse().ok());
    age.map_or(USUAL_AGE, Duration::from_secs).clamp(LEAST_AGE, MOST_AGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_https_has_a_path_and_one_spelling() {
        assert!(is_address("https://app.example/client.json"));
        assert!(is_address("https://app.example:8443/a/b?v=1"));
        for bad in [
            "http://app.example/client.json",
            "https://app.example",
            "https://app.example/",
            "https://app.example/#x",
            "https://app.example/c#x",
            "https://user@app.example/c",
            "https://app.example/../c",
            "https://app.example/a/%2e%2e/c",
            "https://app.example/./c",
            "HTTPS://app.example/c",
            "https://APP.example/c",
            "https://app.example:443/c",
            "https://app.example\\c",
            "https://app.example/ c",
            "https:///c",
            "https://0x7f.1/c",
            "ftp://app.example/c",
            "clt_1",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}

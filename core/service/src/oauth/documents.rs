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

/// What came of looking for a document.
pub(crate) enum Looked {
    /// It was fetched.
    Fetched(Client),
    /// It was fetched before and still counts.
    Kept(Client),
    /// There is none that does, and why.
    Away(String),
}

/// The client a document describes, as it is now.
pub(crate) async fn current(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<Looked> {
    look(kv, cx, id, false).await
}

/// The same, for a client that was let in before: an outage on its side does not end it at once.
pub(crate) async fn known(kv: &Kavach, cx: &RequestContext, id: &str) -> Result<Option<Client>> {
    Ok(match look(kv, cx, id, true).await? {
        Looked::Fetched(client) | Looked::Kept(client) => Some(client),
        Looked::Away(_) => None,
    })
}

async fn look(kv: &Kavach, cx: &RequestContext, id: &str, lenient: bool) -> Result<Looked> {
    let away = |why: &str| Ok(Looked::Away(why.to_owned()));
    if !kv.config().oauth.client_documents {
        return away("documents of clients are switched off (oauth.client_documents)");
    }
    if !is_address(id) {
        return away(
            "client_id must be https, with a path, without a fragment, user, dots or a second spelling",
        );
    }
    let row = kv.store().read().await?.find_oauth_client(id).await?;
    if row.as_ref().is_some_and(|row| row.disabled_at.is_some()) {
        return away("the client is switched off");
    }
    let now = kv.clock().now();
    let fresh_until = row.as_ref().and_then(|row| row.fresh_until);
    if let Some(row) = row.clone().filter(|_| fresh_until.is_some_and(|until| now < until)) {
        return Client::of(row).map(Looked::Kept);
    }
    rate_limit::take(kv, &[Limit::documents(kv, cx.meta.client_ip)]).await?;
    match fetch(kv, id, now).await {
        Ok(mut found) => {
            if let Some(row) = row {
                (found.created_at, found.last_used_at) = (row.created_at, row.last_used_at);
            }
            let mut tx = kv.store().write().await?;
            tx.put_oauth_client(&found, now).await?;
            tx.commit().await?;
            Client::of(found).map(Looked::Fetched)
        }
        Err(why) => {
            let recent = fresh_until.is_some_and(|until| now < until + STALE);
            match row.filter(|_| lenient && recent) {
                Some(row) => Client::of(row).map(Looked::Kept),
                None => Ok(Looked::Away(why)),
            }
        }
    }
}

/// The client of a document, or what is wrong with it.
async fn fetch(kv: &Kavach, id: &str, now: Timestamp) -> std::result::Result<ClientRow, String> {
    let request = Request::get(id, Trust::Stranger)
        .header("accept", "application/json")
        .timeout(TIMEOUT)
        .max_body(MAX_BODY);
    let response = match kv.http().fetch(request).await {
        Ok(response) => response,
        Err(error) => {
            tracing::info!(%error, client = %crate::names::printable(id, 200), "a client's document could not be fetched");
            return Err(format!("it could not be fetched: {error}"));
        }
    };
    let (name, method, metadata) = read(id, &response)?;
    Ok(ClientRow {
        id: id.to_owned(),
        kind: ClientKind::Document.as_str().to_owned(),
        name,
        auth_method: method.as_str().to_owned(),
        secret_hash: None,
        metadata: clients::write(&metadata).map_err(|error| error.to_string())?,
        registration_hash: None,
        created_by: None,
        created_at: now,
        last_used_at: None,
        fresh_until: Some(now + age(&response)),
        disabled_at: None,
    })
}

/// What a document says, if it is one and is about this client; else what is wrong with it.
fn read(id: &str, response: &Response) -> std::result::Result<(String, AuthMethod, ClientMetadata), String> {
    let said = response.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let json =
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    if response.status != 200 {
        return Err(format!("it answers {}, not 200; redirects are not followed", response.status));
    }
    if !json {
        return Err(format!("its Content-Type is \"{said}\", not application/json"));
    }
    let object = unique_object(&response.body);
    let mut object = object.ok_or("it is no JSON object with each member once")?;
    if object.get("client_id").and_then(Value::as_str) != Some(id) {
        let said = object.get("client_id").map_or("missing".to_owned(), Value::to_string);
        return Err(format!("its client_id is {said}, not its own address to the letter"));
    }
    // What everybody can read is no secret.
    if object.contains_key("client_secret") || object.contains_key("client_secret_expires_at") {
        return Err("it holds a client_secret, which everybody can read".to_owned());
    }
    if !object.contains_key("client_name") || !object.contains_key("redirect_uris") {
        return Err("it lacks client_name or redirect_uris".to_owned());
    }
    object.entry("token_endpoint_auth_method").or_insert_with(|| AuthMethod::None.as_str().into());
    let said = serde_json::from_value(Value::Object(object));
    let mut said: ClientMetadata = said.map_err(|_| "a member is not of the type it must be")?;
    said.introspects.clear();
    if said.grant_types.is_empty() {
        said.grant_types = vec!["authorization_code".to_owned(), "refresh_token".to_owned()];
    }
    said.grant_types.retain(|grant| ["authorization_code", "refresh_token"].contains(&grant.as_str()));
    let (name, method, said) = check(said).map_err(|bad| format!("{}: {}", bad.member, bad.why))?;
    if has_secret(method) {
        return Err("token_endpoint_auth_method takes a secret, which a document cannot hold".to_owned());
    }
    Ok((name, method, said))
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

//! Where everything is at a provider of whom only the issuer is known (OpenID Connect Discovery 1.0).

use super::provider::Provider;
use crate::Kavach;
use crate::authn::foreign_token::unique_object;
use crate::outbound::{Request, Trust};
use kavach_model::Timestamp;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(3);
const MAX_BODY: usize = 128 * 1024;
const KEPT: Duration = Duration::from_secs(3_600);

/// The documents of this instance's providers.
#[derive(Default)]
pub(crate) struct Documents(Mutex<HashMap<String, Kept>>);

/// When it was fetched, and what it says.
type Kept = (Timestamp, Map<String, Value>);

/// The provider did not answer, or with something else than its document.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// The provider with everything that is missing filled in.
pub(super) async fn complete(kv: &Kavach, mut provider: Provider) -> Result<Provider, NoAnswer> {
    if !provider.is_incomplete() {
        return Ok(provider);
    }
    let document = document(kv, &provider.issuer).await?;
    for (url, member) in [
        (&mut provider.authorize_url, "authorization_endpoint"),
        (&mut provider.token_url, "token_endpoint"),
        (&mut provider.userinfo_url, "userinfo_endpoint"),
        (&mut provider.jwks_url, "jwks_uri"),
    ] {
        if url.is_empty()
            && let Some(found) = document.get(member).and_then(Value::as_str)
        {
            // A provider on https sends nobody to plain http.
            let downgrade = provider.issuer.starts_with("https://") && !found.starts_with("https://");
            if !downgrade {
                found.clone_into(url);
            }
        }
    }
    if provider.is_incomplete() { Err(NoAnswer) } else { Ok(provider) }
}

async fn document(kv: &Kavach, issuer: &str) -> Result<Map<String, Value>, NoAnswer> {
    let now = kv.clock().now();
    let kept = {
        let documents = kv.provider_documents().0.lock().unwrap_or_else(PoisonError::into_inner);
        documents.get(issuer).filter(|(at, _)| now.since(*at) < KEPT).map(|(_, document)| document.clone())
    };
    if let Some(document) = kept {
        return Ok(document);
    }
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let request = Request::get(url, Trust::Operator).timeout(TIMEOUT).max_body(MAX_BODY);
    let response = kv.http().fetch(request).await.map_err(|_| NoAnswer)?;
    if response.status != 200 {
        return Err(NoAnswer);
    }
    let document = unique_object(&response.body).ok_or(NoAnswer)?;
    // To the letter: another issuer's document is another issuer (section 4.3).
    if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
        tracing::warn!(issuer, "the provider's document is another issuer's");
        return Err(NoAnswer);
    }
    let mut documents = kv.provider_documents().0.lock().unwrap_or_else(PoisonError::into_inner);
    documents.insert(issuer.to_owned(), (now, document.clone()));
    Ok(document)
}

//! Signing out by way of a client (OpenID Connect RP-Initiated Logout 1.0): at once when the client shows an ID token of
//! the person who is signed in, else after the person was asked. Where the browser goes afterwards must be registered for
//! the client, to the letter.

use super::authorize::Parameters;
use super::clients::{self, Client};
use super::grants::ID;
use super::keys;
use crate::Kavach;
use crate::context::RequestContext;
use crate::error::Result;
use crate::session;
use kavach_model::ErrorCode;
use serde_json::Value;

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaving {
    /// Nobody is signed in any more; on to the client, or nowhere.
    Left(Option<String>),
    /// The person must say so themselves.
    Ask,
    /// The request is not one.
    Malformed,
}

/// What a client asks for.
struct Asked {
    /// Whom the ID token it shows is about.
    subject: Option<String>,
    /// Where the browser goes on.
    next: Option<String>,
}

/// A browser comes to sign out.
pub async fn begin(kv: &Kavach, cx: &RequestContext, query: &str) -> Result<Leaving> {
    let Some(asked) = read(kv, query).await? else { return Ok(Leaving::Malformed) };
    let Some(user) = cx.user() else { return Ok(Leaving::Left(asked.next)) };
    if asked.subject.as_deref() != Some(user.id.to_string().as_str()) {
        return Ok(Leaving::Ask);
    }
    session::sign_out(kv, cx).await?;
    Ok(Leaving::Left(asked.next))
}

/// The person says so: where the browser goes on.
pub async fn confirm(kv: &Kavach, cx: &RequestContext, query: &str) -> Result<Option<String>> {
    let asked = read(kv, query).await?.ok_or(ErrorCode::InvalidRequest)?;
    if cx.user().is_some() {
        session::sign_out(kv, cx).await?;
    }
    Ok(asked.next)
}

async fn read(kv: &Kavach, query: &str) -> Result<Option<Asked>> {
    let Some(parameters) = Parameters::read(query) else { return Ok(None) };
    let claims = match parameters.get("id_token_hint") {
        None => None,
        // One that has expired still tells who it was about.
        Some(hint) => match keys::read_own(kv, hint, ID).await? {
            Some(claims) => Some(claims),
            None => return Ok(None),
        },
    };
    let claim = |name: &str| claims.as_ref().and_then(|claims| claims.get(name)).and_then(Value::as_str);
    let named = parameters.get("client_id");
    let audience = claim("aud");
    if named.is_some() && audience.is_some() && named != audience {
        return Ok(None);
    }
    let client = match named.or(audience) {
        Some(id) => clients::find(kv, id).await?,
        None => None,
    };
    let next = client.and_then(|client| next(&client, &parameters));
    Ok(Some(Asked { subject: claim("sub").map(str::to_owned), next }))
}

fn next(client: &Client, parameters: &Parameters) -> Option<String> {
    let asked = parameters.get("post_logout_redirect_uri")?;
    let registered = client.metadata.post_logout_redirect_uris.iter().any(|uri| uri == asked);
    registered.then(|| match parameters.get("state") {
        Some(state) => {
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.append_pair("state", state);
            let joint = if asked.contains('?') { "&" } else { "?" };
            format!("{asked}{joint}{}", query.finish())
        }
        None => asked.to_owned(),
    })
}

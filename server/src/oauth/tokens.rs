//! `/oauth/token`, `/oauth/introspect`, `/oauth/revoke`, `/oauth/par` and `/oauth/userinfo`.

use super::{client, form};
use crate::extract::Meta;
use crate::state::AppState;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, Method, StatusCode};
use kavach_model::oauth::{OAuthError, Refusal};
use kavach_service::Kavach;
use kavach_service::context::{Caller, RequestContext, RequestMeta};
use kavach_service::oauth::client_auth::{self, Party};
use kavach_service::oauth::token::{self, Parameters};
use kavach_service::oauth::userinfo::Carried;
use kavach_service::oauth::{
    Answer, authorize, introspect as introspection, revoke as revocation, userinfo as info,
};
use serde_json::json;

const DPOP: HeaderName = HeaderName::from_static("dpop");

/// A request whose client is known.
struct Asked {
    cx: RequestContext,
    party: Party,
    parameters: Parameters,
}

async fn asked(kv: &Kavach, meta: RequestMeta, headers: &HeaderMap, body: &[u8]) -> Answer<Asked> {
    let (parameters, presented) = client::read(headers, body)?;
    let cx = RequestContext { meta, caller: Caller::Anonymous };
    let party = client_auth::authenticate(kv, &cx, presented).await?;
    Ok(Asked { cx, party, parameters })
}

/// The proof of possession a request carries; two are none.
fn proof(headers: &HeaderMap) -> Answer<Option<&str>> {
    let mut values = headers.get_all(DPOP).iter();
    let bad =
        || OAuthError::new(Refusal::InvalidDpopProof, "there is more than one DPoP proof, or it is not text");
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => Ok(Some(value.to_str().map_err(|_| bad())?)),
        (Some(_), Some(_)) => Err(bad().into()),
    }
}

pub(super) async fn token(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        let asked = asked(kv, meta, &headers, &body).await?;
        let jkt = token::prove(kv, proof(&headers)?, "POST", "/oauth/token", None).await?;
        token::issue(kv, &asked.cx, &asked.party, &asked.parameters, jkt.as_deref()).await
    };
    form::answered(kv, answer.await.map(Json), &headers)
}

pub(super) async fn introspect(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        let asked = asked(kv, meta, &headers, &body).await?;
        let token = needed(&asked.parameters, "token")?;
        if !asked.party.is_confidential() {
            return Err(OAuthError::new(
                Refusal::InvalidClient,
                "introspection takes a client that proves who it is",
            )
            .into());
        }
        introspection::look(kv, &asked.party, token).await
    };
    form::answered(kv, answer.await.map(Json), &headers)
}

pub(super) async fn revoke(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        let asked = asked(kv, meta, &headers, &body).await?;
        revocation::revoke(kv, &asked.cx, &asked.party, needed(&asked.parameters, "token")?).await
    };
    form::answered(kv, answer.await.map(|()| StatusCode::OK), &headers)
}

pub(super) async fn push(
    State(state): State<AppState>,
    Meta(meta): Meta,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kv = state.kavach();
    let answer = async {
        let Asked { cx, party, parameters } = asked(kv, meta, &headers, &body).await?;
        let jkt = token::prove(kv, proof(&headers)?, "POST", "/oauth/par", None).await?;
        let (request_uri, seconds) = authorize::push(kv, &cx, &party, parameters, jkt.as_deref()).await?;
        Ok((StatusCode::CREATED, Json(json!({"request_uri": request_uri, "expires_in": seconds}))))
    };
    form::answered(kv, answer.await, &headers)
}

pub(super) async fn userinfo(State(state): State<AppState>, method: Method, headers: HeaderMap) -> Response {
    tell(state.kavach(), &method, &headers, None).await
}

/// With the token in the header, or in the body (RFC 6750, section 2.2).
pub(super) async fn userinfo_posted(
    State(state): State<AppState>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut parameters = form::text(&headers, &body).and_then(Parameters::read).unwrap_or_default();
    tell(state.kavach(), &method, &headers, parameters.take("access_token")).await
}

async fn tell(kv: &Kavach, method: &Method, headers: &HeaderMap, posted: Option<String>) -> Response {
    let answer = async {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
        let missing = || OAuthError::new(Refusal::InvalidToken, "there is no access token, or more than one");
        let (token, with_proof) = match (header, &posted) {
            (Some((scheme, token)), None) if scheme.eq_ignore_ascii_case("bearer") => (token, false),
            (Some((scheme, token)), None) if scheme.eq_ignore_ascii_case("dpop") => (token, true),
            (None, Some(posted)) => (posted.as_str(), false),
            _ => return Err(missing().into()),
        };
        let proof = proof(headers)?;
        info::get(kv, Carried { token: token.trim(), with_proof, proof, method: method.as_str() }).await
    };
    form::protected(kv, answer.await.map(Json), headers)
}

fn needed<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, OAuthError> {
    let missing = || OAuthError::new(Refusal::InvalidRequest, format!("{name} is missing"));
    parameters.get(name).ok_or_else(missing)
}

//! Userinfo (OpenID Connect Core, section 5.3): what a token that is for this instance tells of its person.

use super::grants::{self, ACCESS};
use super::scope::Scopes;
use super::{Answer, introspect, keys, refuse, require_issuer, token};
use crate::Kavach;
use kavach_model::oauth::Refusal;
use serde_json::{Map, Value};

/// How an access token came.
#[derive(Debug, Clone, Copy)]
pub struct Carried<'a> {
    /// It.
    pub token: &'a str,
    /// Whether with `DPoP` instead of `Bearer`.
    pub with_proof: bool,
    /// The proof.
    pub proof: Option<&'a str>,
    /// Of the request.
    pub method: &'a str,
}

/// What is told.
pub async fn get(kv: &Kavach, carried: Carried<'_>) -> Answer<Value> {
    let issuer = require_issuer(kv)?;
    let invalid = || refuse(Refusal::InvalidToken, "the access token is not valid here");
    let claims = keys::verify_own(kv, carried.token, ACCESS).await?.ok_or_else(invalid)?;
    if claims.get("aud").and_then(Value::as_str) != Some(issuer) {
        return Err(invalid());
    }
    let bound = claims.get("cnf").and_then(|cnf| cnf["jkt"].as_str());
    if bound.is_some() != carried.with_proof {
        return Err(invalid());
    }
    if let Some(bound) = bound {
        let proven =
            token::prove(kv, carried.proof, carried.method, "/oauth/userinfo", Some(carried.token)).await?;
        if proven.as_deref() != Some(bound) {
            return Err(refuse(Refusal::InvalidDpopProof, "the DPoP proof is missing or of another key"));
        }
    }
    let scopes: Scopes =
        claims.get("scope").and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or_default();
    if !scopes.contains("openid") {
        return Err(refuse(Refusal::InsufficientScope, "the access token does not have the scope openid"));
    }
    let grant = introspect::live(kv, &claims).await?.ok_or_else(invalid)?;
    let id = grant.user_id.ok_or_else(invalid)?;
    let user = kv.store().read().await?.find_user(id).await?.ok_or_else(invalid)?.user;
    let mut told = Map::from_iter([("sub".to_owned(), user.id.to_string().into())]);
    told.extend(grants::person(&user, &scopes));
    Ok(Value::Object(told))
}

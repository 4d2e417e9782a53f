//! From a code to who the person is: the token request (RFC 6749, section 4.1.3, with RFC 7636), then the ID token or
//! the person's description.

use super::provider::{ClientAuth, Describes, Members, Provider};
use crate::Kavach;
use crate::authn::foreign_token::{Claims, Expected, Unverified, unique_object};
use crate::authn::identity::Foreign;
use crate::authn::jwks::{self, NoKey};
use crate::config::Social;
use crate::outbound::{Request, Response, Trust};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Map, Value, json};
use std::time::Duration;
use url::form_urlencoded::{Serializer, byte_serialize};

const TIMEOUT: Duration = Duration::from_secs(5);
const MAX_BODY: usize = 256 * 1024;
/// Life of the token that tells Apple who we are, in seconds.
const APPLE_LIFE: i64 = 300;

/// Why nobody is known.
#[derive(Debug)]
pub(super) enum Unknown {
    /// The provider does not answer.
    NoAnswer,
    /// It answers, and what it says does not hold. The text is for the log.
    Refused(String),
}

fn refused(reason: impl std::fmt::Display) -> Unknown {
    Unknown::Refused(reason.to_string())
}

/// What the flow that began it knows.
pub(super) struct Begun<'a> {
    pub(super) code: &'a str,
    pub(super) redirect_uri: &'a str,
    pub(super) verifier: &'a str,
    pub(super) nonce: &'a str,
}

/// Who the person is, as the provider says.
pub(super) async fn person(
    kv: &Kavach,
    provider: &Provider,
    config: &Social,
    begun: &Begun<'_>,
) -> Result<Foreign, Unknown> {
    let tokens = tokens(kv, provider, config, begun).await?;
    match provider.describes {
        Describes::IdToken => from_id_token(kv, provider, config, &tokens, begun.nonce).await,
        Describes::Userinfo(members) => from_userinfo(kv, provider, &tokens, members).await,
    }
}

async fn tokens(
    kv: &Kavach,
    provider: &Provider,
    config: &Social,
    begun: &Begun<'_>,
) -> Result<Map<String, Value>, Unknown> {
    let request = token_request(kv, provider, config, begun)?;
    let tokens = answer(fetch(kv, request).await?)?;
    match tokens.get("error").and_then(Value::as_str) {
        Some(error) => Err(refused(format_args!("the code was not taken: {error}"))),
        None => Ok(tokens),
    }
}

fn token_request(
    kv: &Kavach,
    provider: &Provider,
    config: &Social,
    begun: &Begun<'_>,
) -> Result<Request, Unknown> {
    let mut form = Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", begun.code)
        .append_pair("redirect_uri", begun.redirect_uri)
        .append_pair("code_verifier", begun.verifier);
    let secret = config.client_secret.as_ref().map_or("", |secret| secret.expose());
    let mut basic = None;
    match provider.client_auth {
        ClientAuth::Post => {
            form.append_pair("client_id", &config.client_id).append_pair("client_secret", secret);
        }
        ClientAuth::Apple => {
            form.append_pair("client_id", &config.client_id)
                .append_pair("client_secret", &apple_secret(kv, provider, config)?);
        }
        ClientAuth::Basic => {
            let escape = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", escape(&config.client_id), escape(secret));
            basic = Some(format!("Basic {}", STANDARD.encode(pair)));
        }
    }
    let request = Request::post(&provider.token_url, Trust::Operator, form.finish().into_bytes())
        .header("content-type", "application/x-www-form-urlencoded");
    Ok(match basic {
        Some(basic) => request.header("authorization", basic),
        None => request,
    })
}

/// Apple's client secret: a token of ours, signed with the key it gave us.
fn apple_secret(kv: &Kavach, provider: &Provider, config: &Social) -> Result<String, Unknown> {
    let pem = config.private_key.as_ref().map_or("", |key| key.expose());
    let key = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(refused)?;
    let now = kv.clock().now().as_millis() / 1_000;
    let header = Header { kid: config.key_id.clone(), ..Header::new(Algorithm::ES256) };
    let claims = json!({
        "iss": config.team_id, "iat": now, "exp": now + APPLE_LIFE, "aud": provider.issuer, "sub": config.client_id,
    });
    jsonwebtoken::encode(&header, &claims, &key).map_err(refused)
}

async fn from_id_token(
    kv: &Kavach,
    provider: &Provider,
    config: &Social,
    tokens: &Map<String, Value>,
    nonce: &str,
) -> Result<Foreign, Unknown> {
    let text = tokens.get("id_token").and_then(Value::as_str).ok_or_else(|| refused("no ID token"))?;
    let token = Unverified::parse(text, &[Algorithm::RS256, Algorithm::ES256]).map_err(refused)?;
    let keys = match jwks::find(
        kv,
        &provider.jwks_url,
        Trust::Operator,
        token.kid.as_deref(),
        token.algorithm,
    )
    .await
    {
        Ok(keys) => keys,
        Err(NoKey::Unavailable) => return Err(Unknown::NoAnswer),
        Err(NoKey::Unknown) => return Err(refused("signed with a key nobody publishes")),
    };
    let all =
        keys.iter().find_map(|key| token.verify(key).ok()).ok_or_else(|| refused("a wrong signature"))?;
    let tenant = all.get("tid").and_then(Value::as_str);
    let issuer = provider.issuer_for(tenant).ok_or_else(|| refused("a tenant that is none"))?;
    let expected = Expected { issuers: &[&issuer], audience: &config.client_id, now: kv.clock().now() };
    let claims = Claims::read(all, &expected).map_err(refused)?;
    if claims.nonce.as_deref() != Some(nonce) {
        return Err(refused("a wrong nonce"));
    }
    let email = claims.text("email").map(str::to_owned);
    Ok(Foreign {
        provider: provider.id.clone(),
        issuer,
        display: email.clone().unwrap_or_else(|| claims.subject.clone()),
        name: claims.text("name").or(email.as_deref()).unwrap_or(&provider.name).to_owned(),
        email_verified: provider.verifies_email && claims.says_yes("email_verified"),
        email,
        subject: claims.subject,
        only_with_session: true,
    })
}

async fn from_userinfo(
    kv: &Kavach,
    provider: &Provider,
    tokens: &Map<String, Value>,
    members: Members,
) -> Result<Foreign, Unknown> {
    let token =
        tokens.get("access_token").and_then(Value::as_str).ok_or_else(|| refused("no access token"))?;
    let bearer =
        |url: &str| Request::get(url, Trust::Operator).header("authorization", format!("Bearer {token}"));
    let person = answer(fetch(kv, bearer(&provider.userinfo_url)).await?)?;
    let text = |path: &str| inside(&person, path).and_then(Value::as_str).map(str::to_owned);
    let subject = match inside(&person, members.subject) {
        Some(Value::String(text)) if !text.is_empty() && text.len() <= 255 => text.clone(),
        Some(Value::Number(number)) if number.is_u64() => number.to_string(),
        _ => return Err(refused("nobody's description")),
    };
    let says_yes = |path: &str| inside(&person, path) == Some(&Value::Bool(true));
    let (email, email_verified) = if provider.emails_url.is_empty() {
        (text(members.email), members.verified.is_some_and(says_yes))
    } else {
        primary(&fetch(kv, bearer(&provider.emails_url)).await?)
    };
    let display = text(members.display).or_else(|| email.clone()).unwrap_or_else(|| subject.clone());
    Ok(Foreign {
        provider: provider.id.clone(),
        issuer: provider.issuer.clone(),
        subject,
        name: text(members.name).unwrap_or_else(|| display.clone()),
        display,
        email_verified: provider.verifies_email && email_verified,
        email,
        only_with_session: true,
    })
}

/// The address GitHub's list has for the first, and whether it was verified there.
fn primary(response: &Response) -> (Option<String>, bool) {
    let list: Vec<Value> = serde_json::from_slice(&response.body).unwrap_or_default();
    let first = list.iter().find(|entry| entry["primary"] == Value::Bool(true));
    let email = first.and_then(|entry| entry["email"].as_str()).map(str::to_owned);
    let verified = first.is_some_and(|entry| entry["verified"] == Value::Bool(true));
    (email, verified)
}

fn inside<'a>(object: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let value = object.get(first)?;
    if rest.is_empty() { Some(value) } else { inside(value.as_object()?, rest) }
}

async fn fetch(kv: &Kavach, request: Request) -> Result<Response, Unknown> {
    let request = request.header("accept", "application/json").timeout(TIMEOUT).max_body(MAX_BODY);
    match kv.http().fetch(request).await {
        Ok(response) if response.status < 500 => Ok(response),
        Ok(_) | Err(_) => Err(Unknown::NoAnswer),
    }
}

fn answer(response: Response) -> Result<Map<String, Value>, Unknown> {
    let object = unique_object(&response.body);
    object.ok_or_else(|| refused(format_args!("an answer that is none, with status {}", response.status)))
}

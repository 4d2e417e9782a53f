//! The token endpoint: what a token costs beside the signature that is in it, and beside what a certified server of somebody
//! else takes for one (oidc-provider, in Node).

use super::{CONNECTIONS, Server, Variant, What};
use crate::http::Request;
use crate::instance::{Running, text};
use anyhow::{Context, Result};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::json;
use std::time::Duration;

const RESOURCE: &str = "https://notes.example/mcp";
/// As long as what is signed of an access token: header and claims in base64.
const SIGNED: [u8; 480] = [b'a'; 480];
const SIGNATURES: u32 = 20_000;

/// CPU time of one signature with ES256, by the library and with a key pair that is kept, in microseconds.
pub fn raw_signature() -> Result<f64> {
    let random = SystemRandom::new();
    let unusable = |error| anyhow::anyhow!("{error}");
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        .map_err(|_| anyhow::anyhow!("no key could be made"))?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random)
        .map_err(unusable)?;
    let before = super::machine::process_cpu(std::process::id())?;
    for _ in 0..SIGNATURES {
        let signed = pair.sign(&random, &SIGNED).map_err(|_| anyhow::anyhow!("it could not be signed"))?;
        std::hint::black_box(signed);
    }
    let took: Duration = super::machine::process_cpu(std::process::id())? - before;
    Ok(took.as_secs_f64() * 1e6 / f64::from(SIGNATURES))
}

/// A client that gets tokens for itself, and asks about one.
pub async fn variants(server: &Server, peer: Option<&Running>) -> Result<Vec<Variant>> {
    let mut connection = server.running.connect().await?;
    let mut make = async |path: &str, body| -> Result<serde_json::Value> {
        connection.send(&Request::new("POST", path).bearer(&server.session).json(&body)).await?.data()
    };
    let scopes = json!([{"name": "notes:read", "description": "Read notes", "default": true}]);
    make("/api/auth/resources", json!({"resource": RESOURCE, "name": "Notes", "scopes": scopes})).await?;
    let client = json!({
        "name": "bench", "authMethod": "client_secret_post", "grantTypes": ["client_credentials"],
        "scope": "notes:read", "introspects": [RESOURCE],
    });
    let client = make("/api/auth/clients", client).await?;
    let who = format!("client_id={}&client_secret={}", text(&client["id"])?, text(&client["secret"])?);
    let wanted =
        "grant_type=client_credentials&scope=notes%3Aread&resource=https%3A%2F%2Fnotes.example%2Fmcp"
            .to_owned();
    let token = Request::new("POST", "/oauth/token").form(format!("{who}&{wanted}"));
    let issued = connection.send(&token).await?.json()?;
    let about = format!("{who}&token={}", text(&issued["access_token"])?);
    let introspection = Request::new("POST", "/oauth/introspect").form(about);
    let of = |what, running: &Running, request, expect| -> Result<Variant> {
        let server = (running.pid()?, running.address);
        Ok(Variant { what, connections: CONNECTIONS, server, request, expect })
    };
    let mut all = vec![
        of(What::Token, &server.running, token, "access_token")?,
        of(What::Introspection, &server.running, introspection, "\"active\":true")?,
    ];
    if let Some(peer) = peer {
        let mut request = Request::new("POST", "/token").form(wanted);
        // machine:a-secret-of-some-length, as `end2end/support/peer.js` has it.
        request
            .headers
            .push(("authorization", "Basic bWFjaGluZTphLXNlY3JldC1vZi1zb21lLWxlbmd0aA==".to_owned()));
        all.push(of(What::Peer, peer, request, "access_token").context("the peer")?);
    }
    Ok(all)
}

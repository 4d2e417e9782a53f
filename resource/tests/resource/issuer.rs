//! An authorization server on this machine: metadata, keys, introspection, decisions. Each can be made to fail.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use kavach_resource::{Builder, Clock, ResourceServer};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// The resource of these tests.
pub const RESOURCE: &str = "http://127.0.0.1:9/mcp";
/// DigestInfo of SHA-256 (RFC 8017, section 9.2).
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];
/// Seconds.
pub const NOW: i64 = 1_764_000_000;

/// A clock that is moved by hand.
#[derive(Debug)]
pub struct Hands(AtomicI64);

impl Hands {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for Hands {
    fn now_millis(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// What it answers, and how often it was asked.
#[derive(Default)]
pub struct Answers {
    pub keys: Mutex<Vec<Value>>,
    pub broken: Mutex<bool>,
    pub keys_asked: AtomicUsize,
    pub introspection: Mutex<Value>,
    pub introspected: AtomicUsize,
    pub decision: Mutex<(u16, Value)>,
    /// Path, authorization and body of the last question.
    pub asked: Mutex<Option<(String, String, Value)>>,
    issuer: OnceLock<String>,
    /// In place of the issuer in the metadata.
    pub claimed: Mutex<Option<String>>,
}

/// A running one.
pub struct Issuer {
    pub issuer: String,
    pub answers: Arc<Answers>,
    pub clock: Arc<Hands>,
}

impl Issuer {
    /// Runs until the test ends.
    pub async fn start() -> Self {
        let answers = Arc::new(Answers::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        answers.issuer.set(issuer.clone()).unwrap();
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(metadata))
            .route("/keys", get(keys))
            .route("/introspect", post(introspect))
            .route("/api/auth/authorize", post(decide))
            .route("/api/auth/authorize/token", post(decide))
            .with_state(answers.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { issuer, answers, clock: Arc::new(Hands(AtomicI64::new(NOW * 1_000))) }
    }

    /// Publishes these keys and no others.
    pub fn publish(&self, keys: &[&Key]) {
        *self.answers.keys.lock().unwrap() = keys.iter().map(|key| key.jwk()).collect();
    }

    /// Whether it answers nothing but 500.
    pub fn set_broken(&self, broken: bool) {
        *self.answers.broken.lock().unwrap() = broken;
    }

    /// How often the keys were asked for.
    pub fn keys_asked(&self) -> usize {
        self.answers.keys_asked.load(Ordering::SeqCst)
    }

    /// A resource that takes its tokens.
    pub fn builder(&self) -> Builder {
        ResourceServer::builder(RESOURCE, &self.issuer).clock(self.clock.clone())
    }

    /// The claims of a good token.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.issuer, "aud": RESOURCE, "sub": "usr_1", "client_id": "c1", "jti": "t1", "scope": "read",
            "iat": NOW, "exp": NOW + 600,
        })
    }
}

async fn metadata(State(answers): State<Arc<Answers>>) -> impl IntoResponse {
    let base = answers.issuer.get().unwrap();
    let issuer = answers.claimed.lock().unwrap().clone().unwrap_or_else(|| base.clone());
    Json(json!({
        "issuer": issuer, "jwks_uri": format!("{base}/keys"), "introspection_endpoint": format!("{base}/introspect"),
    }))
}

async fn keys(State(answers): State<Arc<Answers>>) -> Result<Json<Value>, StatusCode> {
    answers.keys_asked.fetch_add(1, Ordering::SeqCst);
    answers.works()?;
    Ok(Json(json!({"keys": *answers.keys.lock().unwrap()})))
}

async fn introspect(
    State(answers): State<Arc<Answers>>,
    headers: HeaderMap,
    body: String,
) -> Result<Json<Value>, StatusCode> {
    answers.introspected.fetch_add(1, Ordering::SeqCst);
    answers.works()?;
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    *answers.asked.lock().unwrap() = Some(("introspect".to_owned(), header("authorization"), body.into()));
    Ok(Json(answers.introspection.lock().unwrap().clone()))
}

async fn decide(
    State(answers): State<Arc<Answers>>,
    uri: http::Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), StatusCode> {
    answers.works()?;
    let authorization = headers["authorization"].to_str().unwrap().to_owned();
    *answers.asked.lock().unwrap() = Some((uri.path().to_owned(), authorization, body));
    let (status, answer) = answers.decision.lock().unwrap().clone();
    Ok((StatusCode::from_u16(status).unwrap(), Json(answer)))
}

impl Answers {
    fn works(&self) -> Result<(), StatusCode> {
        if *self.broken.lock().unwrap() { Err(StatusCode::INTERNAL_SERVER_ERROR) } else { Ok(()) }
    }
}

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<rsa::RsaPrivateKey>),
}

/// A key pair and its name.
pub struct Key {
    pub kid: String,
    pair: Pair,
}

impl Key {
    pub fn es256(kid: &str) -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
        Self { kid: kid.to_owned(), pair: Pair::Es256(pair) }
    }

    pub fn eddsa(kid: &str) -> Self {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self {
            kid: kid.to_owned(),
            pair: Pair::EdDsa(Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap()),
        }
    }

    /// With this many bits.
    pub fn rs256(kid: &str, bits: usize) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, bits).unwrap();
        Self { kid: kid.to_owned(), pair: Pair::Rs256(Box::new(key)) }
    }

    fn alg(&self) -> &'static str {
        match self.pair {
            Pair::Es256(_) => "ES256",
            Pair::EdDsa(_) => "EdDSA",
            Pair::Rs256(_) => "RS256",
        }
    }

    /// Its public half.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.pair {
            Pair::Es256(pair) => {
                let point = pair.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..])})
            }
            Pair::EdDsa(pair) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())})
            }
            Pair::Rs256(pair) => {
                json!({"kty": "RSA", "n": text(&pair.n().to_bytes_be()), "e": text(&pair.e().to_bytes_be())})
            }
        };
        jwk["kid"] = self.kid.as_str().into();
        jwk["alg"] = self.alg().into();
        jwk["use"] = "sig".into();
        jwk
    }

    pub fn signature(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Es256(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Pair::Rs256(pair) => {
                let digest = ring::digest::digest(&ring::digest::SHA256, message);
                let padding = rsa::Pkcs1v15Sign { hash_len: Some(32), prefix: Box::new(SHA256_INFO) };
                pair.sign(padding, digest.as_ref()).unwrap()
            }
        }
    }

    /// A token with these texts as its header and its claims.
    pub fn sign_texts(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(self.signature(signed.as_bytes())))
    }

    /// A token with changes to the usual header; null takes a member away.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let mut whole = json!({"typ": "at+jwt", "alg": self.alg(), "kid": self.kid});
        merge(&mut whole, header);
        self.sign_texts(&whole.to_string(), &claims.to_string())
    }

    /// An access token.
    pub fn token(&self, claims: &Value) -> String {
        self.sign(&json!({}), claims)
    }
}

/// A null takes a member away.
pub fn merge(into: &mut Value, changes: &Value) {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(into.as_object_mut().unwrap().remove(name)),
            value => into[name] = value.clone(),
        }
    }
}

/// `claims` with changes.
pub fn with(claims: &Value, changes: Value) -> Value {
    let mut claims = claims.clone();
    merge(&mut claims, &changes);
    claims
}

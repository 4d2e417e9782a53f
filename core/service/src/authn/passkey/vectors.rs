//! The test vectors of Web Authentication Level 3 (section 16), through the very functions that take what browsers send.
//!
//! Ours ask for user verification and for a page that stands by itself, so of the vectors some must be refused that are
//! otherwise right. That their signatures hold all the same is asked of the library alone, without what we ask for.

use super::ceremony::{self, Purpose};
use super::registration::register;
use super::relying_party::{handle, relying_party};
use super::sign_in;
use crate::authn::email_password;
use crate::clock::{Clock, ManualClock};
use crate::config::Config;
use crate::context::{self, Presented, RequestContext};
use crate::outbound::GuardedClient;
use crate::rng::SystemRng;
use crate::{Kavach, Parts};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::passkey::{PasskeyAssertion, PasskeyRegistration};
use kavach_model::sign_in::SignIn;
use kavach_model::user::SignUpEmail;
use kavach_model::{ApiError, ErrorCode, Secret, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use webauthn_rs::prelude as rp;

const VECTORS: &str = include_str!("vectors.txt");

/// One registration and one authentication with the key it made.
struct Vector {
    values: HashMap<&'static str, Vec<u8>>,
}

fn vector(name: &str) -> Vector {
    let mut lines = VECTORS.lines().skip_while(|line| *line != format!("[{name}]"));
    assert!(lines.next().is_some(), "{name}");
    let values = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once(" = "));
    let bytes = |hex: &str| crate::crypto::token::from_hex(hex).unwrap();
    Vector { values: values.map(|(name, hex)| (name, bytes(hex))).collect() }
}

impl Vector {
    fn text(&self, name: &str) -> String {
        URL_SAFE_NO_PAD.encode(&self.values[name])
    }

    /// Stands in the authenticator data behind the hash of the domain, the flags, a counter, a model and a length.
    fn id(&self) -> String {
        let object = &self.values["registration.attestationObject"];
        let hash = Sha256::digest("example.org");
        let start = object.windows(32).position(|window| window == hash.as_slice()).unwrap();
        URL_SAFE_NO_PAD.encode(&object[start + 55..start + 87])
    }

    fn registration(&self) -> Value {
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "response": {
                "clientDataJSON": self.text("registration.clientDataJSON"),
                "attestationObject": self.text("registration.attestationObject"),
            },
        })
    }

    fn authentication(&self) -> Value {
        json!({
            "id": self.id(), "rawId": self.id(), "type": "public-key",
            "response": {
                "clientDataJSON": self.text("authentication.clientDataJSON"),
                "authenticatorData": self.text("authentication.authenticatorData"),
                "signature": self.text("authentication.signature"),
                "userHandle": null,
            },
        })
    }
}

/// An instance at the vectors' address, and somebody who is signed in.
async fn example_org() -> (Kavach, RequestContext, tempfile::TempDir) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
    config.public_url = "https://example.org".to_owned();
    config.hibp.enabled = false;
    config.rate_limit.enabled = false;
    config.validate().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::from_millis(1_764_000_000_000)));
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    let kv = Kavach::start(config, Parts { clock, rng: Arc::new(SystemRng), http }).await.unwrap();
    let request = SignUpEmail {
        email: "ada@example.com".to_owned(),
        password: Secret::new("seven-otters-drift-quietly"),
        name: None,
    };
    let made = email_password::sign_up(&kv, &RequestContext::offline(), request).await.unwrap();
    let token = made.token().expose().to_owned();
    let presented = Presented { cookie: None, bearer: Some(&token) };
    let cx = context::authenticate(&kv, RequestContext::offline().meta, presented).await.unwrap();
    (kv, cx, directory)
}

/// What the library remembers of a registration with this challenge.
fn registering(kv: &Kavach, cx: &RequestContext, challenge: &str, policy: &str) -> Value {
    let user = cx.user().unwrap();
    let begun = relying_party(kv).unwrap().start_passkey_registration(handle(user.id), "ada", "Ada", None);
    let mut state = serde_json::to_value(begun.unwrap().1).unwrap();
    assert_eq!(state["rs"]["policy"], "required", "what we ask for");
    state["rs"]["challenge"] = challenge.into();
    state["rs"]["policy"] = policy.into();
    state
}

fn authenticating(kv: &Kavach, challenge: &str, policy: &str) -> Value {
    let mut state =
        serde_json::to_value(relying_party(kv).unwrap().start_discoverable_authentication().unwrap().1)
            .unwrap();
    assert_eq!(state["ast"]["policy"], "required", "what we ask for");
    state["ast"]["challenge"] = challenge.into();
    state["ast"]["policy"] = policy.into();
    state
}

/// Whether a vector's registration is taken by what takes those of browsers.
async fn registers(kv: &Kavach, cx: &RequestContext, vector: &Vector) -> bool {
    let challenge = vector.text("registration.challenge");
    let state = registering(kv, cx, &challenge, "required");
    let user = Some(cx.user().unwrap().id);
    ceremony::begin(kv, cx, Purpose::Register, &json!({"challenge": challenge}), user, state).await.unwrap();
    let answer: PasskeyRegistration = serde_json::from_value(vector.registration()).unwrap();
    refused_or(register(kv, cx, answer).await)
}

/// Begins the sign-in that a vector's authentication answers.
async fn begin_sign_in(kv: &Kavach, vector: &Vector) {
    let challenge = vector.text("authentication.challenge");
    let state = authenticating(kv, &challenge, "required");
    let cx = RequestContext::offline();
    ceremony::begin(kv, &cx, Purpose::SignIn, &json!({"challenge": challenge}), None, state).await.unwrap();
}

/// Whether a vector's authentication signs in.
async fn signs_in(kv: &Kavach, vector: &Vector) -> bool {
    begin_sign_in(kv, vector).await;
    answers(kv, vector).await
}

async fn answers(kv: &Kavach, vector: &Vector) -> bool {
    let cx = RequestContext::offline();
    let answer: PasskeyAssertion = serde_json::from_value(vector.authentication()).unwrap();
    refused_or(sign_in(kv, &cx, answer).await.map(|done| assert!(matches!(done, SignIn::Complete(_)))))
}

fn refused_or<T>(result: crate::error::Result<T>) -> bool {
    match result {
        Ok(_) => true,
        Err(error) => {
            let code = ApiError::from(error).code;
            assert!(matches!(code, ErrorCode::PasskeyInvalid | ErrorCode::PasskeyUnknown), "{code:?}");
            false
        }
    }
}

/// The key a vector's registration makes, and whether the vector's authentication is signed with it: asked of the library,
/// which is not told to ask for verification.
fn holds(kv: &Kavach, cx: &RequestContext, vector: &Vector) -> (bool, bool) {
    let library = relying_party(kv).unwrap();
    let state = registering(kv, cx, &vector.text("registration.challenge"), "discouraged");
    let state: rp::PasskeyRegistration = serde_json::from_value(state).unwrap();
    let credential: rp::RegisterPublicKeyCredential = serde_json::from_value(vector.registration()).unwrap();
    let Ok(passkey) = library.finish_passkey_registration(&credential, &state) else { return (false, false) };
    let state = authenticating(kv, &vector.text("authentication.challenge"), "discouraged");
    let credential: rp::PublicKeyCredential = serde_json::from_value(vector.authentication()).unwrap();
    let state = serde_json::from_value(state).unwrap();
    let signed = library.finish_discoverable_authentication_v2(&credential, state, &passkey);
    (true, signed.is_ok())
}

#[tokio::test]
async fn a_verified_registration_and_authentication_of_the_specification_are_taken() {
    let (kv, cx, _directory) = example_org().await;
    let vector = vector("packed.ES256");
    assert!(registers(&kv, &cx, &vector).await);
    assert!(signs_in(&kv, &vector).await);
}

#[tokio::test]
async fn the_specifications_vectors_without_user_verification_are_refused_for_that_alone() {
    let (kv, cx, _directory) = example_org().await;
    let neither = vector("none.ES256");
    assert_eq!(holds(&kv, &cx, &neither), (true, true));
    assert!(!registers(&kv, &cx, &neither).await);
    // Verified when the key was made, and not when it was used.
    let once = vector("packed-self.ES256");
    assert_eq!(holds(&kv, &cx, &once), (true, true));
    assert!(registers(&kv, &cx, &once).await);
    assert!(!signs_in(&kv, &once).await);
}

#[tokio::test]
async fn the_specifications_vectors_from_another_sites_frame_are_refused() {
    let (kv, cx, _directory) = example_org().await;
    for name in ["none.ES256.crossOrigin", "none.ES256.topOrigin"] {
        let vector = vector(name);
        assert!(!registers(&kv, &cx, &vector).await, "{name}");
        assert!(!signs_in(&kv, &vector).await, "{name}");
    }
}

#[tokio::test]
async fn a_vector_with_any_byte_changed_is_refused() {
    let (kv, cx, _directory) = example_org().await;
    let right = vector("packed.ES256");
    assert!(registers(&kv, &cx, &right).await);
    begin_sign_in(&kv, &right).await;
    for part in
        ["authentication.signature", "authentication.authenticatorData", "authentication.clientDataJSON"]
    {
        for at in 0..right.values[part].len() {
            let mut changed = vector("packed.ES256");
            changed.values.get_mut(part).unwrap()[at] ^= 1;
            assert!(!answers(&kv, &changed).await, "{part} at {at}");
        }
    }
    assert!(answers(&kv, &right).await);
}

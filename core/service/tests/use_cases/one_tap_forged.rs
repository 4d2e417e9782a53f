//! Forged Google ID tokens, every one of which must be refused with the same answer and leave no account behind.

use crate::one_tap::{CLIENT, Google, browser, claims, google, google_worlds, jwk, post, sign};
use crate::world::code;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kavach_model::{ErrorCode, PageRequest};
use kavach_service::user;
use serde_json::{Value, json};

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header and payload, signed by Google's own key: only what it says can be wrong.
fn raw(google: &Google, header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &google.key, Algorithm::RS256).unwrap();
    format!("{signed}.{signature}")
}

fn with(claims: &Value, name: &str, value: Value) -> Value {
    let mut changed = claims.clone();
    changed[name] = value;
    changed
}

fn without(claims: &Value, name: &str) -> Value {
    let mut changed = claims.clone();
    changed.as_object_mut().unwrap().remove(name);
    changed
}

/// Every forgery, by name.
fn forgeries(google: &Google, good: &Value) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, token: String| all.push((name.to_owned(), token));
    let now = good["iat"].as_i64().unwrap();
    let header = json!({"alg": "RS256", "kid": "one", "typ": "JWT"});
    let payload = good.to_string();

    // Algorithms.
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = part(&json!({"alg": alg, "kid": "one"}));
        add(&format!("alg {alg:?} unsigned"), format!("{header}.{}.", part(good)));
        add(&format!("alg {alg:?} with text"), format!("{header}.{}.AA", part(good)));
    }
    let public = jwk(&google.key, "one");
    let hmac = |secret: &[u8], alg| {
        let header = Header { kid: Some("one".to_owned()), ..Header::new(alg) };
        jsonwebtoken::encode(&header, good, &EncodingKey::from_secret(secret)).unwrap()
    };
    add("HS256 with the modulus", hmac(public["n"].as_str().unwrap().as_bytes(), Algorithm::HS256));
    add("HS256 with the key as JSON", hmac(public.to_string().as_bytes(), Algorithm::HS256));
    add("HS512 with nothing", hmac(b"", Algorithm::HS512));
    let ec = EncodingKey::from_ec_pem(include_bytes!("../keys/ec.pem")).unwrap();
    let es = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::ES256) };
    add("ES256", jsonwebtoken::encode(&es, good, &ec).unwrap());
    let ps = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::PS256) };
    add("PS256 by the right key", jsonwebtoken::encode(&ps, good, &google.key).unwrap());
    let rs512 = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::RS512) };
    add("RS512 by the right key", jsonwebtoken::encode(&rs512, good, &google.key).unwrap());

    // Keys.
    add("another key under Google's name", sign(&google.other_key, "one", good));
    add("an unknown key", sign(&google.other_key, "two", good));
    let foreign = |extra: Value| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        raw(google, &header.to_string(), &payload)
    };
    add("jwk in the header", foreign(json!({"jwk": jwk(&google.other_key, "one")})));
    add("jku in the header", foreign(json!({"jku": "https://evil.example/keys"})));
    add("x5u in the header", foreign(json!({"x5u": "https://evil.example/cert"})));
    add("x5c in the header", foreign(json!({"x5c": ["MIIB"]})));
    add("crit in the header", foreign(json!({"crit": ["exp"]})));
    add("b64 in the header", foreign(json!({"b64": false})));
    add("zip in the header", foreign(json!({"zip": "DEF"})));
    add("typ at+jwt", foreign(json!({"typ": "at+jwt"})));
    add("kid as a number", foreign(json!({"kid": 1})));
    add("no kid", raw(google, r#"{"alg":"RS256"}"#, &payload));
    add("kid as a path", foreign(json!({"kid": "../../dev/null"})));
    add("alg twice", raw(google, r#"{"alg":"RS256","kid":"one","alg":"none"}"#, &payload));

    // Claims.
    for iss in [
        json!("https://evil.example"),
        json!("https://accounts.google.com/"),
        json!(["https://accounts.google.com"]),
        json!(null),
        json!("https://accounts.google.com.evil.example"),
    ] {
        add(&format!("iss {iss}"), google.sign(&with(good, "iss", iss)));
    }
    for aud in [
        json!("5678-other.apps.googleusercontent.com"),
        json!([CLIENT, "other"]),
        json!(["other"]),
        json!([]),
        json!(null),
        json!(CLIENT.to_uppercase()),
    ] {
        add(&format!("aud {aud}"), google.sign(&with(good, "aud", aud)));
    }
    add("azp of another", google.sign(&with(good, "azp", json!("5678-other.apps.googleusercontent.com"))));
    for exp in [
        json!(now - 61),
        json!(0),
        json!(-1),
        json!((now + 3_600).to_string()),
        json!("never"),
        json!(1e300),
        json!(null),
        json!(true),
        json!([now + 3_600]),
        json!(now + 999_999_999),
    ] {
        add(&format!("exp {exp}"), google.sign(&with(good, "exp", exp)));
    }
    for nbf in [json!(now + 600), json!("0"), json!({})] {
        add(&format!("nbf {nbf}"), google.sign(&with(good, "nbf", nbf)));
    }
    for iat in [json!(now + 600), json!(now - 999_999), json!(now.to_string())] {
        add(&format!("iat {iat}"), google.sign(&with(good, "iat", iat)));
    }
    for nonce in [json!(""), json!("made-up"), json!(null), json!([good["nonce"]]), json!(1)] {
        add(&format!("nonce {nonce}"), google.sign(&with(good, "nonce", nonce)));
    }
    for sub in [json!(""), json!(1), json!(null), json!("x".repeat(256))] {
        add("a sub that is none", google.sign(&with(good, "sub", sub)));
    }
    for name in ["iss", "aud", "exp", "iat", "nonce", "sub"] {
        add(&format!("without {name}"), google.sign(&without(good, name)));
    }
    for name in ["iss", "aud", "sub", "exp", "email_verified"] {
        let doubled = format!("{{\"{name}\":\"x\",{}", &payload[1..]);
        add(&format!("{name} twice"), raw(google, &header.to_string(), &doubled));
    }

    // Shapes.
    let token = google.sign(good);
    let (signed, signature) = token.rsplit_once('.').unwrap();
    add(
        "a changed payload",
        format!("{}.{}.{signature}", signed.split_once('.').unwrap().0, part(&with(good, "sub", json!("1")))),
    );
    add("a cut signature", token[..token.len() - 4].to_owned());
    add("no signature", format!("{signed}."));
    add("two parts", signed.to_owned());
    add("four parts", format!("{token}.AA"));
    add("padding", format!("{token}=="));
    add("a space around", format!(" {token}"));
    add("nothing", String::new());
    add("dots", "..".to_owned());
    add("an array for a payload", raw(google, &header.to_string(), "[]"));
    add("text for a payload", raw(google, &header.to_string(), "canary"));
    add("far too long", format!("{token}{}", "A".repeat(20_000)));
    all
}

#[tokio::test]
async fn no_forged_google_token_is_taken() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let cx = browser(kv).await;
        let good = claims(&world, &cx);
        let forgeries = forgeries(&google, &good);
        assert!(forgeries.len() >= 40, "{}", forgeries.len());
        for (name, token) in &forgeries {
            assert_eq!(code(post(kv, &cx, token).await), ErrorCode::ProofInvalid, "{name}");
        }
        let admin = crate::world::admin(kv, "root@example.com").await;
        let people = user::list(kv, &admin, &PageRequest::default()).await.unwrap().data;
        assert_eq!(people.len(), 1, "a forged token left an account behind");
        // What they were all made from holds.
        post(kv, &cx, &google.sign(&good)).await.unwrap();
    }
}

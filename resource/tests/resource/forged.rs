//! Tokens that do not hold. Each is wrong in one thing only, and signed with the right key where that is not the thing.

use super::client::{bearing, reading};
use super::issuer::{Issuer, Key, NOW, RESOURCE, with};
use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use ring::hmac;
use serde_json::{Value, json};

struct World {
    issuer: Issuer,
    key: Key,
    app: Router,
}

async fn world() -> World {
    let issuer = Issuer::start().await;
    let key = Key::es256("k1");
    issuer.publish(&[&key]);
    let app = reading(&issuer.builder().build().unwrap());
    let answered = bearing(&app, &key.token(&issuer.claims())).await;
    assert_eq!(answered.status, StatusCode::OK, "{answered:?}");
    World { issuer, key, app }
}

impl World {
    async fn refuses(&self, what: &str, token: &str) {
        let answered = bearing(&self.app, token).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{what}: {answered:?}");
        assert_eq!(answered.error(), "invalid_token", "{what}");
        assert!(answered.challenges[0].contains("resource_metadata="), "{what}");
    }

    async fn refuses_claims(&self, what: &str, changes: Value) {
        self.refuses(what, &self.key.token(&with(&self.issuer.claims(), changes))).await;
    }
}

#[tokio::test]
async fn all_three_algorithms_are_taken() {
    let issuer = Issuer::start().await;
    let keys = [Key::es256("a"), Key::eddsa("b"), Key::rs256("c", 2_048)];
    issuer.publish(&keys.each_ref());
    let app = reading(&issuer.builder().build().unwrap());
    for key in &keys {
        let answered = bearing(&app, &key.token(&issuer.claims())).await;
        assert_eq!(
            (answered.status, &answered.body["sub"]),
            (StatusCode::OK, &json!("usr_1")),
            "{}",
            key.kid
        );
        assert_eq!(answered.body["passed"], false, "the token goes no further");
    }
}

#[tokio::test]
async fn what_rfc_9068_allows_is_taken() {
    let world = world().await;
    let claims = world.issuer.claims();
    for (what, header, changes) in [
        ("the long name of the type", json!({"typ": "application/at+jwt"}), json!({})),
        ("the type in capitals", json!({"typ": "AT+JWT"}), json!({})),
        ("audiences", json!({}), json!({"aud": ["https://other.example", RESOURCE]})),
        ("clocks half a minute apart", json!({}), json!({"exp": NOW - 29, "nbf": NOW + 29, "iat": NOW + 29})),
        ("half seconds", json!({}), json!({"exp": NOW as f64 + 0.5})),
        ("claims nobody knows", json!({}), json!({"x": {"y": [1]}})),
        (
            "keys in the header, which are ignored",
            json!({"jku": "https://evil.example", "x5u": "https://evil.example"}),
            json!({}),
        ),
    ] {
        let answered = bearing(&world.app, &world.key.sign(&header, &with(&claims, changes))).await;
        assert_eq!(answered.status, StatusCode::OK, "{what}: {answered:?}");
    }
}

#[tokio::test]
async fn a_header_that_is_not_ours_is_refused() {
    let world = world().await;
    let claims = world.issuer.claims();
    let other = Key::es256("k1");
    for (what, header) in [
        ("no typ", json!({"typ": null})),
        ("an ID token", json!({"typ": "JWT"})),
        ("a proof", json!({"typ": "dpop+jwt"})),
        ("a longer typ", json!({"typ": "application/at+jwt;x"})),
        ("typ as a list", json!({"typ": ["at+jwt"]})),
        ("no alg", json!({"alg": null})),
        ("alg none", json!({"alg": "none"})),
        ("alg None", json!({"alg": "None"})),
        ("alg of another key", json!({"alg": "RS256"})),
        ("alg EdDSA with an EC key", json!({"alg": "EdDSA"})),
        ("alg ES384", json!({"alg": "ES384"})),
        ("alg in lower case", json!({"alg": "es256"})),
        ("alg as a list", json!({"alg": ["ES256"]})),
        ("crit", json!({"crit": ["exp"], "exp": NOW})),
        ("empty crit", json!({"crit": []})),
        ("unencoded payload", json!({"b64": false})),
        ("unencoded payload, critical", json!({"b64": false, "crit": ["b64"]})),
        ("compressed", json!({"zip": "DEF"})),
        ("encrypted", json!({"enc": "A256GCM"})),
        ("no kid", json!({"kid": null})),
        ("an unknown kid", json!({"kid": "k2"})),
        ("kid as a path", json!({"kid": "../../../../dev/null"})),
        ("kid as SQL", json!({"kid": "x' UNION SELECT 'k"})),
        ("kid as an address", json!({"kid": "https://evil.example/key"})),
        ("kid with a nought", json!({"kid": "k1\u{0}"})),
        ("kid in capitals", json!({"kid": "K1"})),
        ("a huge kid", json!({"kid": "k".repeat(300)})),
        ("kid as a number", json!({"kid": 1})),
    ] {
        world.refuses(what, &world.key.sign(&header, &claims)).await;
    }
    // Carries its own key, or says where it is.
    for (what, header) in [
        ("somebody else's signature", json!({})),
        ("jwk", json!({"jwk": other.jwk()})),
        ("jku", json!({"jku": format!("{}/keys", world.issuer.issuer)})),
        ("x5u", json!({"x5u": "https://evil.example/cert"})),
        ("x5c", json!({"x5c": ["AAAA"]})),
    ] {
        world.refuses(what, &other.sign(&header, &claims)).await;
    }
}

#[tokio::test]
async fn a_public_key_is_never_a_shared_secret() {
    let world = world().await;
    let jwk = world.key.jwk();
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], bytes("x"), bytes("y")].concat();
    for secret in [point.as_slice(), &bytes("x"), jwk.to_string().as_bytes(), b""] {
        for kid in [json!("k1"), json!(null)] {
            let header = json!({"typ": "at+jwt", "alg": "HS256", "kid": kid}).to_string();
            let claims = world.issuer.claims().to_string();
            let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            world.refuses("HS256", &format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))).await;
        }
    }
}

#[tokio::test]
async fn a_claim_that_does_not_hold_is_refused() {
    let world = world().await;
    let issuer = world.issuer.issuer.clone();
    for (what, changes) in [
        ("no issuer", json!({"iss": null})),
        ("another issuer", json!({"iss": "https://evil.example"})),
        ("the issuer with a slash", json!({"iss": format!("{issuer}/")})),
        ("the issuer in capitals", json!({"iss": issuer.to_uppercase()})),
        ("issuers", json!({"iss": [issuer]})),
        ("no audience", json!({"aud": null})),
        ("another audience", json!({"aud": "https://other.example"})),
        ("our audience with a slash", json!({"aud": format!("{RESOURCE}/")})),
        ("the start of our audience", json!({"aud": "http://127.0.0.1:9"})),
        ("audiences without ours", json!({"aud": ["https://other.example", "http://127.0.0.1:9"]})),
        ("no audiences", json!({"aud": []})),
        ("an empty audience", json!({"aud": ""})),
        ("audiences that are not text", json!({"aud": [RESOURCE, 1]})),
        ("audiences in audiences", json!({"aud": [[RESOURCE]]})),
        ("an object for audience", json!({"aud": {RESOURCE: true}})),
        ("the client as audience", json!({"aud": "c1"})),
        ("no end", json!({"exp": null})),
        ("expired", json!({"exp": NOW - 31})),
        ("expired long ago", json!({"exp": 0})),
        ("an end before all time", json!({"exp": -1})),
        ("an end after all time", json!({"exp": 1e300})),
        ("an end in milliseconds", json!({"exp": (NOW + 600) * 1_000})),
        ("an end as text", json!({"exp": (NOW + 600).to_string()})),
        ("an end as a list", json!({"exp": [NOW + 600]})),
        ("not good yet", json!({"nbf": NOW + 31})),
        ("a beginning as text", json!({"nbf": "0"})),
        ("made in the future", json!({"iat": NOW + 31})),
        ("no time of making", json!({"iat": null})),
        ("no subject", json!({"sub": null})),
        ("an empty subject", json!({"sub": ""})),
        ("a subject that is a number", json!({"sub": 1})),
        ("no client", json!({"client_id": null})),
        ("no identifier", json!({"jti": null})),
        ("scopes as a list", json!({"scope": ["read"]})),
        ("bound to a certificate", json!({"cnf": {"x5t#S256": "x"}})),
        ("bound to nothing", json!({"cnf": {}})),
        ("an actor without a name", json!({"act": {}})),
        ("an actor that is text", json!({"act": "agt_1"})),
    ] {
        world.refuses_claims(what, changes).await;
    }
    let chain = (0..40).fold(json!({"sub": "agt_0"}), |act, _| json!({"sub": "agt_x", "act": act}));
    world.refuses_claims("forty actors", json!({"act": chain})).await;
}

#[tokio::test]
async fn a_text_that_is_no_token_is_refused() {
    let world = world().await;
    let (key, claims) = (&world.key, world.issuer.claims());
    let good = key.token(&claims);
    let parts: Vec<&str> = good.split('.').collect();
    let [head, payload, signature] = parts[..] else { panic!("three parts") };
    let mut spoilt = URL_SAFE_NO_PAD.decode(signature).unwrap();
    spoilt[9] ^= 1;
    let der = [&[0x30, 68, 2, 32][..], &spoilt[..32], &[2, 32], &spoilt[32..]].concat();
    let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"k1"}"#;
    let text = claims.to_string();
    let twice = text.replacen('{', r#"{"aud":"https://other.example","#, 1);
    let deep = format!(r#"{},"x":{}1{}}}"#, text.trim_end_matches('}'), "[".repeat(500), "]".repeat(500));
    for (what, token) in [
        ("nothing signed", format!("{head}.{payload}.")),
        ("no signature part", format!("{head}.{payload}")),
        ("one part", head.to_owned()),
        ("four parts", format!("{good}.{signature}")),
        ("five parts, as encrypted", format!("{head}.{head}.{payload}.{payload}.{signature}")),
        ("a dot more", format!("{good}.")),
        ("truncated", good[..good.len() - 1].to_owned()),
        ("a changed signature", format!("{head}.{payload}.{}", URL_SAFE_NO_PAD.encode(spoilt))),
        ("a signature of noughts", format!("{head}.{payload}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
        ("a DER signature", format!("{head}.{payload}.{}", URL_SAFE_NO_PAD.encode(der))),
        ("padded", format!("{head}.{payload}.{signature}==")),
        (
            "other claims",
            format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(text.replace("read", "root"))),
        ),
        ("another header", format!("{}.{payload}.{signature}", URL_SAFE_NO_PAD.encode(format!("{header} ")))),
        ("the empty object", key.sign_texts(header, "{}")),
        ("a list for claims", key.sign_texts(header, "[]")),
        ("no JSON for claims", key.sign_texts(header, "hello")),
        ("nothing for claims", key.sign_texts(header, "")),
        ("a token in a token", key.sign_texts(header, &good)),
        ("two audiences of one name", key.sign_texts(header, &twice)),
        ("two alg", key.sign_texts(&header.replacen('{', r#"{"alg":"none","#, 1), &text)),
        ("two kid", key.sign_texts(&header.replacen('{', r#"{"\u006bid":"k2","#, 1), &text)),
        ("no object for header", key.sign_texts(r#""x""#, &text)),
        ("nested too deep", key.sign_texts(header, &deep)),
        ("text after the claims", key.sign_texts(header, &format!("{text} {{}}"))),
        ("huge", key.token(&with(&claims, json!({"x": "a".repeat(20_000)})))),
        ("opaque", "kv_agent_abcdefghijklmnop".to_owned()),
        ("three parts of nothing", "a.b.c".to_owned()),
    ] {
        world.refuses(what, &token).await;
    }
    assert!(world.issuer.keys_asked() <= 2, "forged tokens cost the authorization server nothing");
}

#[tokio::test]
async fn a_weak_or_misplaced_key_of_the_issuer_verifies_nothing() {
    let issuer = Issuer::start().await;
    let (weak, hidden) = (Key::rs256("weak", 1_024), Key::es256("enc"));
    let mut encrypting = hidden.jwk();
    encrypting["use"] = "enc".into();
    *issuer.answers.keys.lock().unwrap() =
        vec![weak.jwk(), encrypting, json!({"kty": "oct", "k": "AAAA", "kid": "oct"}), json!(3)];
    let app = reading(&issuer.builder().build().unwrap());
    for key in [&weak, &hidden] {
        let answered = bearing(&app, &key.token(&issuer.claims())).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{}", key.kid);
    }
}

//! Tokens that are bound to a key of the client (RFC 9449).

use super::client::{Answered, ask, bearing, reading};
use super::issuer::{Issuer, Key, NOW, with};
use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, StatusCode};
use kavach_resource::Dpop;
use ring::digest;
use serde_json::{Value, json};

const URL: &str = "http://127.0.0.1:9/mcp";

struct World {
    app: Router,
    client: Key,
    token: String,
    plain: String,
}

async fn world(dpop: Dpop) -> World {
    let issuer = Issuer::start().await;
    let (key, client) = (Key::es256("k1"), Key::es256("client"));
    issuer.publish(&[&key]);
    let app = reading(&issuer.builder().dpop(dpop).build().unwrap());
    let token = key.token(&with(&issuer.claims(), json!({"cnf": {"jkt": thumbprint(&client)}})));
    World { app, client, token, plain: key.token(&issuer.claims()) }
}

fn sha256(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

fn thumbprint(key: &Key) -> String {
    let jwk = key.jwk();
    sha256(format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]).as_bytes())
}

impl World {
    fn proof(&self, by: &Key, header: &Value, changes: Value) -> String {
        let jwk = by.jwk();
        let mut whole = json!({
            "typ": "dpop+jwt", "kid": null,
            "jwk": {"kty": jwk["kty"], "crv": jwk["crv"], "x": jwk["x"], "y": jwk["y"]},
        });
        super::issuer::merge(&mut whole, header);
        let claims = json!({
            "jti": "p1", "htm": "GET", "htu": URL, "iat": NOW, "ath": sha256(self.token.as_bytes()),
        });
        by.sign(&whole, &with(&claims, changes))
    }

    async fn present(&self, scheme: &str, token: &str, proofs: &[&str]) -> Answered {
        let mut request = Request::get("/mcp?page=2").header("authorization", format!("{scheme} {token}"));
        for proof in proofs {
            request = request.header("dpop", *proof);
        }
        ask(&self.app, request.body(Body::empty()).unwrap()).await
    }
}

#[tokio::test]
async fn a_proof_is_taken_once() {
    let world = world(Dpop::Supported).await;
    let proof = world.proof(&world.client, &json!({}), json!({}));
    let first = world.present("DPoP", &world.token, &[&proof]).await;
    assert_eq!((first.status, &first.body["passed"]), (StatusCode::OK, &json!(false)));
    let again = world.present("dpop", &world.token, &[&proof]).await;
    assert_eq!((again.status, again.error()), (StatusCode::UNAUTHORIZED, "invalid_dpop_proof"));
    assert!(again.challenges[0].starts_with("DPoP error=\"invalid_dpop_proof\""), "{:?}", again.challenges);
    assert!(again.challenges[0].contains(r#"algs="ES256 EdDSA RS256""#));
    let other = world.proof(&world.client, &json!({}), json!({"jti": "p2"}));
    assert_eq!(world.present("DPoP", &world.token, &[&other]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bound_token_is_worth_nothing_without_its_key() {
    let world = world(Dpop::Supported).await;
    let thief = Key::es256("thief");
    let proof = world.proof(&world.client, &json!({}), json!({}));
    for (what, scheme, token, proofs, error) in [
        ("as a plain token", "Bearer", &world.token, vec![], "invalid_token"),
        ("as a plain token, with a proof", "Bearer", &world.token, vec![proof.as_str()], "invalid_token"),
        ("without a proof", "DPoP", &world.token, vec![], "invalid_dpop_proof"),
        ("with two proofs", "DPoP", &world.token, vec![proof.as_str(), &proof], "invalid_dpop_proof"),
        ("a plain token as a bound one", "DPoP", &world.plain, vec![proof.as_str()], "invalid_token"),
    ] {
        let answered = world.present(scheme, token, &proofs).await;
        assert_eq!((answered.status, answered.error()), (StatusCode::UNAUTHORIZED, error), "{what}");
    }
    let by_thief = world.proof(&thief, &json!({}), json!({}));
    let answered = world.present("DPoP", &world.token, &[&by_thief]).await;
    assert_eq!(answered.error(), "invalid_dpop_proof");
}

#[tokio::test]
async fn a_proof_of_something_else_is_refused() {
    let world = world(Dpop::Supported).await;
    let mut private = world.client.jwk();
    private["d"] = "AAAA".into();
    for (what, header, changes) in [
        ("another typ", json!({"typ": "at+jwt"}), json!({})),
        ("no typ", json!({"typ": null}), json!({})),
        ("alg none", json!({"alg": "none"}), json!({})),
        ("alg HS256", json!({"alg": "HS256"}), json!({})),
        ("crit", json!({"crit": ["x"]}), json!({})),
        ("no key", json!({"jwk": null}), json!({})),
        ("a private key", json!({"jwk": private}), json!({})),
        ("a shared secret", json!({"jwk": {"kty": "oct", "k": "AAAA"}}), json!({})),
        ("another key than it is signed with", json!({"jwk": Key::es256("x").jwk()}), json!({})),
        ("another method", json!({}), json!({"htm": "POST"})),
        ("the method in lower case", json!({}), json!({"htm": "get"})),
        ("no method", json!({}), json!({"htm": null})),
        ("another path", json!({}), json!({"htu": "http://127.0.0.1:9/other"})),
        ("another host", json!({}), json!({"htu": "http://evil.example/mcp"})),
        ("another scheme", json!({}), json!({"htu": "https://127.0.0.1:9/mcp"})),
        ("a path alone", json!({}), json!({"htu": "/mcp"})),
        ("no address", json!({}), json!({"htu": null})),
        ("no ath", json!({}), json!({"ath": null})),
        ("the ath of another token", json!({}), json!({"ath": sha256(b"other")})),
        ("too old", json!({}), json!({"iat": NOW - 301})),
        ("from the future", json!({}), json!({"iat": NOW + 301})),
        ("no time", json!({}), json!({"iat": null})),
        ("time as text", json!({}), json!({"iat": "1"})),
        ("expired", json!({}), json!({"exp": NOW - 301})),
        ("not good yet", json!({}), json!({"nbf": NOW + 301})),
        ("no jti", json!({}), json!({"jti": null})),
        ("an empty jti", json!({}), json!({"jti": ""})),
        ("a huge jti", json!({}), json!({"jti": "j".repeat(257)})),
    ] {
        let proof = world.proof(&world.client, &header, changes);
        let answered = world.present("DPoP", &world.token, &[&proof]).await;
        assert_eq!(
            (answered.status, answered.error()),
            (StatusCode::UNAUTHORIZED, "invalid_dpop_proof"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn ten_seconds_and_a_query_make_no_difference() {
    let world = world(Dpop::Supported).await;
    for (number, changes) in [
        json!({"iat": NOW - 10}),
        json!({"iat": NOW + 10}),
        json!({"htu": "HTTP://127.0.0.1:9/mcp?page=2#x"}),
    ]
    .into_iter()
    .enumerate()
    {
        let proof =
            world.proof(&world.client, &json!({}), with(&json!({"jti": number.to_string()}), changes));
        assert_eq!(world.present("DPoP", &world.token, &[&proof]).await.status, StatusCode::OK, "{number}");
    }
}

#[tokio::test]
async fn a_resource_may_take_bound_tokens_only() {
    let world = world(Dpop::Required).await;
    let answered = bearing(&world.app, &world.plain).await;
    assert_eq!(answered.status, StatusCode::UNAUTHORIZED);
    assert!(answered.challenges.iter().all(|challenge| challenge.starts_with("DPoP ")));
    let proof = world.proof(&world.client, &json!({}), json!({}));
    assert_eq!(world.present("DPoP", &world.token, &[&proof]).await.status, StatusCode::OK);
}

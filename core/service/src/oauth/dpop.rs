//! Proof of possession (DPoP, RFC 9449): a token is worth something only together with the key it was bound to.
//!
//! What is checked here needs nothing but the request: form, signature, method, address, time, the hash of the access
//! token and the nonce. That a proof was not seen before is for the caller, who spends its `jti`
//! ([`Proof::replay_key`]) where it does the rest of its work.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use kavach_model::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use url::Url;

/// Longest proof that is read: an RSA key of 4,096 bits with its signature stays below it.
const LONGEST: usize = 8_192;
/// Longest `jti` that is remembered.
const LONGEST_JTI: usize = 256;
/// How far a client's clock may be from ours, either way (RFC 9449, section 11.1).
pub const LEEWAY: Duration = Duration::from_secs(300);
/// What `dpop_signing_alg_values_supported` says: asymmetric ones only.
pub const ALGORITHMS: [&str; 3] = ["ES256", "EdDSA", "RS256"];

/// What the request is that a proof is for.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its address as the client wrote it: of the configured issuer, never of a header.
    pub url: &'a str,
    /// The access token it carries, if it does.
    pub access_token: Option<&'a str>,
    /// The nonces that are good now; none where none is asked for.
    pub nonces: &'a [String],
    /// When it came.
    pub now: Timestamp,
}

/// A proof that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of its key (RFC 7638), for `cnf.jkt`.
    pub jkt: String,
    jti: String,
    /// Until when it would be taken again.
    pub expires_at: Timestamp,
}

impl Proof {
    /// What is remembered so that it is taken once: of the key and the identifier its owner chose, since two owners may
    /// choose the same.
    pub fn replay_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{}\n{}", self.jkt, self.jti)))
    }
}

/// Why one does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProof {
    /// `invalid_dpop_proof`
    #[error("the DPoP proof is not valid: {0}")]
    Invalid(&'static str),
    /// `use_dpop_nonce`: the answer brings one.
    #[error("the DPoP proof needs the nonce of this answer")]
    Nonce,
}

#[derive(Deserialize)]
struct Claims {
    jti: String,
    htm: String,
    htu: String,
    iat: f64,
    #[serde(default)]
    ath: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    exp: Option<f64>,
    #[serde(default)]
    nbf: Option<f64>,
}

/// Checks a proof.
pub fn check(proof: &str, bound: Bound<'_>) -> Result<Proof, InvalidProof> {
    let invalid = |why| InvalidProof::Invalid(why);
    let header = header(proof).ok_or(invalid("its header cannot be read"))?;
    if header["typ"].as_str() != Some("dpop+jwt") {
        return Err(invalid("its typ is not dpop+jwt"));
    }
    let algorithm = match header["alg"].as_str() {
        Some("ES256") => Algorithm::ES256,
        Some("EdDSA") => Algorithm::EdDSA,
        Some("RS256") => Algorithm::RS256,
        _ => return Err(invalid("its alg is not one of ES256, EdDSA and RS256")),
    };
    // An extension that must be understood is not (RFC 7515, section 4.1.11).
    if header.get("crit").is_some() {
        return Err(invalid("it has a crit header"));
    }
    let raw = &header["jwk"];
    if ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().any(|member| raw.get(member).is_some()) {
        return Err(invalid("its jwk is not a public key"));
    }
    let jwk: Jwk = serde_json::from_value(raw.clone()).map_err(|_| invalid("its jwk cannot be read"))?;
    let fits = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        // 2,048 bits at the least.
        (AlgorithmParameters::RSA(key), Algorithm::RS256) => {
            URL_SAFE_NO_PAD.decode(&key.n).is_ok_and(|modulus| (256..=512).contains(&modulus.len()))
        }
        _ => false,
    };
    if !fits {
        return Err(invalid("its jwk does not go with its alg"));
    }
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| invalid("its jwk cannot be read"))?;
    let mut validation = Validation::new(algorithm);
    // Times are compared with our clock, below.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<Claims>(proof, &key, &validation)
        .map_err(|_| invalid("its signature does not hold"))?
        .claims;
    if claims.htm != bound.method {
        return Err(invalid("its htm is another method"));
    }
    if !is_same_address(&claims.htu, bound.url) {
        return Err(invalid("its htu is another address"));
    }
    if claims.jti.is_empty() || claims.jti.len() > LONGEST_JTI {
        return Err(invalid("its jti is empty or longer than 256 bytes"));
    }
    let expires_at = in_time(&claims, bound.now).ok_or(invalid("it was not made just now"))?;
    let hash = bound.access_token.map(|token| URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
    let is_for_token = match (&hash, &claims.ath) {
        (Some(hash), Some(ath)) => bool::from(hash.as_bytes().ct_eq(ath.as_bytes())),
        (Some(_), None) => false,
        (None, _) => true,
    };
    if !is_for_token {
        return Err(invalid("its ath is not of this access token"));
    }
    if !bound.nonces.is_empty() && !claims.nonce.is_some_and(|nonce| bound.nonces.contains(&nonce)) {
        return Err(InvalidProof::Nonce);
    }
    let jkt = thumbprint(raw).ok_or(invalid("its jwk cannot be read"))?;
    Ok(Proof { jkt, jti: claims.jti, expires_at })
}

fn header(proof: &str) -> Option<Value> {
    if proof.len() > LONGEST || proof.bytes().filter(|byte| *byte == b'.').count() != 2 {
        return None;
    }
    let header = URL_SAFE_NO_PAD.decode(proof.split('.').next()?).ok()?;
    serde_json::from_slice::<Value>(&header).ok().filter(Value::is_object)
}

/// Query and fragment are not part of it, and both sides are brought into one form (RFC 9449, section 4.3).
fn is_same_address(htu: &str, url: &str) -> bool {
    let plain = |text: &str| {
        let mut url = Url::parse(text).ok()?;
        url.set_query(None);
        url.set_fragment(None);
        Some(url)
    };
    matches!((plain(htu), plain(url)), (Some(one), Some(other)) if one == other)
}

/// Until when a proof is taken; None if it is not taken now. `exp` and `nbf` are not asked for, and hold where they stand.
fn in_time(claims: &Claims, now: Timestamp) -> Option<Timestamp> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact")]
    let (now, leeway) = (now.as_millis() as f64 / 1_000.0, LEEWAY.as_secs_f64());
    let near = (claims.iat - now).abs() <= leeway;
    let over = claims.exp.is_some_and(|exp| exp + leeway < now);
    let early = claims.nbf.is_some_and(|nbf| nbf - leeway > now);
    if !near || over || early {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within minutes of now")]
    let until = ((claims.iat + leeway) * 1_000.0) as i64 + 1;
    Some(Timestamp::from_millis(until))
}

/// RFC 7638, section 3.2: of the members that make the key alone.
fn thumbprint(jwk: &Value) -> Option<String> {
    let member = |name: &str| jwk[name].as_str();
    let key = match member("kty")? {
        "EC" => json!({"crv": member("crv")?, "kty": "EC", "x": member("x")?, "y": member("y")?}),
        "OKP" => json!({"crv": member("crv")?, "kty": "OKP", "x": member("x")?}),
        "RSA" => json!({"e": member("e")?, "kty": "RSA", "n": member("n")?}),
        _ => return None,
    };
    let canonical = serde_json_canonicalizer::to_vec(&key).ok()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

    const URL: &str = "https://id.example/oauth/token";
    const NOW: i64 = 1_764_000_000;

    struct Client {
        pair: EcdsaKeyPair,
        jwk: Value,
    }

    impl Client {
        fn new() -> Self {
            let random = SystemRandom::new();
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
                .unwrap();
            let point = pair.public_key().as_ref()[1..].to_vec();
            let jwk = json!({
                "kty": "EC", "crv": "P-256",
                "x": URL_SAFE_NO_PAD.encode(&point[..32]), "y": URL_SAFE_NO_PAD.encode(&point[32..]),
            });
            Self { pair, jwk }
        }

        fn prove(&self, header: &Value, claims: &Value) -> String {
            let mut whole = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk});
            merge(&mut whole, header);
            let mut body = json!({"jti": "one", "htm": "POST", "htu": URL, "iat": NOW});
            merge(&mut body, claims);
            let signed = format!(
                "{}.{}",
                URL_SAFE_NO_PAD.encode(whole.to_string()),
                URL_SAFE_NO_PAD.encode(body.to_string())
            );
            let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
        }
    }

    /// A null takes a member away.
    fn merge(into: &mut Value, changes: &Value) {
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(into.as_object_mut().unwrap().remove(name)),
                value => into[name] = value.clone(),
            }
        }
    }

    fn bound<'a>() -> Bound<'a> {
        Bound {
            method: "POST",
            url: URL,
            access_token: None,
            nonces: &[],
            now: Timestamp::from_millis(NOW * 1_000),
        }
    }

    #[test]
    fn a_proof_binds_to_the_thumbprint_of_its_key() {
        let client = Client::new();
        let first = check(&client.prove(&json!({}), &json!({})), bound()).unwrap();
        assert_eq!(first.jkt, thumbprint(&client.jwk).unwrap());
        let second = check(&client.prove(&json!({}), &json!({"jti": "two"})), bound()).unwrap();
        assert_eq!(second.jkt, first.jkt);
        assert_ne!(second.replay_key(), first.replay_key());
        let other = check(&Client::new().prove(&json!({}), &json!({})), bound()).unwrap();
        assert_ne!(other.replay_key(), first.replay_key(), "two clients may choose one jti");
    }

    #[test]
    fn each_thing_wrong_by_itself_is_refused() {
        let client = Client::new();
        let good = client.prove(&json!({}), &json!({}));
        let mut private = client.jwk.clone();
        private["d"] = json!("AAAA");
        let mut other_curve = client.jwk.clone();
        other_curve["crv"] = json!("P-384");
        for (what, header, claims) in [
            ("no typ", json!({"typ": null}), json!({})),
            ("another typ", json!({"typ": "JWT"}), json!({})),
            ("upper case typ", json!({"typ": "DPOP+JWT"}), json!({})),
            ("no alg", json!({"alg": null}), json!({})),
            ("alg none", json!({"alg": "none"}), json!({})),
            ("alg HS256", json!({"alg": "HS256"}), json!({})),
            ("alg of another key", json!({"alg": "EdDSA"}), json!({})),
            ("alg RS256 with an EC key", json!({"alg": "RS256"}), json!({})),
            ("crit", json!({"crit": ["exp"]}), json!({})),
            ("no jwk", json!({"jwk": null}), json!({})),
            ("a private key", json!({"jwk": private}), json!({})),
            ("another curve", json!({"jwk": other_curve}), json!({})),
            ("a symmetric key", json!({"jwk": {"kty": "oct", "k": "AAAA"}}), json!({})),
            ("somebody else's key", json!({"jwk": Client::new().jwk}), json!({})),
            ("another method", json!({}), json!({"htm": "GET"})),
            ("method in lower case", json!({}), json!({"htm": "post"})),
            ("no method", json!({}), json!({"htm": null})),
            ("another path", json!({}), json!({"htu": "https://id.example/oauth/par"})),
            ("another host", json!({}), json!({"htu": "https://evil.example/oauth/token"})),
            ("another scheme", json!({}), json!({"htu": "http://id.example/oauth/token"})),
            ("no address", json!({}), json!({"htu": null})),
            ("a path", json!({}), json!({"htu": "/oauth/token"})),
            ("too old", json!({}), json!({"iat": NOW - 301})),
            ("from the future", json!({}), json!({"iat": NOW + 301})),
            ("no time", json!({}), json!({"iat": null})),
            ("time as text", json!({}), json!({"iat": NOW.to_string()})),
            ("over", json!({}), json!({"exp": NOW - 301})),
            ("not yet", json!({}), json!({"nbf": NOW + 301})),
            ("no jti", json!({}), json!({"jti": null})),
            ("an empty jti", json!({}), json!({"jti": ""})),
            ("a long jti", json!({}), json!({"jti": "a".repeat(257)})),
        ] {
            let proof = client.prove(&header, &claims);
            assert!(matches!(check(&proof, bound()), Err(InvalidProof::Invalid(_))), "{what}");
        }
        let (head, signature) = good.rsplit_once('.').unwrap();
        let mut spoilt = URL_SAFE_NO_PAD.decode(signature).unwrap();
        spoilt[7] ^= 1;
        for broken in [
            String::new(),
            "a.b.c".to_owned(),
            head.to_owned(),
            format!("{head}."),
            format!("{good}.x"),
            format!("{head}.{}", URL_SAFE_NO_PAD.encode(spoilt)),
            format!("{good}{}", "A".repeat(LONGEST)),
        ] {
            assert!(matches!(check(&broken, bound()), Err(InvalidProof::Invalid(_))), "{broken:.40}");
        }
    }

    #[test]
    fn ten_seconds_and_a_query_make_no_difference() {
        let client = Client::new();
        for claims in [
            json!({"iat": NOW - 10}),
            json!({"iat": NOW + 10}),
            json!({"iat": NOW as f64 + 0.5}),
            json!({"htu": "https://ID.example:443/oauth/token"}),
            json!({"htu": "https://id.example/oauth/token?x=1#y"}),
            json!({"exp": NOW + 60, "nbf": NOW - 60}),
        ] {
            assert!(check(&client.prove(&json!({}), &claims), bound()).is_ok(), "{claims}");
        }
    }

    #[test]
    fn an_access_token_is_named_by_its_hash() {
        let client = Client::new();
        // RFC 9449, section 7.1: the token and its ath.
        let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
        let ath = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";
        let with = Bound { access_token: Some(token), ..bound() };
        assert!(check(&client.prove(&json!({}), &json!({"ath": ath})), with).is_ok());
        for claims in [json!({}), json!({"ath": ""}), json!({"ath": ath.to_lowercase()})] {
            assert!(check(&client.prove(&json!({}), &claims), with).is_err(), "{claims}");
        }
    }

    #[test]
    fn a_nonce_is_asked_for_where_there_are_any() {
        let client = Client::new();
        let nonces = ["now".to_owned(), "before".to_owned()];
        let with = Bound { nonces: &nonces, ..bound() };
        for nonce in &nonces {
            assert!(check(&client.prove(&json!({}), &json!({"nonce": nonce})), with).is_ok());
        }
        for claims in [json!({}), json!({"nonce": "old"}), json!({"nonce": ""})] {
            assert_eq!(check(&client.prove(&json!({}), &claims), with), Err(InvalidProof::Nonce), "{claims}");
        }
    }
}

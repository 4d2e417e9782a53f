//! Keys that sign what others verify: making them, publishing their public half (RFC 7517), signing with them (RFC 7515,
//! compact form).
//!
//! ES256 and EdDSA (RFC 8037, Ed25519) for everything; RS256 because OpenID Connect Core asks every provider for it.
//! Symmetric algorithms and `none` are not here at all. Where a key is stored it is sealed; that is the caller's.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rsa::pkcs8::EncodePrivateKey as _;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// NIST SP 800-57: good until 2030 at the least, and what verifiers everywhere take.
const RSA_BITS: usize = 2_048;

/// How a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// Every one, the preferred first.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// As in `alg` (RFC 7518, section 3.1; RFC 8037).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }

    /// The one called so.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// A key that could not be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is not usable")]
pub struct BadKey;

enum Pair {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

/// A key pair, and what it is called.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    pair: Pair,
    random: SystemRandom,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({} {})", self.algorithm.as_str(), self.kid)
    }
}

/// Makes a key; the result is a PKCS #8 document. RSA takes up to a second of a core: not for a thread that serves.
pub fn generate(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, BadKey> {
    let random = SystemRandom::new();
    match algorithm {
        Algorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| BadKey),
        Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random)
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| BadKey),
        Algorithm::Rs256 => {
            let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, RSA_BITS).map_err(|_| BadKey)?;
            let document = key.to_pkcs8_der().map_err(|_| BadKey)?;
            Ok(Zeroizing::new(document.as_bytes().to_vec()))
        }
    }
}

impl SigningKey {
    /// Reads a PKCS #8 document.
    pub fn from_pkcs8(algorithm: Algorithm, document: &[u8]) -> Result<Self, BadKey> {
        let random = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random).map(Pair::Es256)
            }
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(document).map(Pair::EdDsa),
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(document).map(|pair| Pair::Rs256(Box::new(pair))),
        }
        .map_err(|_| BadKey)?;
        let mut key = Self { kid: String::new(), algorithm, pair, random };
        key.kid = key.thumbprint().ok_or(BadKey)?;
        Ok(key)
    }

    /// What it is called: its thumbprint (RFC 7638).
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its public half as it is published.
    pub fn jwk(&self) -> Value {
        let mut jwk = self.public();
        for (name, value) in [("kid", self.kid.as_str()), ("use", "sig"), ("alg", self.algorithm.as_str())] {
            jwk[name] = value.into();
        }
        jwk
    }

    /// A JSON Web Signature over the claims, in compact form. `typ` parts the kinds of tokens (RFC 8725, section 3.11).
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, BadKey> {
        let header = json!({"typ": typ, "alg": self.algorithm.as_str(), "kid": self.kid});
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(serde_json::to_vec(claims).map_err(|_| BadKey)?, &mut token);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, BadKey> {
        match &self.pair {
            Pair::Es256(pair) => pair
                .sign(&self.random, message)
                .map(|signature| signature.as_ref().to_vec())
                .map_err(|_| BadKey),
            Pair::EdDsa(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature).map_err(|_| BadKey)?;
                Ok(signature)
            }
        }
    }

    /// The members that make the key, and no others (RFC 7638, section 3.2).
    fn public(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match &self.pair {
            Pair::Es256(pair) => {
                // An uncompressed point: 4, then both coordinates.
                let point = pair.public_key().as_ref().get(1..).unwrap_or_default();
                let (x, y) = point.split_at(point.len() / 2);
                json!({"crv": "P-256", "kty": "EC", "x": text(x), "y": text(y)})
            }
            Pair::EdDsa(pair) => {
                json!({"crv": "Ed25519", "kty": "OKP", "x": text(pair.public_key().as_ref())})
            }
            Pair::Rs256(pair) => {
                let public: ring::rsa::PublicKeyComponents<Vec<u8>> = pair.public().into();
                json!({"e": text(&public.e), "kty": "RSA", "n": text(&public.n)})
            }
        }
    }

    fn thumbprint(&self) -> Option<String> {
        let canonical = serde_json_canonicalizer::to_vec(&self.public()).ok()?;
        Some(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
    use serde::Deserialize;

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Claims {
        sub: String,
        aud: String,
        exp: u64,
    }

    fn claims() -> Claims {
        Claims { sub: "usr_1".to_owned(), aud: "https://mcp.example".to_owned(), exp: 4_000_000_000 }
    }

    #[test]
    fn what_each_key_signs_another_library_verifies_by_the_published_half() {
        for algorithm in Algorithm::ALL {
            let document = generate(algorithm).unwrap();
            let key = SigningKey::from_pkcs8(algorithm, &document).unwrap();
            let token = key.sign("at+jwt", &claims()).unwrap();
            let header = decode_header(&token).unwrap();
            assert_eq!((header.typ.as_deref(), header.kid.as_deref()), (Some("at+jwt"), Some(key.kid())));
            let jwk: Jwk = serde_json::from_value(key.jwk()).unwrap();
            let mut validation = Validation::new(header.alg);
            validation.set_audience(&["https://mcp.example"]);
            let read = decode::<Claims>(&token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).unwrap();
            assert_eq!(read.claims, claims());
            // The key has the same name whenever it is read.
            assert_eq!(SigningKey::from_pkcs8(algorithm, &document).unwrap().kid(), key.kid());
            // Another key of the kind verifies nothing.
            let other = SigningKey::from_pkcs8(algorithm, &generate(algorithm).unwrap()).unwrap();
            let jwk: Jwk = serde_json::from_value(other.jwk()).unwrap();
            assert!(decode::<Claims>(&token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation).is_err());
        }
    }

    #[test]
    fn nothing_private_is_published_or_shown() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::from_pkcs8(algorithm, &generate(algorithm).unwrap()).unwrap();
            let jwk = key.jwk();
            for member in ["d", "p", "q", "dp", "dq", "qi", "k"] {
                assert!(jwk.get(member).is_none(), "{algorithm:?}: {member}");
            }
            assert_eq!(format!("{key:?}"), format!("SigningKey({} {})", algorithm.as_str(), key.kid()));
        }
    }

    #[test]
    fn a_thumbprint_is_that_of_the_rfc() {
        // RFC 8037, appendix A.3.
        let canonical = r#"{"crv":"Ed25519","kty":"OKP","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(
            URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)),
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        );
        let document = generate(Algorithm::EdDsa).unwrap();
        let key = SigningKey::from_pkcs8(Algorithm::EdDsa, &document).unwrap();
        let x = key.jwk()["x"].as_str().unwrap().to_owned();
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        assert_eq!(key.kid(), URL_SAFE_NO_PAD.encode(Sha256::digest(canonical)));
    }

    #[test]
    fn a_key_of_another_kind_is_not_read() {
        let document = generate(Algorithm::EdDsa).unwrap();
        assert_eq!(SigningKey::from_pkcs8(Algorithm::Es256, &document).err(), Some(BadKey));
        assert_eq!(SigningKey::from_pkcs8(Algorithm::Rs256, &document).err(), Some(BadKey));
        assert_eq!(SigningKey::from_pkcs8(Algorithm::EdDsa, b"").err(), Some(BadKey));
        assert_eq!(Algorithm::named("HS256"), None);
        assert_eq!(Algorithm::named("none"), None);
        assert_eq!(Algorithm::named("ES256"), Some(Algorithm::Es256));
    }
}

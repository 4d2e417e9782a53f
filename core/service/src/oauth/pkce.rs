//! Proof Key for Code Exchange (RFC 7636), S256 only: `plain` protects nobody, and OAuth 2.1 asks every client for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::Secret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;

/// The only method there is.
pub const METHOD: &str = "S256";

/// The challenge an authorization request brought: the SHA-256 of a secret, in base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// None for what no SHA-256 looks like, and for any method but S256. A method that is not named is `plain` (section
    /// 4.3), and refused with the rest.
    pub fn parse(challenge: &str, method: Option<&str>) -> Option<Self> {
        let decoded = URL_SAFE_NO_PAD.decode(challenge).ok()?;
        (method == Some(METHOD) && decoded.len() == 32).then(|| Self(challenge.to_owned()))
    }

    /// As it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the secret's challenge. A verifier is 43 to 128 unreserved characters (section 4.1).
    pub fn is_met_by(&self, verifier: &Secret) -> bool {
        let verifier = verifier.expose();
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
            return false;
        }
        let computed = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        computed.as_bytes().ct_eq(self.0.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_is_met_by_its_secret_alone() {
        let challenge = Challenge::parse(CHALLENGE, Some("S256")).unwrap();
        assert!(challenge.is_met_by(&Secret::new(VERIFIER)));
        for wrong in [
            CHALLENGE.to_owned(),
            VERIFIER.to_uppercase(),
            VERIFIER[..42].to_owned(),
            format!("{VERIFIER}="),
            format!("{VERIFIER} "),
            "a".repeat(129),
            String::new(),
        ] {
            assert!(!challenge.is_met_by(&Secret::new(wrong.clone())), "{wrong}");
        }
    }

    #[test]
    fn a_challenge_is_a_sha_256_and_says_so() {
        for (challenge, method) in [
            (CHALLENGE, None),
            (CHALLENGE, Some("plain")),
            (CHALLENGE, Some("s256")),
            (CHALLENGE, Some("")),
            ("", Some("S256")),
            ("short", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", Some("S256")),
            ("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", Some("S256")),
        ] {
            assert_eq!(Challenge::parse(challenge, method), None, "{challenge} {method:?}");
        }
    }
}

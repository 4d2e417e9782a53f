//! Public keys of passkeys as COSE writes them (RFC 9052 and 9053), and signatures checked against them.
//!
//! Only the three kinds that are offered when a passkey is made, each in its one canonical form: nothing is parsed that could
//! be read in two ways. The library that signs people in has its own reader; this one is for what is checked without a
//! server.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use webauthn_rs::prelude::{COSEAlgorithm, COSEKey, COSEKeyType, ECDSACurve};

/// Key type EC2, algorithm ES256, curve P-256, then x.
const P256: &[u8] = &[0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32];
/// Key type EC2, algorithm ES384, curve P-384, then x.
const P384: &[u8] = &[0xA5, 0x01, 0x02, 0x03, 0x38, 0x22, 0x20, 0x02, 0x21, 0x58, 48];
/// Key type RSA, algorithm RS256, then the modulus.
const RSA: &[u8] = &[0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59];

/// Writes a key; None for a kind that is not offered.
pub(crate) fn encode(key: &COSEKey) -> Option<Vec<u8>> {
    let point = |head: &[u8], x: &[u8], y: &[u8]| {
        let length = usize::from(*head.last()?);
        (x.len() == length && y.len() == length).then(|| [head, x, &[0x22, 0x58, length as u8], y].concat())
    };
    match (&key.type_, &key.key) {
        (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(ec)) if ec.curve == ECDSACurve::SECP256R1 => {
            point(P256, &ec.x, &ec.y)
        }
        (COSEAlgorithm::ES384, COSEKeyType::EC_EC2(ec)) if ec.curve == ECDSACurve::SECP384R1 => {
            point(P384, &ec.x, &ec.y)
        }
        (COSEAlgorithm::RS256, COSEKeyType::RSA(rsa)) => {
            let length = u16::try_from(rsa.n.len()).ok().filter(|length| *length >= 256)?;
            Some([RSA, &length.to_be_bytes(), &rsa.n, &[0x21, 0x43], &rsa.e].concat())
        }
        _ => None,
    }
}

/// Whether a signature is that of a key over a message.
pub(crate) fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let on_curve = |head: &[u8], length: usize| {
        let rest = key.strip_prefix(head)?;
        let (x, rest) = rest.split_at_checked(length)?;
        let y = rest.strip_prefix(&[0x22, 0x58, length as u8])?;
        (y.len() == length).then(|| [&[0x04], x, y].concat())
    };
    if let Some(point) = on_curve(P256, 32) {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok()
    } else if let Some(point) = on_curve(P384, 48) {
        UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point).verify(message, signature).is_ok()
    } else {
        rsa(key).is_some_and(|(n, e)| {
            RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
        })
    }
}

fn rsa(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = key.strip_prefix(RSA)?.split_first_chunk::<2>()?;
    let (n, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let e = rest.strip_prefix(&[0x21, 0x43])?;
    (e.len() == 3).then_some((n, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::token::from_hex;

    fn hex(text: &str) -> Vec<u8> {
        from_hex(&text.replace(char::is_whitespace, "")).unwrap()
    }

    /// W3C Web Authentication Level 3, section 16.1.1: the credential of "None attestation with ES256" and its assertion.
    #[test]
    fn the_assertion_of_the_specification_verifies() {
        let key = hex("a5010203262001215820afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61\
             225820930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220");
        let data = hex("bfabc37432958b063360d3ad6461c9c4735ae7f8edd46592a5e0f01452b2e4b51900000000");
        let client = hex(
            "7b2274797065223a22776562617574686e2e676574222c226368616c6c656e6765223a224f63446e55685158756c5455506f334a5558543049393770767a7a59425039745a63685879617630314167222c226f726967696e223a2268747470733a2f2f6578616d706c652e6f7267222c2263726f73734f726967696e223a66616c73657d",
        );
        let signature =
            hex("3046022100f50a4e2e4409249c4a853ba361282f09841df4dd4547a13a87780218deffcd38022100\
             8480ac0f0b93538174f575bf11a1dd5d78c6e486013f937295ea13653e331e87");
        let signed =
            [data.as_slice(), ring::digest::digest(&ring::digest::SHA256, &client).as_ref()].concat();
        assert!(verifies(&key, &signed, &signature));
        let mut other = signed.clone();
        other[0] ^= 1;
        assert!(!verifies(&key, &other, &signature));
        assert!(!verifies(&key[1..], &signed, &signature));
        assert!(!verifies(&[], &signed, &signature));
    }
}

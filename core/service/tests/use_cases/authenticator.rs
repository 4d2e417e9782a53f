//! A software authenticator: makes and uses passkeys as a browser and a security key do together, and can be told to get any
//! one thing wrong.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::passkey::{PasskeyAssertion, PasskeyOptions, PasskeyRegistration};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

pub const ORIGIN: &str = "http://localhost:3000";
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const KEY_FOLLOWS: u8 = 0x40;

/// What a ceremony says; each part can be changed alone.
#[derive(Clone)]
pub struct Says {
    pub kind: &'static str,
    pub origin: &'static str,
    pub rp_id: &'static str,
    pub cross_origin: bool,
    pub top_origin: Option<&'static str>,
    pub verified: bool,
    pub present: bool,
    pub algorithm: i64,
    pub challenge: Option<String>,
    pub counter: Option<u32>,
    pub user_handle: Option<String>,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            kind: "",
            origin: ORIGIN,
            rp_id: "localhost",
            cross_origin: false,
            top_origin: None,
            verified: true,
            present: true,
            algorithm: -7,
            challenge: None,
            counter: None,
            user_handle: None,
        }
    }
}

/// One passkey on a device of its own.
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    handle: String,
    counter: u32,
}

impl Authenticator {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).unwrap();
        let key =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random).unwrap();
        let id = Sha256::digest(key.public_key()).to_vec();
        Self { key, id, handle: String::new(), counter: 0 }
    }

    pub fn credential_id(&self) -> String {
        URL_SAFE_NO_PAD.encode(&self.id)
    }

    /// Answers `navigator.credentials.create()`.
    pub fn create(&mut self, options: &PasskeyOptions) -> PasskeyRegistration {
        self.create_saying(options, &Says::default())
    }

    pub fn create_saying(&mut self, options: &PasskeyOptions, says: &Says) -> PasskeyRegistration {
        let options = &options.options;
        self.handle = options["user"]["id"].as_str().unwrap().to_owned();
        let client = client_data("webauthn.create", options, says);
        let mut data = self.authenticator_data(says, KEY_FOLLOWS);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose(says.algorithm));
        let mut object = vec![0xA3];
        object.extend(text("fmt"));
        object.extend(text("none"));
        object.extend(text("attStmt"));
        object.push(0xA0);
        object.extend(text("authData"));
        object.extend(bytes(&data));
        serde_json::from_value(json!({
            "id": self.credential_id(), "rawId": self.credential_id(), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "transports": ["internal"],
            },
        }))
        .unwrap()
    }

    /// Answers `navigator.credentials.get()`.
    pub fn get(&mut self, options: &PasskeyOptions) -> PasskeyAssertion {
        self.get_saying(options, &Says::default())
    }

    pub fn get_saying(&mut self, options: &PasskeyOptions, says: &Says) -> PasskeyAssertion {
        self.counter = says.counter.unwrap_or(self.counter + 1);
        let client = client_data("webauthn.get", &options.options, says);
        let data = self.authenticator_data(says, 0);
        let signed = [data.as_slice(), Sha256::digest(&client).as_slice()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        serde_json::from_value(json!({
            "id": self.credential_id(), "rawId": self.credential_id(), "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "signature": URL_SAFE_NO_PAD.encode(signature),
                "userHandle": says.user_handle.as_ref().unwrap_or(&self.handle),
            },
        }))
        .unwrap()
    }

    fn authenticator_data(&self, says: &Says, more: u8) -> Vec<u8> {
        let present = if says.present { PRESENT } else { 0 };
        let verified = if says.verified { VERIFIED } else { 0 };
        let mut data = Sha256::digest(says.rp_id).to_vec();
        data.push(present | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// RFC 9052: a key on the curve P-256.
    fn cose(&self, algorithm: i64) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut cose = vec![0xA5, 0x01, 0x02, 0x03];
        cose.extend(negative(algorithm));
        cose.extend([0x20, 0x01, 0x21]);
        cose.extend(bytes(&point[1..33]));
        cose.push(0x22);
        cose.extend(bytes(&point[33..65]));
        cose
    }
}

fn client_data(kind: &str, options: &Value, says: &Says) -> Vec<u8> {
    let kind = if says.kind.is_empty() { kind } else { says.kind };
    let challenge = says.challenge.clone().map_or_else(|| options["challenge"].clone(), Value::from);
    let mut data = json!({
        "type": kind, "challenge": challenge, "origin": says.origin, "crossOrigin": says.cross_origin,
    });
    if let Some(top) = says.top_origin {
        data["topOrigin"] = top.into();
    }
    serde_json::to_vec(&data).unwrap()
}

fn text(text: &str) -> Vec<u8> {
    [&[0x60 | text.len() as u8], text.as_bytes()].concat()
}

fn bytes(bytes: &[u8]) -> Vec<u8> {
    match bytes.len() {
        length @ 0..24 => [&[0x40 | length as u8], bytes].concat(),
        length @ 24..256 => [&[0x58, length as u8], bytes].concat(),
        length => [&[0x59, (length >> 8) as u8, length as u8], bytes].concat(),
    }
}

fn negative(number: i64) -> Vec<u8> {
    match -1 - number {
        value @ 0..24 => vec![0x20 | value as u8],
        value @ 24..256 => vec![0x38, value as u8],
        value => vec![0x39, (value >> 8) as u8, value as u8],
    }
}

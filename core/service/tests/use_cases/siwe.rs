//! Wallets that sign with a real key.

use crate::world::{World, anonymous, code, worlds_with};
use k256::ecdsa::{RecoveryId, Signature, SigningKey};
use kavach_model::identity::{SiweFor, SiweNonce, SiweVerify};
use kavach_model::sign_in::SignedIn;
use kavach_model::{ErrorCode, PageRequest};
use kavach_service::context::RequestContext;
use kavach_service::outbound::Response;
use kavach_service::{Error, Kavach, authn::siwe, user};
use serde_json::{Value, json};
use sha3::{Digest, Keccak256};
use std::time::Duration;

/// A key known to everybody: the first account of every development chain.
const KEY: &str = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ADDRESS: &str = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

fn key() -> SigningKey {
    let bytes: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&KEY[2 * at..2 * at + 2], 16).unwrap()).collect();
    SigningKey::from_slice(&bytes).unwrap()
}

fn hash(message: &str) -> [u8; 32] {
    let prefix = format!("\x19Ethereum Signed Message:\n{}", message.len());
    Keccak256::new().chain_update(prefix).chain_update(message).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(signature: &Signature, v: u8) -> String {
    format!("0x{}{v:02x}", hex(&signature.to_bytes()))
}

pub fn sign(message: &str) -> String {
    let (signature, recovery): (Signature, RecoveryId) =
        key().sign_prehash_recoverable(&hash(message)).unwrap();
    written(&signature, 27 + recovery.to_byte())
}

/// A message as a wallet would be given it.
pub fn message(nonce: &SiweNonce) -> String {
    format!(
        "{} wants you to sign in with your Ethereum account:\n{ADDRESS}\n\n{}\n\nURI: {}\nVersion: 1\nChain ID: 1\nNonce: {}\nIssued At: {}\nExpiration Time: {}",
        nonce.domain, nonce.statement, nonce.uri, nonce.nonce, nonce.issued_at, nonce.expires_at
    )
}

async fn browser(kv: &Kavach) -> RequestContext {
    let mut cx = anonymous(kv).await;
    cx.meta.browser = Some("browser-one".to_owned());
    cx
}

async fn post(kv: &Kavach, cx: &RequestContext, message: &str, signature: &str) -> Result<SignedIn, Error> {
    let request = SiweVerify { message: message.to_owned(), signature: signature.to_owned() };
    Ok(siwe::verify(kv, cx, request).await?.complete().unwrap())
}

async fn wallets() -> Vec<World> {
    worlds_with(|config| config.rate_limit.enabled = false).await
}

async fn people(kv: &Kavach) -> usize {
    let admin = crate::world::admin(kv, "root@example.com").await;
    user::list(kv, &admin, &PageRequest::default()).await.unwrap().data.len() - 1
}

#[tokio::test]
async fn a_wallet_makes_an_account_and_finds_it_again() {
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let made = post(kv, &cx, &text, &sign(&text)).await.unwrap();
        assert_eq!(made.user.name, "0xf39F…2266");
        assert_eq!(made.user.email, None);
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        assert_eq!(post(kv, &cx, &text, &sign(&text)).await.unwrap().user.id, made.user.id);
        // Some wallets write the recovery number without the 27.
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let signature = sign(&text);
        let v = if signature.ends_with("1b") { "00" } else { "01" };
        let short = format!("{}{v}", &signature[..130]);
        assert_eq!(short.len(), 132);
        assert!(post(kv, &cx, &text, &short).await.is_ok());
    }
}

#[tokio::test]
async fn a_random_signature_is_refused_and_leaves_no_account() {
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        for seed in 0..40u8 {
            let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
            let bytes: [u8; 32] = Keccak256::digest([seed]).into();
            let random = format!("0x{}{}{:02x}", hex(&bytes), hex(&Keccak256::digest(bytes)), 27 + seed % 2);
            assert_eq!(code(post(kv, &cx, &text, &random).await), ErrorCode::ProofInvalid, "{seed}");
        }
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        for signature in ["", "0x", "0x00", "zz", &"0x".repeat(40), &format!("0x{}", "00".repeat(65))] {
            assert_eq!(code(post(kv, &cx, &text, signature).await), ErrorCode::ProofInvalid, "{signature}");
        }
        assert_eq!(people(kv).await, 0);
    }
}

#[tokio::test]
async fn every_field_changed_alone_is_refused() {
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        let nonce = siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap();
        let good = message(&nonce);
        let now = nonce.issued_at;
        let old = now - Duration::from_secs(3_600);
        let later = now + Duration::from_secs(3_600);
        let issued = format!("Issued At: {now}");
        let changes = [
            ("another domain", good.replace("localhost:3000 wants", "evil.example wants")),
            ("another port", good.replace("localhost:3000 wants", "localhost:3001 wants")),
            ("a scheme before the domain", format!("http://{good}")),
            ("another URI", good.replace("URI: http://localhost:3000", "URI: http://evil.example")),
            (
                "a URI that only begins so",
                good.replace("URI: http://localhost:3000", "URI: http://localhost:3000.evil.example"),
            ),
            ("another scheme in the URI", good.replace("URI: http://", "URI: https://")),
            ("another version", good.replace("Version: 1", "Version: 2")),
            ("another chain", good.replace("Chain ID: 1", "Chain ID: 5")),
            ("a chain with a zero before", good.replace("Chain ID: 1", "Chain ID: 01")),
            ("another nonce", good.replace(&nonce.nonce, "aaaaaaaaaaaaaaaa")),
            ("a short nonce", good.replace(&nonce.nonce, "aaaa")),
            ("issued too long ago", good.replace(&issued, &format!("Issued At: {old}"))),
            ("issued in the future", good.replace(&issued, &format!("Issued At: {later}"))),
            (
                "expired",
                good.replace(
                    &format!("Expiration Time: {}", nonce.expires_at),
                    &format!("Expiration Time: {old}"),
                ),
            ),
            ("not valid yet", format!("{good}\nNot Before: {later}")),
            ("address in lower case", good.replace(ADDRESS, &ADDRESS.to_lowercase())),
            ("address in upper case", good.replace(ADDRESS, &format!("0x{}", ADDRESS[2..].to_uppercase()))),
            ("another address", good.replace(ADDRESS, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")),
            ("text after the end", format!("{good}\nPlease")),
            ("a line break after the end", format!("{good}\n")),
            ("Windows line breaks", good.replace('\n', "\r\n")),
            (
                "no blank line before the statement",
                good.replace(&format!("{ADDRESS}\n\n"), &format!("{ADDRESS}\nx\n")),
            ),
            ("no blank line after the statement", good.replace("\n\nURI", "\nx\nURI")),
            ("fields in another order", good.replace("Version: 1\nChain ID: 1", "Chain ID: 1\nVersion: 1")),
            ("a resource that is no URI", format!("{good}\nResources:\n- not a uri")),
            ("nothing", String::new()),
        ];
        for (name, changed) in &changes {
            assert_ne!(changed, &good, "{name}");
            // Signed as changed, so that only what it says is wrong.
            let refused = post(kv, &cx, changed, &sign(changed)).await;
            assert_eq!(code(refused), ErrorCode::ProofInvalid, "{name}");
            // And with the signature of the good one.
            assert_eq!(code(post(kv, &cx, changed, &sign(&good)).await), ErrorCode::ProofInvalid, "{name}");
        }
        let with_more = format!("{good}\nRequest ID: r-1\nResources:\n- https://example.com/tos");
        assert!(post(kv, &cx, &with_more, &sign(&with_more)).await.is_ok());
        assert_eq!(people(kv).await, 1);
    }
}

#[tokio::test]
async fn only_the_one_form_of_a_signature_counts() {
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let (signature, recovery) = key().sign_prehash_recoverable(&hash(&text)).unwrap();
        let (r, s) = signature.split_scalars();
        let high = Signature::from_scalars(r, -*s).unwrap();
        let other = 1 - recovery.to_byte();
        for v in [27 + other, other, 27 + recovery.to_byte()] {
            assert_eq!(code(post(kv, &cx, &text, &written(&high, v)).await), ErrorCode::ProofInvalid);
        }
        for v in [26, 29, 35, 37, 54, 255, 2] {
            assert_eq!(code(post(kv, &cx, &text, &written(&signature, v)).await), ErrorCode::ProofInvalid);
        }
        assert!(post(kv, &cx, &text, &written(&signature, 27 + recovery.to_byte())).await.is_ok());
    }
}

#[tokio::test]
async fn a_nonce_is_good_once_for_five_minutes_in_its_own_browser() {
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let signature = sign(&text);
        for other in [None, Some("browser-two".to_owned())] {
            let mut elsewhere = cx.clone();
            elsewhere.meta.browser = other;
            assert_eq!(code(post(kv, &elsewhere, &text, &signature).await), ErrorCode::ProofInvalid);
        }
        let tries = (0..50).map(|_| async { post(kv, &cx, &text, &signature).await.is_ok() });
        let won = futures::future::join_all(tries).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        let nonce = siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap();
        let text = message(&nonce).split("\nExpiration").next().unwrap().to_owned();
        world.clock.advance(Duration::from_secs(301));
        assert_eq!(code(post(kv, &cx, &text, &sign(&text)).await), ErrorCode::ProofInvalid);
    }
}

/// A chain on which one contract likes every signature that begins with 42.
fn chain(body: &[u8]) -> Option<Response> {
    let asked: Value = serde_json::from_slice(body).unwrap();
    let result = match asked["method"].as_str().unwrap() {
        "eth_chainId" => "0x1",
        "eth_call" => {
            let data = asked["params"][0]["data"].as_str().unwrap();
            let signature = &data[data.len() - 128..];
            if signature.starts_with("42") { "0x01" } else { "0x00" }
        }
        _ => return None,
    };
    let body = json!({"jsonrpc": "2.0", "id": 1, "result": result}).to_string().into_bytes();
    Some(Response { status: 200, body, ..Response::default() })
}

#[tokio::test]
async fn a_contract_wallet_signs_in_where_a_node_is_configured() {
    let configured = worlds_with(|config| {
        config.rate_limit.enabled = false;
        config.siwe.rpc_url = Some(kavach_model::Secret::new("https://node.example"));
    })
    .await;
    for world in configured {
        let kv = &world.kv;
        world.network.stand_in(|_, body| chain(body));
        let cx = browser(kv).await;
        let by_contract = format!("0x{}", "42".repeat(64));
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let made = post(kv, &cx, &text, &by_contract).await.unwrap();
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let refused = post(kv, &cx, &text, &format!("0x{}", "43".repeat(64))).await;
        assert_eq!(code(refused), ErrorCode::ProofInvalid);
        // Whoever holds the key of the same address is another person.
        let by_key = post(kv, &cx, &text, &sign(&text)).await.unwrap();
        assert_ne!(by_key.user.id, made.user.id);
        // A node that is away is said to be away, and comes back by itself.
        world.network.stand_in(|_, _| None);
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        assert_eq!(code(post(kv, &cx, &text, &by_contract).await), ErrorCode::Unavailable);
        world.network.stand_in(|_, body| chain(body));
        assert_eq!(post(kv, &cx, &text, &by_contract).await.unwrap().user.id, made.user.id);
    }
    for world in wallets().await {
        let kv = &world.kv;
        let cx = browser(kv).await;
        let text = message(&siwe::nonce(kv, &cx, SiweFor::default()).await.unwrap());
        let refused = post(kv, &cx, &text, &format!("0x{}", "42".repeat(64))).await;
        assert_eq!(code(refused), ErrorCode::ProofInvalid);
        assert_eq!(world.network.asked(), 0);
    }
}

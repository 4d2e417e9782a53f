//! Headers nobody meant to send: whatever is in them, nobody is signed in by it and nothing breaks.

use crate::world::{World, worlds_with};
use kavach_service::config::Config;
use serde_json::json;

/// What an address can be mistaken for.
const FORWARDED: [&str; 16] = [
    "a",
    "",
    ",",
    ",,,,",
    "127.0.0.1, a",
    "127.0.0.1,,127.0.0.1",
    "1.2.3.4.5",
    "999.999.999.999",
    "::ffff:127.0.0.1:80",
    "[::1",
    "[::1]]:80",
    "127.0.0.1:99999",
    "localhost",
    "unknown, for=\"_hidden\"",
    "0x7f.1",
    "' OR 1=1 --",
];

/// What a credential can be mistaken for; `{}` becomes a token that was valid once.
const AUTHORIZATION: [&str; 26] = [
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Bearer  {}x",
    "Bearer {} {}",
    "Bearer {},{}",
    "Bearer \"{}\"",
    "Bearer {}=",
    "Bearer kv_sess_",
    "Bearer kv_agent_",
    "Bearer kv_key_",
    "Bearer kv_device_",
    "Bearer kv_enroll_",
    "Bearer kv_unknown_{}",
    "Bearer null",
    "Bearer undefined",
    "Bearer *",
    "Basic YWRtaW46YWRtaW4=",
    "Digest username=\"admin\"",
    "Token {}",
    "{}",
    "DPoP {}",
    "Bearer\t{}x",
    "Bearer:{}",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

const COOKIES: [&str; 18] = [
    "kavach_session",
    "kavach_session=",
    "kavach_session=;",
    "kavach_session=x; kavach_session=y",
    "kavach_session=\"{}\"",
    "kavach_session={}x",
    "=kavach_session",
    ";;;;",
    "kavach_session=%00",
    "kavach_session==",
    "kavach_session=null; path=/",
    "$Version=1; kavach_session={}; $Path=/",
    "KAVACH_SESSION={}",
    "__Host-kavach_session={}",
    "kavach_browser=x; kavach_language=xx",
    "kavach_flash_0=x; kavach_draft_0=y; kavach_identifier_0=z",
    "kavach_flash_0=; kavach_flash_1=AQ",
    "kavach_session={}, kavach_session={}",
];

/// Bytes that no text has, and every other byte a header may carry.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let byte = (state >> 24) as u8;
        if byte == 127 || (byte < 32 && byte != 9) { b'x' } else { byte }
    };
    std::iter::repeat_with(byte).take(length).collect()
}

/// A token that was good until its person signed out.
async fn ended(world: &World) -> String {
    let token = world.sign_up("ada@example.com").await.token;
    world.ask("POST", "/api/auth/sign-out").bearer(&token).send().await.expect(200);
    token
}

/// Asks everything that would show who is there, with one odd header.
async fn nobody_is_there(world: &World, name: &'static str, value: &[u8], peer: &str) {
    for path in
        ["/api/auth/session", "/api/auth/agents", "/api/auth/users", "/account", "/console", "/device"]
    {
        let reply = world.get(path).peer(peer).header(name, value).send().await;
        let shown = String::from_utf8_lossy(value);
        assert!(!reply.status.is_server_error(), "{} {name}: {shown}", reply.asked);
        assert!(!reply.status.is_success(), "{} {name}: {shown}: {}", reply.asked, reply.text());
    }
    let reply =
        world.post("/api/auth/agents", json!({"name": "x"})).header(name, value).same_origin().send().await;
    assert!(reply.status.is_client_error(), "{} {name}: {}", reply.asked, reply.status);
}

fn behind_a_proxy(config: &mut Config) {
    config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
}

#[tokio::test]
async fn no_malformed_header_signs_anybody_in_or_breaks_anything() {
    for world in worlds_with(behind_a_proxy).await {
        let token = ended(&world).await;
        for (name, values) in [
            ("x-forwarded-for", &FORWARDED[..]),
            ("forwarded", &FORWARDED[..]),
            ("authorization", &AUTHORIZATION[..]),
            ("cookie", &COOKIES[..]),
        ] {
            for value in values {
                let value = value.replace("{}", &token);
                for peer in ["127.0.0.1", "10.0.0.1"] {
                    nobody_is_there(&world, name, value.as_bytes(), peer).await;
                }
            }
            for seed in 0..20 {
                nobody_is_there(&world, name, &noise(seed, 1 + (seed as usize * 37) % 900), "10.0.0.1").await;
            }
        }
        for name in
            ["accept-language", "user-agent", "referer", "x-request-id", "accept", "sec-fetch-site", "origin"]
        {
            for seed in 0..20 {
                let reply = world.get("/sign-in").header(name, noise(seed, 200)).send().await;
                assert!(!reply.status.is_server_error(), "{name}: {}", reply.text());
            }
        }
    }
}

#[tokio::test]
async fn a_malformed_address_buys_no_tries_and_no_way_around_the_password() {
    let limited = |config: &mut Config| {
        behind_a_proxy(config);
        config.rate_limit.enabled = true;
        config.rate_limit.sign_ins_per_ip = 4;
    };
    for world in worlds_with(limited).await {
        world.sign_up("ada@example.com").await;
        let mut seen = Vec::new();
        for value in FORWARDED.iter().filter(|value| value.parse::<std::net::IpAddr>().is_err()) {
            let body = json!({"email": "ada@example.com", "password": "not the password of anyone"});
            let ask = world.post("/api/auth/sign-in/email", body).peer("10.0.0.1");
            seen.push(ask.header("x-forwarded-for", value).send().await.status.as_u16());
        }
        assert!(seen.iter().all(|status| matches!(status, 401 | 429)), "{seen:?}");
        assert!(seen.iter().filter(|status| **status == 401).count() <= 6, "{seen:?}");
    }
}

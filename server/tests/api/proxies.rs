//! Proxies and hosts: whom to believe, and which names are ours.

use crate::world::{World, text, worlds, worlds_with};
use serde_json::json;

async fn attempt(world: &World, peer: &str, forwarded: &[&str], account: usize) -> u16 {
    let body =
        json!({"email": format!("nobody{account}@example.com"), "password": "not the password of anyone"});
    let mut ask = world.post("/api/auth/sign-in/email", body).peer(peer);
    for value in forwarded {
        ask = ask.header("x-forwarded-for", *value);
    }
    let reply = ask.send().await;
    if reply.status == 429 {
        assert!(
            reply
                .header("retry-after")
                .is_some_and(|seconds| seconds.parse::<u64>().is_ok_and(|seconds| seconds > 0))
        );
        assert_eq!(reply.code(), "rate_limited");
    }
    reply.status.as_u16()
}

fn limited(config: &mut kavach_service::config::Config) {
    config.rate_limit.enabled = true;
    config.rate_limit.sign_ins_per_ip = 3;
}

#[tokio::test]
async fn forwarded_headers_of_strangers_buy_no_more_tries() {
    for world in worlds_with(limited).await {
        let mut seen = Vec::new();
        for account in 0..5 {
            let forged = format!("198.51.100.{account}");
            seen.push(attempt(&world, "203.0.113.9", &[&forged], account).await);
        }
        assert_eq!(seen, [401, 401, 401, 429, 429], "{}", world.name);
        // An IPv6 customer has a /64, not an address.
        let mut seen = Vec::new();
        for account in 0..4 {
            seen.push(attempt(&world, &format!("2001:db8:0:1::{account}"), &[], account).await);
        }
        assert_eq!(seen, [401, 401, 401, 429], "{}", world.name);
    }
}

#[tokio::test]
async fn a_trusted_proxy_tells_its_clients_apart() {
    let trusting = |config: &mut kavach_service::config::Config| {
        limited(config);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    };
    for world in worlds_with(trusting).await {
        for account in 0..5 {
            let client = format!("203.0.113.{account}");
            assert_eq!(attempt(&world, "10.0.0.1", &[&client], account).await, 401, "{}", world.name);
        }
        // What stands left of the client is the client's own claim.
        let mut seen = Vec::new();
        for account in 0..4 {
            let claim = format!("192.0.2.{account}, 203.0.113.77");
            seen.push(attempt(&world, "10.0.0.1", &[&claim], account).await);
        }
        assert_eq!(seen, [401, 401, 401, 429], "{}", world.name);
    }
}

#[tokio::test]
async fn an_unreadable_forwarded_header_does_not_open_a_new_bucket() {
    let trusting = |config: &mut kavach_service::config::Config| {
        limited(config);
        config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    };
    for world in worlds_with(trusting).await {
        let mut seen = Vec::new();
        for (account, header) in ["a", "", "1.2.3", "unknown", "203.0.113.5, x"].into_iter().enumerate() {
            seen.push(attempt(&world, "10.0.0.1", &[header], account).await);
        }
        assert_eq!(seen, [401, 401, 401, 429, 429], "{}", world.name);
    }
}

#[tokio::test]
async fn the_audit_log_names_the_client_not_the_claim() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let agent = world.agent(&ada).await;
        let body = json!({"action": "read", "resource": "mcp:github:repos"});
        let ask = world.post("/api/auth/authorize/token", body).bearer(&agent.token).peer("203.0.113.9");
        let decision = ask.header("x-forwarded-for", "127.0.0.1").send().await.expect(200);
        let path = format!("/api/auth/audit/{}", text(&decision["auditId"]));
        let record = world.get(&path).bearer(&ada.token).send().await.expect(200);
        assert_eq!(record["ip"], "203.0.113.9");
    }
}

#[tokio::test]
async fn another_host_is_not_served() {
    for world in worlds_with(|config| config.public_url = "https://id.example.com".into()).await {
        let ask = |host: &'static str| world.get("/api/auth/methods").without("host").header("host", host);
        ask("id.example.com").send().await.expect(200);
        for host in ["evil.example", "localhost", "127.0.0.1:3000", "id.example.com.evil.example", ""] {
            ask(host).send().await.refused(421, "invalid_request");
        }
        world.get("/api/auth/methods").without("host").send().await.refused(421, "invalid_request");
        ask("id.example.com").header("host", "evil.example").send().await.refused(421, "invalid_request");
        // Probes come by address.
        assert_eq!(
            world.get("/healthz").without("host").header("host", "10.1.2.3:3000").send().await.status,
            200
        );
    }
}

#[tokio::test]
async fn links_in_mail_come_from_the_configuration() {
    for world in worlds().await {
        let body = json!({"email": "ada@example.com", "password": crate::world::PASSWORD});
        let ask =
            world.post("/api/auth/sign-up/email", body).without("host").header("host", "127.0.0.1:9999");
        let ask = ask
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example;proto=https");
        ask.header("x-forwarded-proto", "https").send().await.expect(201);
        let outbox = world.get("/dev/outbox.json").send().await.expect(200);
        assert!(text(&outbox[0]["links"][0]).starts_with("http://localhost:3000/"), "{outbox}");
        assert!(!outbox.to_string().contains("evil.example"));
    }
}

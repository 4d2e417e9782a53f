//! Who is told of approvals: a mail in the outbox, and a webhook at a listener on this machine.

use crate::world::{START, anonymous, holder, meta, question, scratch_postgres, sign_up, worlds};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::approval::{Approve, Deny};
use kavach_model::authorize::Decision;
use kavach_model::{Secret, Token};
use kavach_service::clock::{Clock, ManualClock};
use kavach_service::config::Config;
use kavach_service::deliver::outbox;
use kavach_service::outbound::GuardedClient;
use kavach_service::rng::SystemRng;
use kavach_service::{Kavach, Parts, agent, approval, authorize, email_verification};
use ring::hmac;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const SECRET: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

async fn ask(kv: &Kavach, token: &Token, resource: &str) -> Decision {
    authorize::by_token(kv, &meta(), token.expose(), question(None, "execute", resource)).await.unwrap()
}

#[tokio::test]
async fn the_sponsor_gets_one_mail_with_the_link_for_each_approval() {
    for world in worlds().await {
        let kv = &world.kv;
        let owner = sign_up(kv, "ada@example.com").await.token;
        let owner = holder(kv, owner.expose()).await.unwrap();
        let permissions =
            r#"[{"resource":"mcp:deploy:*","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let made = agent::create(kv, &owner, crate::world::new_agent(permissions)).await.unwrap();
        let first = ask(kv, &made.token, "mcp:deploy:production").await.approval.unwrap();
        ask(kv, &made.token, "mcp:deploy:production").await;
        let mut local = anonymous(kv).await;
        local.meta.client_ip = IpAddr::from([127, 0, 0, 1]);
        let mails = outbox::development(kv, &local).await.unwrap();
        let asked: Vec<_> = mails.iter().filter(|mail| mail.kind == "approval_required").collect();
        assert_eq!(asked.len(), 1);
        assert_eq!(
            (asked[0].to.as_str(), asked[0].links.as_slice()),
            ("ada@example.com", &[first.url.clone()][..])
        );
        assert!(asked[0].text.contains(&first.url), "{}", asked[0].text);
        // Nothing an agent chose is mailed.
        assert!(!asked[0].text.contains("production"), "{}", asked[0].text);
    }
}

#[tokio::test]
async fn an_agent_that_asks_and_asks_does_not_use_up_the_mails_about_the_account() {
    for world in worlds().await {
        let kv = &world.kv;
        let owner = sign_up(kv, "ada@example.com").await.token;
        let owner = holder(kv, owner.expose()).await.unwrap();
        let permissions =
            r#"[{"resource":"a:*","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let made = agent::create(kv, &owner, crate::world::new_agent(permissions)).await.unwrap();
        for number in 0..60 {
            ask(kv, &made.token, &format!("a:{number}")).await;
        }
        email_verification::send(kv, &owner).await.unwrap();
        let mut local = anonymous(kv).await;
        local.meta.client_ip = IpAddr::from([127, 0, 0, 1]);
        let mails = outbox::development(kv, &local).await.unwrap();
        let count = |kind: &str| mails.iter().filter(|mail| mail.kind == kind).count();
        assert_eq!((count("approval_required"), count("verify_email")), (50, 2));
    }
}

#[tokio::test]
async fn an_address_somebody_else_holds_is_not_written_to() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        let shadow = sign_up(kv, "ada@example.com").await.token;
        let shadow = holder(kv, shadow.expose()).await.unwrap();
        let permissions =
            r#"[{"resource":"a","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let made = agent::create(kv, &shadow, crate::world::new_agent(permissions)).await.unwrap();
        assert!(ask(kv, &made.token, "a").await.approval.is_some());
        let mut local = anonymous(kv).await;
        local.meta.client_ip = IpAddr::from([127, 0, 0, 1]);
        let mails = outbox::development(kv, &local).await.unwrap();
        assert!(mails.iter().all(|mail| mail.kind != "approval_required"));
    }
}

/// A request as the listener heard it.
struct Heard {
    headers: HashMap<String, String>,
    body: String,
}

impl Heard {
    /// Checks the signature as a receiver would, and reads the message.
    fn verified(&self) -> Value {
        let signed =
            format!("{}.{}.{}", self.headers["webhook-id"], self.headers["webhook-timestamp"], self.body);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
        let signature = self.headers["webhook-signature"].strip_prefix("v1,").unwrap();
        hmac::verify(&key, signed.as_bytes(), &STANDARD.decode(signature).unwrap()).unwrap();
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A listener that answers the first request with 500 and every other with 204.
async fn listener() -> (u16, mpsc::UnboundedReceiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut first = true;
        while let Ok((stream, _)) = listener.accept().await {
            let answer = if std::mem::take(&mut first) { "500 Sorry" } else { "204 Fine" };
            tokio::spawn(converse(stream, answer, tell.clone()));
        }
    });
    (port, heard)
}

async fn converse(mut stream: TcpStream, answer: &str, tell: mpsc::UnboundedSender<Heard>) {
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    let (head, body) = loop {
        let read = stream.read(&mut buffer).await.unwrap();
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if body.len() == length.parse::<usize>().unwrap() {
            break (head, body);
        }
    };
    assert!(head.starts_with("POST /hook?token=abc HTTP/1.1"), "{head}");
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let _ = tell.send(Heard { headers, body: body.to_owned() });
    let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// An instance that really sends.
async fn sender(config: Config) -> (Kavach, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(START));
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    let parts = Parts { clock: Arc::clone(&clock) as Arc<dyn Clock>, rng: Arc::new(SystemRng), http };
    (Kavach::start(config, parts).await.unwrap(), clock)
}

#[tokio::test]
async fn a_webhook_tells_signed_what_happens_and_is_sent_again_when_it_failed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut databases = vec![None];
    databases.extend(scratch_postgres().await.map(Some));
    for database in databases {
        let (port, mut heard) = listener().await;
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
        config.database.url = database.map(Secret::new);
        config.hibp.enabled = false;
        config.approval.webhook_url = Some(Secret::new(format!("http://127.0.0.1:{port}/hook?token=abc")));
        config.approval.webhook_secret = Some(Secret::new(format!("whsec_{SECRET}")));
        config.validate().unwrap();
        let (kv, clock) = sender(config).await;
        let owner = sign_up(&kv, "ada@example.com").await.token;
        let owner = holder(&kv, owner.expose()).await.unwrap();
        let permissions =
            r#"[{"resource":"a:*","actions":["execute"],"constraints":{"requireApproval":true}}]"#;
        let made = agent::create(&kv, &owner, crate::world::new_agent(permissions)).await.unwrap();
        let asked = ask(&kv, &made.token, "a:1").await.approval.unwrap();
        let failed = heard.recv().await.unwrap();
        let message = failed.verified();
        assert_eq!(message["type"], "approval.opened");
        assert_eq!(message["timestamp"], json!(START));
        assert_eq!(message["data"]["id"], json!(asked.id));
        assert_eq!(message["data"]["url"], json!(asked.url));
        assert_eq!(message["data"]["status"], "pending");
        assert!(message["data"]["arguments"].is_null());
        // Time passes and something else happens, which wakes the sender until the failure was noted.
        clock.advance(Duration::from_secs(60));
        approval::approve(&kv, &owner, asked.id, Approve::default()).await.unwrap();
        let mut told = vec![heard.recv().await.unwrap()];
        clock.advance(Duration::from_secs(120));
        let other = ask(&kv, &made.token, "a:2").await.approval.unwrap();
        told.push(heard.recv().await.unwrap());
        approval::deny(&kv, &owner, other.id, Deny::default()).await.unwrap();
        told.push(heard.recv().await.unwrap());
        told.push(heard.recv().await.unwrap());
        kv.shutdown().await;
        let mut kinds: Vec<String> =
            told.iter().map(|heard| heard.verified()["type"].as_str().unwrap().to_owned()).collect();
        kinds.sort();
        assert_eq!(kinds, ["approval.approved", "approval.denied", "approval.opened", "approval.opened"]);
        let again =
            told.iter().find(|heard| heard.headers["webhook-id"] == failed.headers["webhook-id"]).unwrap();
        assert_eq!(again.body, failed.body);
        assert_ne!(again.headers["webhook-timestamp"], failed.headers["webhook-timestamp"]);
        assert!(heard.try_recv().is_err(), "nothing is sent twice");
    }
}

//! Text messages on their way out, heard by a listener on this machine: a signed webhook, and an interface like Twilio's.

use crate::world::{PASSWORD, START, anonymous, holder, sign_in};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kavach_model::codes::SendPhone;
use kavach_model::delivery::{DeliveryState, TestSend, TestSent};
use kavach_model::{PageRequest, Secret};
use kavach_service::authn::phone_otp;
use kavach_service::clock::{Clock, ManualClock};
use kavach_service::config::{Config, Sms};
use kavach_service::deliver::deliveries;
use kavach_service::outbound::GuardedClient;
use kavach_service::rng::SystemRng;
use kavach_service::{Kavach, Parts, setup};
use ring::hmac;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

const SECRET: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const PHONE: &str = "+49 1512 3456789";

/// A request as the listener heard it.
struct Heard {
    line: String,
    headers: HashMap<String, String>,
    body: String,
}

/// A listener that gives these answers, the last of them for good.
async fn listener(answers: &'static [&'static str]) -> (u16, mpsc::UnboundedReceiver<Heard>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut number = 0;
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answers[number.min(answers.len() - 1)];
            number += 1;
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
    let line = head.lines().next().unwrap().to_owned();
    let headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let _ = tell.send(Heard { line, headers, body: body.to_owned() });
    let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// An instance that really sends.
async fn sender(sms: Sms) -> (Kavach, Arc<ManualClock>, tempfile::TempDir) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), sms, ..Config::default() };
    config.hibp.enabled = false;
    config.validate().unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    let parts = Parts { clock: Arc::clone(&clock) as Arc<dyn Clock>, rng: Arc::new(SystemRng), http };
    (Kavach::start(config, parts).await.unwrap(), clock, directory)
}

fn webhook(port: u16) -> Sms {
    Sms {
        webhook_url: Some(Secret::new(format!("http://127.0.0.1:{port}/sms"))),
        webhook_secret: Some(Secret::new(format!("whsec_{SECRET}"))),
        ..Sms::default()
    }
}

fn twilio(port: u16) -> Sms {
    Sms {
        twilio_url: format!("http://127.0.0.1:{port}/"),
        twilio_account_sid: Some("AC0123".to_owned()),
        twilio_auth_token: Some(Secret::new("token")),
        from: Some("+15005550006".to_owned()),
        ..Sms::default()
    }
}

async fn send(kv: &Kavach) {
    phone_otp::send(kv, &anonymous(kv).await, SendPhone { phone: PHONE.to_owned() }).await.unwrap();
}

async fn administrator(kv: &Kavach) -> kavach_service::context::RequestContext {
    setup::create_admin_offline(kv, "boss@example.com", None, Secret::new(PASSWORD)).await.unwrap();
    let signed_in = sign_in(kv, "boss@example.com", PASSWORD).await.unwrap();
    holder(kv, signed_in.token.expose()).await.unwrap()
}

#[tokio::test]
async fn a_webhook_gets_the_message_signed_and_again_when_it_failed() {
    let (port, mut heard) = listener(&["500 Sorry", "204 Fine"]).await;
    let (kv, clock, _directory) = sender(webhook(port)).await;
    send(&kv).await;
    let failed = heard.recv().await.unwrap();
    let signed = |heard: &Heard| {
        let text =
            format!("{}.{}.{}", heard.headers["webhook-id"], heard.headers["webhook-timestamp"], heard.body);
        let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(SECRET).unwrap());
        let tag = STANDARD.decode(heard.headers["webhook-signature"].strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&key, text.as_bytes(), &tag).unwrap();
        serde_json::from_str::<Value>(&heard.body).unwrap()
    };
    let message = signed(&failed);
    let data = &message["data"];
    assert_eq!((message["type"].as_str(), data["kind"].as_str()), (Some("sms"), Some("phone_otp")));
    assert_eq!(data["to"], "+4915123456789");
    let code = data["code"].as_str().unwrap();
    assert!(data["text"].as_str().unwrap().ends_with(&format!("\n\n@localhost #{code}")), "{data}");
    // Time passes, and another message wakes the sender until the failure was noted.
    let mut told = Vec::new();
    while !told.contains(&failed.headers["webhook-id"]) {
        clock.advance(Duration::from_secs(60));
        send(&kv).await;
        let next = heard.recv().await.unwrap();
        signed(&next);
        told.push(next.headers["webhook-id"].clone());
    }
    kv.shutdown().await;
}

#[tokio::test]
async fn an_interface_like_twilios_gets_its_form() {
    let (port, mut heard) = listener(&["201 Created"]).await;
    let (kv, _, _directory) = sender(twilio(port)).await;
    send(&kv).await;
    let request = heard.recv().await.unwrap();
    assert_eq!(request.line, "POST /2010-04-01/Accounts/AC0123/Messages.json HTTP/1.1");
    assert_eq!(request.headers["authorization"], format!("Basic {}", STANDARD.encode("AC0123:token")));
    assert_eq!(request.headers["content-type"], "application/x-www-form-urlencoded");
    let fields: HashMap<_, _> = url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
    assert_eq!((fields["To"].as_str(), fields["From"].as_str()), ("+4915123456789", "+15005550006"));
    assert!(fields["Body"].contains("@localhost #"), "{}", fields["Body"]);
    kv.shutdown().await;
}

#[tokio::test]
async fn a_message_that_is_refused_is_a_dead_letter_that_an_administrator_can_send_again() {
    let (port, mut heard) = listener(&["400 No", "201 Created"]).await;
    let (kv, clock, _directory) = sender(twilio(port)).await;
    let boss = administrator(&kv).await;
    send(&kv).await;
    heard.recv().await.unwrap();
    let page = PageRequest::default();
    let dead = loop {
        let dead = deliveries::list(&kv, &boss, Some(DeliveryState::Dead), &page).await.unwrap().data;
        if let Some(dead) = dead.into_iter().next() {
            break dead;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((dead.kind.as_str(), dead.attempts), ("phone_otp", 1));
    assert_eq!(dead.last_error.as_deref(), Some("the receiver answered 400"));
    let ada = crate::world::person(&kv, "ada@example.com").await;
    assert!(deliveries::list(&kv, &ada, None, &page).await.is_err());
    assert!(deliveries::retry(&kv, &ada, dead.id).await.is_err());
    clock.advance(Duration::from_secs(1));
    deliveries::retry(&kv, &boss, dead.id).await.unwrap();
    heard.recv().await.unwrap();
    kv.shutdown().await;
}

#[tokio::test]
async fn an_administrator_tries_the_settings_and_is_told_what_came_of_it() {
    let (port, mut heard) = listener(&["201 Created", "401 Unauthorized"]).await;
    let (kv, _, _directory) = sender(twilio(port)).await;
    let boss = administrator(&kv).await;
    let to = |to: &str| TestSend { to: to.to_owned() };
    let sent = deliveries::test_sms(&kv, &boss, to(PHONE)).await.unwrap();
    assert_eq!(sent, TestSent { state: DeliveryState::Sent, error: None });
    heard.recv().await.unwrap();
    let refused = deliveries::test_sms(&kv, &boss, to(PHONE)).await.unwrap();
    let error = Some("the receiver answered 401".to_owned());
    assert_eq!(refused, TestSent { state: DeliveryState::Dead, error });
    // There is no mail server.
    let held = deliveries::test_mail(&kv, &boss, to("ops@example.com")).await.unwrap();
    assert_eq!(held.state, DeliveryState::Held);
    assert!(deliveries::test_mail(&kv, &boss, to("ops@example.com, eve@example.com")).await.is_err());
    let ada = crate::world::person(&kv, "ada@example.com").await;
    assert!(deliveries::test_sms(&kv, &ada, to(PHONE)).await.is_err());
    kv.shutdown().await;
}

#[tokio::test]
async fn a_code_that_nobody_delivers_is_not_offered_where_people_are() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
    config.public_url = "https://id.example.com".to_owned();
    config.validate().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(START));
    let http = Arc::new(GuardedClient::new(&[]).unwrap());
    let kv = Kavach::start(config, Parts { clock, rng: Arc::new(SystemRng), http }).await.unwrap();
    assert!(!kavach_service::authn::methods::list(&kv).phone_otp);
    let refused = phone_otp::send(&kv, &anonymous(&kv).await, SendPhone { phone: PHONE.to_owned() }).await;
    assert_eq!(crate::world::code(refused), kavach_model::ErrorCode::MethodDisabled);
}

use crate::world::{World, admin, anonymous, code, open, person, scratch_postgres, start};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::device::{DeviceAuthorization, DeviceError, DeviceGranted};
use kavach_model::{ErrorCode, PageRequest};
use kavach_service::config::{Config, DeviceClient};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::{Kavach, audit, device, user};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn with_clients(config: &mut Config) {
    let scopes = || vec!["agents:read".to_owned(), "agents:write".to_owned()];
    config.device.clients = vec![
        DeviceClient { id: "tv".to_owned(), name: "Television".to_owned(), scopes: scopes() },
        DeviceClient { id: "cli".to_owned(), name: "Shell".to_owned(), scopes: Vec::new() },
    ];
}

async fn worlds() -> Vec<World> {
    let mut worlds = vec![start(None, with_clients).await];
    if let Some(url) = scratch_postgres().await {
        worlds.push(start(Some(url), with_clients).await);
    }
    worlds
}

async fn begin(kv: &Kavach) -> DeviceAuthorization {
    device::begin(kv, &anonymous(kv).await, "tv", &["agents:read".to_owned()]).await.unwrap().unwrap()
}

async fn poll(kv: &Kavach, asked: &DeviceAuthorization) -> Result<DeviceGranted, DeviceError> {
    device::poll(kv, &anonymous(kv).await, "tv", asked.device_code.expose()).await.unwrap()
}

/// A person who just signed in, in a browser.
async fn in_browser(kv: &Kavach, email: &str, browser: &str) -> RequestContext {
    let mut cx = person(kv, email).await;
    cx.meta.browser = Some(browser.to_owned());
    cx
}

#[tokio::test]
async fn a_device_is_let_in_once_with_the_scopes_that_were_shown() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let asked = begin(kv).await;
        assert_eq!((asked.expires_in, asked.interval), (600, 5));
        assert!(asked.verification_uri_complete.ends_with(&format!("/device?user_code={}", asked.user_code)));
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::AuthorizationPending));
        let typed = asked.user_code.to_lowercase().replace('-', " ");
        assert_eq!(device::find(kv, &ada, &typed).await.unwrap(), None, "opening a link binds nothing");
        let shown = device::look(kv, &ada, &typed).await.unwrap();
        assert_eq!((shown.client.as_str(), shown.ip.as_str()), ("Television", "192.0.2.1"));
        assert_eq!(shown.scopes, ["agents:read"]);
        assert_eq!(device::find(kv, &ada, &typed).await.unwrap(), Some(shown));
        world.clock.advance(SECOND * 5);
        assert_eq!(
            poll(kv, &asked).await,
            Err(DeviceError::AuthorizationPending),
            "looking approves nothing"
        );
        device::approve(kv, &ada, &asked.user_code).await.unwrap();
        assert_eq!(code(device::deny(kv, &ada, &asked.user_code).await), ErrorCode::CodeInvalid, "answered");
        world.clock.advance(SECOND * 5);
        let granted = poll(kv, &asked).await.unwrap();
        assert_eq!(granted.user_id, ada.user().unwrap().id);
        assert_eq!(
            (granted.scopes.as_slice(), granted.amr.as_slice()),
            (&["agents:read".to_owned()][..], &["pwd".to_owned()][..])
        );
        world.clock.advance(SECOND * 5);
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::InvalidGrant), "once");
        for kind in [AuditKind::DeviceApproved, AuditKind::DeviceClaimed] {
            let filter = AuditFilter { kind: Some(kind), ..AuditFilter::default() };
            assert_eq!(audit::list(kv, &ada, &filter, &PageRequest::default()).await.unwrap().data.len(), 1);
        }
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert!(mails.iter().any(|mail| mail.kind == "device_approved" && mail.text.contains("Television")));
    }
}

#[tokio::test]
async fn fifty_parallel_polls_give_it_to_exactly_one() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let asked = &begin(kv).await;
        device::look(kv, &ada, &asked.user_code).await.unwrap();
        device::approve(kv, &ada, &asked.user_code).await.unwrap();
        let polls = (0..50).map(|_| poll(kv, asked));
        let won = futures::future::join_all(polls).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn polling_too_fast_is_told_to_slow_down_five_seconds_more_each_time() {
    for world in worlds().await {
        let kv = &world.kv;
        let asked = begin(kv).await;
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::AuthorizationPending));
        for (wait, expected) in [
            (4, DeviceError::SlowDown),
            (5, DeviceError::SlowDown),
            (14, DeviceError::SlowDown),
            (20, DeviceError::AuthorizationPending),
        ] {
            world.clock.advance(SECOND * wait);
            assert_eq!(poll(kv, &asked).await, Err(expected), "{wait}");
        }
        world.clock.advance(SECOND * 600);
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::ExpiredToken));
    }
}

#[tokio::test]
async fn a_code_is_bound_to_the_first_viewer_and_their_browser() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let eve = in_browser(kv, "eve@example.com", "b2").await;
        let asked = begin(kv).await;
        assert_eq!(code(device::approve(kv, &ada, &asked.user_code).await), ErrorCode::CodeInvalid, "unseen");
        device::look(kv, &ada, &asked.user_code).await.unwrap();
        let mut elsewhere = ada.clone();
        elsewhere.meta.browser = Some("b3".to_owned());
        for other in [&eve, &elsewhere] {
            assert_eq!(code(device::look(kv, other, &asked.user_code).await), ErrorCode::CodeInvalid);
            assert_eq!(code(device::approve(kv, other, &asked.user_code).await), ErrorCode::CodeInvalid);
            assert_eq!(code(device::deny(kv, other, &asked.user_code).await), ErrorCode::CodeInvalid);
            assert_eq!(device::find(kv, other, &asked.user_code).await.unwrap(), None);
        }
        device::deny(kv, &ada, &asked.user_code).await.unwrap();
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::AccessDenied));
    }
}

#[tokio::test]
async fn five_wrong_codes_are_all_there_are_and_a_right_one_costs_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let mut codes = Vec::new();
        for number in 0..6 {
            let asked = begin(kv).await;
            if number % 2 == 0 {
                device::look(kv, &ada, &asked.user_code).await.unwrap();
            }
            codes.push(asked.user_code);
        }
        for text in ["BCDF-GHJK", "bcdfghjk", "no code", "", "BCDF-GHJL"] {
            assert_eq!(code(device::look(kv, &ada, text).await), ErrorCode::CodeInvalid, "{text}");
        }
        assert_eq!(code(device::look(kv, &ada, &codes[1]).await), ErrorCode::RateLimited);
        // Somebody else at the same place does not guess on.
        let eve = in_browser(kv, "eve@example.com", "b2").await;
        assert_eq!(code(device::look(kv, &eve, &codes[1]).await), ErrorCode::RateLimited);
        world.clock.advance(SECOND * 180);
        assert!(device::look(kv, &ada, &codes[1]).await.is_ok());
    }
}

#[tokio::test]
async fn of_two_hundred_parallel_guesses_five_are_looked_at() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = &in_browser(kv, "ada@example.com", "b1").await;
        let guesses = (0..200).map(|_| async move { code(device::look(kv, ada, "BCDF-GHJK").await) });
        let outcomes = futures::future::join_all(guesses).await;
        assert_eq!(outcomes.iter().filter(|code| **code == ErrorCode::CodeInvalid).count(), 5);
        assert_eq!(outcomes.iter().filter(|code| **code == ErrorCode::RateLimited).count(), 195);
    }
}

#[tokio::test]
async fn a_client_asks_for_what_it_may_and_only_for_itself() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = anonymous(kv).await;
        let ask = |client: &'static str, scope: &'static str| {
            let cx = &cx;
            async move {
                let scopes: Vec<String> =
                    scope.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
                device::begin(kv, cx, client, &scopes).await.unwrap().err()
            }
        };
        assert_eq!(ask("tv", "").await, None);
        assert_eq!(ask("tv", "agents:read admin").await, Some(DeviceError::InvalidScope));
        assert_eq!(ask("cli", "agents:read").await, Some(DeviceError::InvalidScope));
        assert_eq!(ask("nobody", "").await, Some(DeviceError::InvalidClient));
        let asked = begin(kv).await;
        let as_cli = device::poll(kv, &cx, "cli", asked.device_code.expose()).await.unwrap();
        assert_eq!(as_cli, Err(DeviceError::InvalidGrant), "another client's code");
        assert_eq!(device::poll(kv, &cx, "tv", "kv_device_x").await.unwrap(), Err(DeviceError::InvalidGrant));
    }
}

#[tokio::test]
async fn a_switched_off_account_lets_nothing_in() {
    for world in worlds().await {
        let kv = &world.kv;
        let boss = admin(kv, "boss@example.com").await;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let asked = begin(kv).await;
        device::look(kv, &ada, &asked.user_code).await.unwrap();
        device::approve(kv, &ada, &asked.user_code).await.unwrap();
        user::disable(kv, &boss, ada.user().unwrap().id).await.unwrap();
        assert_eq!(poll(kv, &asked).await, Err(DeviceError::AccessDenied));
    }
}

#[tokio::test]
async fn approving_needs_a_fresh_proof_and_denying_does_not() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = in_browser(kv, "ada@example.com", "b1").await;
        let asked = begin(kv).await;
        device::look(kv, &ada, &asked.user_code).await.unwrap();
        let mut stale = ada.clone();
        if let kavach_service::context::Caller::Session(caller) = &ada.caller {
            let mut caller = caller.as_ref().clone();
            caller.session.fresh = false;
            stale.caller = kavach_service::context::Caller::Session(caller.into());
        }
        let refused = device::approve(kv, &stale, &asked.user_code).await;
        assert_eq!(code(refused), ErrorCode::ReauthenticationRequired);
        device::deny(kv, &stale, &asked.user_code).await.unwrap();
    }
}

#[tokio::test]
async fn a_grant_is_answered_on_one_replica_and_fetched_on_another() {
    let Some(url) = scratch_postgres().await else { return };
    let world = start(Some(url), with_clients).await;
    let ada = in_browser(&world.kv, "ada@example.com", "b1").await;
    let asked = begin(&world.kv).await;
    let second = open(&world.config, &world.clock).await;
    device::look(&second, &ada, &asked.user_code).await.unwrap();
    device::approve(&second, &ada, &asked.user_code).await.unwrap();
    assert!(poll(&world.kv, &asked).await.is_ok());
    second.shutdown().await;
}

#[tokio::test]
async fn a_grant_survives_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", directory.path().join("kavach.db").display());
    let world = start(Some(url), with_clients).await;
    let ada = in_browser(&world.kv, "ada@example.com", "b1").await;
    let asked = begin(&world.kv).await;
    device::look(&world.kv, &ada, &asked.user_code).await.unwrap();
    world.kv.shutdown().await;
    let (config, clock) = (world.config.clone(), world.clock.clone());
    drop(world);
    let kv = open(&config, &clock).await;
    device::approve(&kv, &ada, &asked.user_code).await.unwrap();
    assert!(poll(&kv, &asked).await.is_ok());
}

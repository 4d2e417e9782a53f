use crate::world::{PASSWORD, anonymous, code, holder, make_agent, sign_in, sign_up, worlds};
use kavach_model::api_key::{CreateApiKey, Scope};
use kavach_model::recovery::UpgradeAnonymous;
use kavach_model::sign_in::SignedIn;
use kavach_model::{ErrorCode, Secret};
use kavach_service::authn::anonymous as guests;
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::{Error, Kavach, agent, api_key, email_verification};

const READ: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn guest(kv: &Kavach) -> (SignedIn, RequestContext) {
    let done = guests::sign_in(kv, &anonymous(kv).await).await.unwrap().complete().unwrap();
    let cx = holder(kv, done.token.expose()).await.unwrap();
    (done, cx)
}

async fn upgrade(kv: &Kavach, cx: &RequestContext, email: &str) -> Result<SignedIn, Error> {
    let request = UpgradeAnonymous {
        email: Some(email.to_owned()),
        username: None,
        password: Secret::new(PASSWORD),
        name: Some("Ada".to_owned()),
    };
    guests::upgrade(kv, cx, request).await
}

#[tokio::test]
async fn a_guest_stays_the_same_person_with_the_same_agents_and_a_new_token() {
    for world in worlds().await {
        let kv = &world.kv;
        let (done, cx) = guest(kv).await;
        assert!(done.user.anonymous && done.user.email.is_none());
        let made = make_agent(kv, &cx, READ).await;
        let member = upgrade(kv, &cx, "ada@example.com").await.unwrap();
        assert_eq!(member.user.id, done.user.id);
        assert!(!member.user.anonymous);
        assert_eq!(code(holder(kv, done.token.expose()).await), ErrorCode::Unauthenticated, "the old token");
        let cx = holder(kv, member.token.expose()).await.unwrap();
        assert_eq!(agent::get(kv, &cx, made.agent.id).await.unwrap().id, made.agent.id);
        assert_eq!(sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().user.id, done.user.id);
        assert_eq!(code(upgrade(kv, &cx, "b@example.com").await), ErrorCode::Conflict, "once");
        email_verification::send(kv, &cx).await.unwrap();
    }
}

#[tokio::test]
async fn a_held_address_is_answered_alike_and_not_taken() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = sign_up(kv, "ada@example.com").await;
        let (done, cx) = guest(kv).await;
        let member = upgrade(kv, &cx, "ADA@example.com").await.unwrap();
        assert_eq!(member.user.id, done.user.id);
        assert_eq!(sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().user.id, ada.user.id);
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert!(mails.iter().any(|mail| mail.kind == "sign_up_existing"), "the holder is told");
    }
}

#[tokio::test]
async fn of_fifty_parallel_upgrades_exactly_one_wins() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, cx) = guest(kv).await;
        let emails: Vec<String> = (0..25).map(|number| format!("ada{number}@example.com")).collect();
        let tries = emails.iter().map(|email| upgrade(kv, &cx, email));
        let won = futures::future::join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn a_guest_makes_no_key_and_is_no_second_guest() {
    for world in worlds().await {
        let kv = &world.kv;
        let (_, cx) = guest(kv).await;
        let key = CreateApiKey { name: "k".to_owned(), scopes: vec![Scope::AgentsRead], expires_at: None };
        assert_eq!(code(api_key::create(kv, &cx, key).await), ErrorCode::Forbidden);
        assert_eq!(code(guests::sign_in(kv, &cx).await), ErrorCode::Conflict);
        let incomplete = |email: Option<&str>, username: Option<&str>| {
            guests::upgrade(
                kv,
                &cx,
                UpgradeAnonymous {
                    email: email.map(str::to_owned),
                    username: username.map(str::to_owned),
                    password: Secret::new(PASSWORD),
                    name: None,
                },
            )
        };
        assert_eq!(code(incomplete(None, None).await), ErrorCode::ValidationFailed);
        assert_eq!(code(incomplete(Some("a@example.com"), Some("ada")).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn guests_from_one_network_are_counted() {
    for world in worlds().await {
        let kv = &world.kv;
        for _ in 0..20 {
            guest(kv).await;
        }
        assert_eq!(code(guests::sign_in(kv, &anonymous(kv).await).await), ErrorCode::RateLimited);
    }
}

#[tokio::test]
async fn a_guest_stays_under_a_user_name_that_is_free() {
    for world in worlds().await {
        let kv = &world.kv;
        let by = |name: &str| UpgradeAnonymous {
            email: None,
            username: Some(name.to_owned()),
            password: Secret::new(PASSWORD),
            name: None,
        };
        let (done, first) = guest(kv).await;
        let member = guests::upgrade(kv, &first, by("Ada.Byron")).await.unwrap();
        assert_eq!((member.user.id, member.user.username.as_deref()), (done.user.id, Some("Ada.Byron")));
        let (_, second) = guest(kv).await;
        for taken in ["ada.byron", "ADA.BYRON", "admin"] {
            let refused = guests::upgrade(kv, &second, by(taken)).await;
            assert_eq!(code(refused), ErrorCode::ValidationFailed, "{taken}");
        }
        assert!(guests::upgrade(kv, &second, by("grace")).await.is_ok(), "still a guest until it went well");
    }
}

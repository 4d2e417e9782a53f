use crate::world::{PASSWORD, admin, ask, code, holder, make_agent, person, sign_in, sign_up, worlds};
use kavach_model::account::DeleteAccount;
use kavach_model::audit::AuditKind;
use kavach_model::user::UpdateProfile;
use kavach_model::{ErrorCode, Language, PageRequest, Secret};
use kavach_service::authn::first_password;
use kavach_service::context::RequestContext;
use kavach_service::{Kavach, account, user};
use std::time::Duration;

const READ: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn delete(kv: &Kavach, cx: &RequestContext, name: &str) -> Result<(), kavach_service::Error> {
    account::delete(kv, cx, DeleteAccount { account: name.to_owned() }).await
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_of_the_person_but_the_record() {
    for world in worlds().await {
        let kv = &world.kv;
        admin(kv, "root@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let id = cx.user().unwrap().id;
        let agent = make_agent(kv, &cx, READ).await;
        assert!(ask(kv, agent.token.expose(), "read", "mcp:github:repos").await.allowed);

        assert_eq!(code(delete(kv, &cx, "bob@example.com").await), ErrorCode::ValidationFailed);
        delete(kv, &cx, " ADA@example.com ").await.unwrap();

        assert_eq!(code(sign_in(kv, "ada@example.com", PASSWORD).await), ErrorCode::InvalidCredentials);
        assert!(
            kavach_service::authorize::by_token(
                kv,
                &crate::world::meta(),
                agent.token.expose(),
                crate::world::question(None, "read", "mcp:github:repos"),
            )
            .await
            .is_ok_and(|decision| !decision.allowed)
        );
        let root = sign_in(kv, "root@example.com", PASSWORD).await.unwrap();
        let root = holder(kv, root.token.expose()).await.unwrap();
        let left = user::get(kv, &root, id).await.unwrap();
        assert_eq!((left.email, left.username, left.phone, left.locale), (None, None, None, None));
        assert_eq!(left.name, "Deleted account");
        let shown = serde_json::to_string(&user::list(kv, &root, &PageRequest::default()).await.unwrap());
        assert!(!shown.unwrap().contains("ada@"));
        let filter =
            kavach_model::audit::AuditFilter { kind: Some(AuditKind::UserDeleted), ..Default::default() };
        let records = kavach_service::audit::list(kv, &root, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(records.data.len(), 1);
        // Whoever has the address now may have an account of their own.
        assert_ne!(sign_up(kv, "ada@example.com").await.user.id, id);
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_leave() {
    for world in worlds().await {
        let cx = admin(&world.kv, "root@example.com").await;
        assert_eq!(code(delete(&world.kv, &cx, "root@example.com").await), ErrorCode::Conflict);
        assert!(sign_in(&world.kv, "root@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn leaving_and_taking_along_need_a_fresh_session() {
    for world in worlds().await {
        let signed_in = sign_up(&world.kv, "ada@example.com").await;
        world.clock.advance(Duration::from_secs(3_600));
        let cx = holder(&world.kv, signed_in.token.expose()).await.unwrap();
        let stale = ErrorCode::ReauthenticationRequired;
        assert_eq!(code(delete(&world.kv, &cx, "ada@example.com").await), stale);
        assert_eq!(code(account::export(&world.kv, &cx).await), stale);
        assert_eq!(code(first_password::set(&world.kv, &cx, Secret::new(PASSWORD)).await), stale);
    }
}

#[tokio::test]
async fn an_export_holds_what_is_kept_and_no_secret() {
    for world in worlds().await {
        let kv = &world.kv;
        person(kv, "bob@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &cx, READ).await;
        let export = account::export(kv, &cx).await.unwrap();
        assert_eq!(export.user.email.as_deref(), Some("ada@example.com"));
        assert_eq!(export.agents.len(), 1);
        assert!(export.password.set && !export.password.breached && !export.activity_truncated);
        assert!(export.activity.iter().any(|record| record.event.kind == AuditKind::AgentCreated));
        let text = serde_json::to_string(&export).unwrap();
        for secret in ["kv_sess_", "argon2", agent.token.expose(), "bob@example.com"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn activity_is_of_the_account_alone_and_without_decisions() {
    for world in worlds().await {
        let kv = &world.kv;
        let bob = person(kv, "bob@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &cx, READ).await;
        ask(kv, agent.token.expose(), "read", "mcp:github:repos").await;
        let mut kinds = Vec::new();
        let mut page = PageRequest::new(Some(1), None).unwrap();
        loop {
            let found = account::activity(kv, &cx, &page).await.unwrap();
            kinds.extend(found.data.iter().map(|record| record.event.kind));
            match found.next_cursor {
                Some(cursor) => page = PageRequest::new(Some(1), Some(cursor)).unwrap(),
                None => break,
            }
        }
        assert!(kinds.contains(&AuditKind::UserSignUp) && kinds.contains(&AuditKind::AgentCreated));
        assert!(!kinds.contains(&AuditKind::Decision));
        let others = account::activity(kv, &bob, &PageRequest::default()).await.unwrap();
        assert!(others.data.iter().all(|record| record.event.kind != AuditKind::AgentCreated));
        let nonsense = PageRequest::new(None, Some("x".to_owned())).unwrap();
        assert_eq!(code(account::activity(kv, &cx, &nonsense).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn a_first_password_is_for_accounts_without_one() {
    for world in worlds().await {
        let cx = person(&world.kv, "ada@example.com").await;
        let new = Secret::new("violet-kettle-orbits-slowly");
        assert_eq!(code(first_password::set(&world.kv, &cx, new).await), ErrorCode::Conflict);
        assert!(sign_in(&world.kv, "ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn a_language_is_kept_with_the_account() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        assert_eq!(
            user::choose_language(kv, &cx, Language::Arabic).await.unwrap().locale.as_deref(),
            Some("ar")
        );
        let name = UpdateProfile { name: "Ada".to_owned(), locale: None };
        user::update_profile(kv, &cx, name).await.unwrap();
        let again = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(again.user.locale.as_deref(), Some("ar"), "a change of the name alone leaves it");
    }
}

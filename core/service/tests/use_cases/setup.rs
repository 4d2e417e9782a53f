use crate::world::{anonymous, code, holder, worlds};
use kavach_model::api_key::Scope;
use kavach_model::user::{Role, SetUp};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::{setup, user};
use std::time::Duration;

fn request(token: &str, email: &str) -> SetUp {
    SetUp {
        token: Secret::new(token),
        email: email.to_owned(),
        name: "Ada".to_owned(),
        password: Secret::new("seven-otters-drift-quietly"),
    }
}

async fn token(kv: &kavach_service::Kavach) -> String {
    let link = setup::issue_link(kv).await.unwrap().unwrap();
    link.split_once("token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_link_makes_one_administrator_and_closes() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token(kv).await;
        let tries = (0..8).map(|number| {
            let request = request(&token, &format!("admin{number}@example.com"));
            async { setup::create_admin(kv, &anonymous(kv).await, request).await.ok() }
        });
        let made: Vec<_> = futures::future::join_all(tries).await.into_iter().flatten().collect();
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].user.role, Role::Admin);
        assert!(!setup::is_open(kv).await.unwrap());
        assert_eq!(setup::issue_link(kv).await.unwrap(), None);
        let cx = holder(kv, made[0].token.expose()).await.unwrap();
        assert_eq!(user::list(kv, &cx, &PageRequest::default()).await.unwrap().data.len(), 1);
    }
}

#[tokio::test]
async fn a_refused_set_up_does_not_use_up_the_link() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token(kv).await;
        let mut weak = request(&token, "ada@example.com");
        weak.password = Secret::new("secret123");
        let refused = setup::create_admin(kv, &anonymous(kv).await, weak).await;
        assert_eq!(code(refused), ErrorCode::PasswordBreached);
        let right = request(&token, "ada@example.com");
        assert!(setup::create_admin(kv, &anonymous(kv).await, right).await.is_ok());
    }
}

#[tokio::test]
async fn a_link_of_an_earlier_start_is_worth_nothing_once_there_is_an_administrator() {
    for world in worlds().await {
        let kv = &world.kv;
        let (first, second) = (token(kv).await, token(kv).await);
        setup::create_admin(kv, &anonymous(kv).await, request(&first, "ada@example.com")).await.unwrap();
        let late = setup::create_admin(kv, &anonymous(kv).await, request(&second, "eve@example.com")).await;
        assert_eq!(code(late), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn a_link_expires_after_a_day() {
    for world in worlds().await {
        let kv = &world.kv;
        let token = token(kv).await;
        world.clock.advance(Duration::from_secs(24 * 3_600));
        let late = setup::create_admin(kv, &anonymous(kv).await, request(&token, "ada@example.com")).await;
        assert_eq!(code(late), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn the_command_line_makes_an_administrator_and_a_key() {
    for world in worlds().await {
        let kv = &world.kv;
        assert_eq!(
            code(setup::create_api_key_offline(kv, "ci", &[Scope::UsersRead]).await),
            ErrorCode::Conflict
        );
        let password = || Secret::new("seven-otters-drift-quietly");
        let id = setup::create_admin_offline(kv, "ada@example.com", Some("Ada"), password()).await.unwrap();
        let again = setup::create_admin_offline(kv, "ada@example.com", None, password()).await;
        assert_eq!(code(again), ErrorCode::Conflict);
        let made = setup::create_api_key_offline(kv, "ci", &[Scope::UsersRead]).await.unwrap();
        assert_eq!(made.key.owner_id, id);
        let cx = holder(kv, made.token.expose()).await.unwrap();
        assert!(user::list(kv, &cx, &PageRequest::default()).await.is_ok());
        let filter = kavach_model::audit::AuditFilter::default();
        let without_scope = kavach_service::audit::list(kv, &cx, &filter, &PageRequest::default()).await;
        assert_eq!(code(without_scope), ErrorCode::Forbidden);
    }
}

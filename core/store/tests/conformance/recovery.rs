use crate::world::{NOW, allowance, person, unique, worlds};
use kavach_model::{SessionId, UserId};
use kavach_store::{Claimed, NewOnce, NewSession, NewUser, PasswordCheck};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn a_link_is_looked_at_without_spending_it() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let user = person(&mut tx, "a@example.com").await;
        let link = NewOnce {
            secret_hash: "h",
            purpose: "reset",
            user_id: Some(user),
            payload: "p",
            created_at: NOW,
            expires_at: NOW + DAY,
        };
        tx.insert_once(&link).await.unwrap();
        let found = Some(Claimed { user_id: Some(user), payload: "p".into() });
        assert_eq!(tx.find_once("reset", "h", NOW).await.unwrap(), found);
        assert_eq!(tx.find_once("other", "h", NOW).await.unwrap(), None);
        assert_eq!(tx.find_once("reset", "h", NOW + DAY).await.unwrap(), None);
        assert_eq!(tx.claim_once("reset", "h", NOW).await.unwrap(), found);
        assert_eq!(tx.find_once("reset", "h", NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_password_is_set_where_there_was_none() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let id = UserId::from_parts(NOW, unique());
        assert!(tx.insert_user(&NewUser::named(id, "Somebody", NOW)).await.unwrap());
        assert!(tx.set_password(id, "hash", PasswordCheck::Due, NOW).await.unwrap());
        let row = tx.find_user(id).await.unwrap().unwrap();
        assert_eq!((row.password_hash.as_deref(), row.password_check), (Some("hash"), PasswordCheck::Due));
        assert!(
            !tx.set_password(UserId::from_parts(NOW, unique()), "x", PasswordCheck::Due, NOW).await.unwrap()
        );
    }
}

async fn guest(tx: &mut kavach_store::Conn) -> UserId {
    let id = UserId::from_parts(NOW, unique());
    assert!(tx.insert_user(&NewUser { anonymous: true, ..NewUser::named(id, "Guest", NOW) }).await.unwrap());
    id
}

#[tokio::test]
async fn a_guest_becomes_a_member_once_and_takes_no_address_of_somebody_else() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        person(&mut tx, "held@example.com").await;
        let id = guest(&mut tx).await;
        let new = |email: &'static str, claim: bool| NewUser {
            email: Some(email),
            email_key: claim.then_some(email),
            password_hash: Some("hash"),
            ..NewUser::named(id, "Ada", NOW)
        };
        assert!(!tx.upgrade_guest(&new("held@example.com", true)).await.unwrap());
        assert!(tx.find_user(id).await.unwrap().unwrap().user.anonymous);
        assert!(tx.upgrade_guest(&new("held@example.com", false)).await.unwrap());
        let row = tx.find_user(id).await.unwrap().unwrap();
        assert!(!row.user.anonymous);
        assert_eq!((row.user.name.as_str(), row.password_hash.as_deref()), ("Ada", Some("hash")));
        assert!(!tx.upgrade_guest(&new("free@example.com", true)).await.unwrap(), "no guest any more");
    }
}

#[tokio::test]
async fn guests_are_forgotten_when_nobody_comes_back() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let (gone, here) = (guest(&mut tx).await, guest(&mut tx).await);
        let member = person(&mut tx, "a@example.com").await;
        tx.insert_session(&NewSession {
            id: SessionId::from_parts(NOW, unique()),
            user_id: here,
            token_hash: "t",
            amr: &[],
            created_at: NOW,
            expires_at: NOW + DAY * 2,
            ip: "192.0.2.1",
            user_agent: None,
            pending_until: None,
        })
        .await
        .unwrap();
        assert_eq!(tx.prune_guests(NOW, NOW + DAY).await.unwrap(), 0, "too new");
        assert_eq!(tx.prune_guests(NOW + DAY, NOW + DAY).await.unwrap(), 1);
        assert!(tx.find_user(gone).await.unwrap().is_none());
        assert!(tx.find_user(here).await.unwrap().is_some());
        assert_eq!(tx.prune_guests(NOW + DAY, NOW + DAY * 3).await.unwrap(), 1, "the session is over");
        assert!(tx.find_user(member).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_try_that_did_not_count_is_given_back() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let interval = Duration::from_secs(60);
        for _ in 0..20 {
            assert!(tx.take_rate_limits(&[allowance("k", interval, 5)], NOW).await.unwrap().is_ok());
            tx.return_rate_limit("k", interval).await.unwrap();
        }
        for _ in 0..5 {
            assert!(tx.take_rate_limits(&[allowance("k", interval, 5)], NOW).await.unwrap().is_ok());
        }
        assert!(tx.take_rate_limits(&[allowance("k", interval, 5)], NOW).await.unwrap().is_err());
    }
}

use crate::world::{NOW, World, person, worlds};
use kavach_model::UserId;
use kavach_model::user::UserStatus;
use kavach_store::{NewDeviceGrant, Polled};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const LONGER: Duration = Duration::from_secs(5);
const LIFE: Duration = Duration::from_secs(600);

async fn grant(world: &World, code: &str) -> UserId {
    let mut tx = world.store.write().await.unwrap();
    let user = person(&mut tx, &format!("{code}@example.com")).await;
    let scopes = ["read".to_owned()];
    let new = NewDeviceGrant {
        id: code,
        client_id: "tv",
        scopes: &scopes,
        device_hash: &format!("device-{code}"),
        code_hash: code,
        ip: "192.0.2.7",
        user_agent: None,
        poll_every: LONGER,
        created_at: NOW,
        expires_at: NOW + LIFE,
    };
    assert!(tx.insert_device_grant(&new).await.unwrap());
    assert!(!tx.insert_device_grant(&new).await.unwrap(), "the code is taken");
    tx.commit().await.unwrap();
    user
}

#[tokio::test]
async fn a_code_belongs_to_whoever_looks_first() {
    for world in worlds().await {
        let ada = grant(&world, "a").await;
        let bob = grant(&world, "b").await;
        let mut tx = world.store.write().await.unwrap();
        assert!(tx.find_device_grant("a", "browser", ada, NOW).await.unwrap().is_none(), "not looked at yet");
        let seen = tx.view_device_grant("a", "browser", ada, NOW).await.unwrap().unwrap();
        assert_eq!((seen.client_id.as_str(), seen.scopes.len()), ("tv", 1));
        assert!(tx.view_device_grant("a", "browser", ada, NOW).await.unwrap().is_some(), "again");
        for (viewer, user) in [("other", ada), ("browser", bob), ("other", bob)] {
            assert!(tx.view_device_grant("a", viewer, user, NOW).await.unwrap().is_none());
            assert!(tx.find_device_grant("a", viewer, user, NOW).await.unwrap().is_none());
            assert!(tx.approve_device_grant("a", viewer, user, &[], NOW, NOW).await.unwrap().is_none());
            assert!(tx.deny_device_grant("a", viewer, user, NOW).await.unwrap().is_none());
        }
        assert!(tx.view_device_grant("b", "x", bob, NOW + LIFE).await.unwrap().is_none(), "expired");
    }
}

#[tokio::test]
async fn a_device_that_asks_too_soon_waits_longer_each_time() {
    for world in worlds().await {
        grant(&world, "a").await;
        let mut tx = world.store.write().await.unwrap();
        let mut at = NOW + LONGER;
        for (wait, expected) in [
            (0, Polled::Pending),
            (5, Polled::Pending),
            (4, Polled::TooSoon),
            (9, Polled::TooSoon),
            (15, Polled::Pending),
            (14, Polled::TooSoon),
        ] {
            at = at + SECOND * wait;
            assert_eq!(tx.poll_device_grant("device-a", "tv", LONGER, at).await.unwrap(), expected, "{wait}");
        }
        assert_eq!(tx.poll_device_grant("device-a", "cli", LONGER, at).await.unwrap(), Polled::Unknown);
        assert_eq!(tx.poll_device_grant("device-x", "tv", LONGER, at).await.unwrap(), Polled::Unknown);
        assert_eq!(
            tx.poll_device_grant("device-a", "tv", LONGER, NOW + LIFE).await.unwrap(),
            Polled::Expired
        );
    }
}

#[tokio::test]
async fn of_fifty_parallel_claims_of_a_grant_exactly_one_wins() {
    for world in worlds().await {
        let ada = grant(&world, "a").await;
        let mut tx = world.store.write().await.unwrap();
        tx.view_device_grant("a", "browser", ada, NOW).await.unwrap();
        assert!(tx.claim_device_grant("a", NOW).await.unwrap().is_none(), "nobody said yes");
        let amr = ["pwd".to_owned()];
        assert!(tx.approve_device_grant("a", "browser", ada, &amr, NOW, NOW).await.unwrap().is_some());
        assert!(tx.deny_device_grant("a", "browser", ada, NOW).await.unwrap().is_none(), "answered");
        tx.commit().await.unwrap();
        let claims = (0..50).map(|_| async {
            let mut tx = world.store.write().await.unwrap();
            let claimed = tx.claim_device_grant("a", NOW).await.unwrap();
            tx.commit().await.unwrap();
            claimed
        });
        let won: Vec<_> = futures::future::join_all(claims).await.into_iter().flatten().collect();
        assert_eq!(won.len(), 1);
        assert_eq!((won[0].user_id, won[0].amr.as_slice()), (ada, amr.as_slice()));
        let mut tx = world.store.write().await.unwrap();
        let polled = tx.poll_device_grant("device-a", "tv", LONGER, NOW + LONGER).await.unwrap();
        assert_eq!(polled, Polled::Unknown, "handed over");
    }
}

#[tokio::test]
async fn nobody_gets_what_a_switched_off_account_approved() {
    for world in worlds().await {
        let ada = grant(&world, "a").await;
        let bob = grant(&world, "b").await;
        let mut tx = world.store.write().await.unwrap();
        for (code, user) in [("a", ada), ("b", bob)] {
            tx.view_device_grant(code, "browser", user, NOW).await.unwrap();
            tx.approve_device_grant(code, "browser", user, &[], NOW, NOW).await.unwrap();
        }
        tx.set_user_status(ada, UserStatus::Disabled, NOW).await.unwrap();
        assert!(tx.claim_device_grant("a", NOW).await.unwrap().is_none());
        assert_eq!(tx.revoke_device_grants(bob).await.unwrap(), 1);
        assert_eq!(tx.poll_device_grant("device-b", "tv", LONGER, NOW).await.unwrap(), Polled::Denied);
        assert_eq!(tx.prune_device_grants(NOW + LIFE + SECOND).await.unwrap(), 2);
    }
}

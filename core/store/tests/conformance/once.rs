use crate::world::{NOW, person, worlds};
use kavach_store::{Claimed, NewOnce};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn secret<'a>(hash: &'a str, purpose: &'a str) -> NewOnce<'a> {
    NewOnce {
        secret_hash: hash,
        purpose,
        user_id: None,
        payload: "p",
        created_at: NOW,
        expires_at: NOW + HOUR,
    }
}

#[tokio::test]
async fn of_fifty_parallel_claims_exactly_one_wins() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.insert_once(&secret("h", "link")).await.unwrap();
        tx.commit().await.unwrap();
        let claims = (0..50).map(|_| async {
            let mut tx = world.store.write().await.unwrap();
            let claimed = tx.claim_once("link", "h", NOW).await.unwrap();
            tx.commit().await.unwrap();
            claimed.is_some()
        });
        let won = futures::future::join_all(claims).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn a_secret_is_worth_nothing_for_another_purpose_or_after_its_time() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.insert_once(&secret("h", "link")).await.unwrap();
        assert_eq!(tx.claim_once("setup", "h", NOW).await.unwrap(), None);
        assert_eq!(tx.claim_once("link", "other", NOW).await.unwrap(), None);
        assert_eq!(tx.claim_once("link", "h", NOW + HOUR).await.unwrap(), None);
        let claimed = tx.claim_once("link", "h", NOW).await.unwrap();
        assert_eq!(claimed, Some(Claimed { user_id: None, payload: "p".into() }));
        assert_eq!(tx.claim_once("link", "h", NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_claim_that_is_not_committed_did_not_happen() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.insert_once(&secret("h", "link")).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.write().await.unwrap();
        assert!(tx.claim_once("link", "h", NOW).await.unwrap().is_some());
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        assert!(tx.claim_once("link", "h", NOW).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_persons_unspent_secrets_can_be_taken_away() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let user = person(&mut tx, "a@example.com").await;
        tx.insert_once(&NewOnce { user_id: Some(user), ..secret("mine", "link") }).await.unwrap();
        tx.insert_once(&secret("foreign", "link")).await.unwrap();
        assert_eq!(tx.revoke_once("link", user, NOW).await.unwrap(), 1);
        assert_eq!(tx.claim_once("link", "mine", NOW).await.unwrap(), None);
        assert!(tx.claim_once("link", "foreign", NOW).await.unwrap().is_some());
        assert_eq!(tx.prune_once(NOW + HOUR + HOUR).await.unwrap(), 2);
    }
}

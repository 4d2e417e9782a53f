use crate::world::{NOW, person, unique, worlds};
use kavach_model::{IdentityId, UserId};
use kavach_store::{Belongings, NewIdentity};
use std::time::Duration;

fn identity(user_id: UserId, subject: &str) -> NewIdentity<'_> {
    NewIdentity {
        id: IdentityId::from_parts(NOW, unique()),
        user_id,
        provider: "google",
        issuer: "https://accounts.google.com",
        subject,
        display: "a@example.com",
        created_at: NOW,
    }
}

#[tokio::test]
async fn an_issuer_and_a_subject_are_one_accounts() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let first = person(&mut tx, "a@example.com").await;
        let second = person(&mut tx, "b@example.com").await;
        let linked = identity(first, "1");
        assert!(tx.insert_identity(&linked).await.unwrap());
        assert!(!tx.insert_identity(&identity(second, "1")).await.unwrap());
        assert!(tx.insert_identity(&identity(second, "2")).await.unwrap());
        // The same subject elsewhere is somebody else.
        let elsewhere = NewIdentity { issuer: "https://evil.example", ..identity(second, "1") };
        assert!(tx.insert_identity(&elsewhere).await.unwrap());
        let later = NOW + Duration::from_secs(60);
        let found = tx.use_identity(linked.issuer, "1", later).await.unwrap().unwrap();
        assert_eq!(found.id, first);
        assert!(tx.use_identity(linked.issuer, "3", later).await.unwrap().is_none());
        let listed = tx.list_identities(first).await.unwrap();
        assert_eq!((listed.len(), listed[0].id, listed[0].last_used_at), (1, linked.id, Some(later)));
        assert!(tx.delete_identity(second, linked.id).await.unwrap().is_none());
        assert_eq!(tx.delete_identity(first, linked.id).await.unwrap().unwrap().subject, "1");
        assert!(tx.list_identities(first).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn ways_in_are_counted() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let id = person(&mut tx, "a@example.com").await;
        assert!(tx.hold_user(id).await.unwrap());
        assert_eq!(
            tx.find_belongings(id).await.unwrap(),
            Belongings { password: true, ..Belongings::default() }
        );
        assert!(tx.insert_identity(&identity(id, "1")).await.unwrap());
        assert!(tx.mark_email_verified(id, "a@example.com", NOW).await.unwrap());
        assert_eq!(
            tx.find_belongings(id).await.unwrap(),
            Belongings { identities: 1, password: true, verified_email: true, ..Belongings::default() }
        );
    }
}

#[tokio::test]
async fn what_others_issued_is_spent_once() {
    for world in worlds().await {
        let spends = (0..50).map(|_| async {
            let mut tx = world.store.write().await.unwrap();
            let spent = tx.spend_foreign("captcha", "h", NOW, NOW + Duration::from_secs(60)).await.unwrap();
            tx.commit().await.unwrap();
            spent
        });
        let won = futures::future::join_all(spends).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
    }
}

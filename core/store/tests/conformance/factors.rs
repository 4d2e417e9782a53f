use crate::world::{NOW, person, unique, worlds};
use kavach_model::{PageRequest, PasskeyId, UserId};
use kavach_store::{Conn, NewPasskey, SecondFactors, WaysIn};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn passkey(tx: &mut Conn, user_id: UserId, credential_id: &str) -> PasskeyId {
    let id = PasskeyId::from_parts(NOW, unique());
    let new = NewPasskey {
        id,
        user_id,
        credential_id,
        name: "Key",
        credential: "{}",
        sign_count: 0,
        backed_up: false,
        aaguid: None,
        created_at: NOW,
    };
    assert!(tx.insert_passkey(&new).await.unwrap());
    assert!(
        !tx.insert_passkey(&NewPasskey { id: PasskeyId::from_parts(NOW, unique()), ..new }).await.unwrap()
    );
    id
}

#[tokio::test]
async fn an_app_counts_once_it_was_confirmed_and_its_steps_go_forward_only() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        tx.propose_totp(ada, "one", NOW).await.unwrap();
        assert_eq!(tx.find_totp(ada).await.unwrap(), None);
        assert!(!tx.accept_totp_step(ada, "one", 5).await.unwrap());
        assert_eq!(tx.find_proposed_totp(ada, NOW).await.unwrap(), None);
        assert_eq!(tx.find_proposed_totp(ada, NOW - MINUTE).await.unwrap().as_deref(), Some("one"));
        assert!(!tx.confirm_totp(ada, "other", 5, NOW).await.unwrap());
        assert!(tx.confirm_totp(ada, "one", 5, NOW).await.unwrap());
        assert_eq!(tx.find_totp(ada).await.unwrap().unwrap().secret_sealed, "one");
        for (step, accepted) in [(5, false), (4, false), (6, true), (6, false), (7, true)] {
            assert_eq!(tx.accept_totp_step(ada, "one", step).await.unwrap(), accepted, "{step}");
        }
        // Another that is being set up leaves the first in force.
        tx.propose_totp(ada, "two", NOW).await.unwrap();
        assert_eq!(tx.find_totp(ada).await.unwrap().unwrap().secret_sealed, "one");
        assert!(tx.find_second_factors(ada).await.unwrap().totp);
        assert!(tx.delete_totp(ada).await.unwrap());
        assert!(!tx.delete_totp(ada).await.unwrap());
    }
}

#[tokio::test]
async fn a_backup_code_is_spent_by_its_person_once() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let eve = person(&mut tx, "eve@example.com").await;
        tx.replace_backup_codes(ada, &["a".to_owned(), "b".to_owned()], NOW).await.unwrap();
        assert!(tx.has_backup_code(ada, "a").await.unwrap());
        assert!(!tx.consume_backup_code(eve, "a", NOW).await.unwrap());
        assert!(tx.consume_backup_code(ada, "a", NOW).await.unwrap());
        assert!(!tx.consume_backup_code(ada, "a", NOW).await.unwrap());
        assert_eq!(tx.count_backup_codes(ada).await.unwrap(), 1);
        tx.replace_backup_codes(ada, &["c".to_owned()], NOW).await.unwrap();
        assert!(!tx.has_backup_code(ada, "b").await.unwrap());
        let factors = tx.find_second_factors(ada).await.unwrap();
        assert_eq!(factors, SecondFactors { backup_codes: true, ..SecondFactors::default() });
    }
}

#[tokio::test]
async fn a_passkeys_counter_goes_forward_or_counts_nothing() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let id = passkey(&mut tx, ada, "credential").await;
        for (count, accepted) in
            [(0, true), (0, true), (3, true), (3, false), (2, false), (0, false), (4, true)]
        {
            assert_eq!(tx.use_passkey(id, count, true, NOW).await.unwrap(), accepted, "{count}");
        }
        let row = tx.find_passkey("credential").await.unwrap().unwrap();
        assert_eq!((row.user_id, row.backed_up, row.last_used_at), (ada, true, Some(NOW)));
        assert_eq!(tx.find_passkey("other").await.unwrap(), None);
    }
}

#[tokio::test]
async fn passkeys_are_their_owners_and_ways_in_are_counted() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let eve = person(&mut tx, "eve@example.com").await;
        let id = passkey(&mut tx, ada, "credential").await;
        assert_eq!(tx.rename_passkey(eve, id, "Mine").await.unwrap(), None);
        assert_eq!(tx.rename_passkey(ada, id, "Blue").await.unwrap().unwrap().name, "Blue");
        assert_eq!(tx.list_passkeys(ada, &PageRequest::default()).await.unwrap().data.len(), 1);
        let ways = tx.hold_ways_in(ada).await.unwrap();
        assert_eq!(ways, WaysIn { email_password: true, passkeys: 1, ..WaysIn::default() });
        assert!(!tx.delete_passkey(eve, id).await.unwrap());
        assert!(tx.delete_passkey(ada, id).await.unwrap());
        assert_eq!(tx.hold_ways_in(ada).await.unwrap().passkeys, 0);
    }
}

#[tokio::test]
async fn a_secret_that_is_looked_at_is_not_spent() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let new = kavach_store::NewOnce {
            secret_hash: "h",
            purpose: "p",
            user_id: None,
            payload: "x",
            created_at: NOW,
            expires_at: NOW + MINUTE,
        };
        tx.insert_once(&new).await.unwrap();
        assert_eq!(tx.find_once("p", "h", NOW).await.unwrap().unwrap().payload, "x");
        assert_eq!(tx.find_once("q", "h", NOW).await.unwrap(), None);
        assert_eq!(tx.find_once("p", "h", NOW + MINUTE).await.unwrap(), None);
        assert!(tx.claim_once("p", "h", NOW).await.unwrap().is_some());
        assert_eq!(tx.find_once("p", "h", NOW).await.unwrap(), None);
    }
}

use crate::world::{NOW, person, unmigrated, worlds};
use kavach_store::{LATEST_MIGRATION, Store, StoreError};
use std::time::Duration;

#[tokio::test]
async fn migrating_twice_is_migrating_once() {
    for world in worlds().await {
        world.store.migrate(NOW).await.unwrap();
        assert_eq!(world.store.schema_version().await.unwrap(), LATEST_MIGRATION);
    }
}

#[tokio::test]
async fn two_processes_migrating_at_once_both_succeed() {
    for world in unmigrated().await {
        let other = Store::connect(&world.url, 2).await.unwrap();
        let (one, two) = tokio::join!(world.store.migrate(NOW), other.migrate(NOW));
        one.unwrap();
        two.unwrap();
        assert_eq!(other.schema_version().await.unwrap(), LATEST_MIGRATION);
    }
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_as_it_was() {
    for world in worlds().await {
        world.store.pretend_migration(LATEST_MIGRATION + 1, "from_the_future").await.unwrap();
        let error = world.store.migrate(NOW).await.unwrap_err();
        assert!(matches!(error, StoreError::Migration(_)), "{error}");
        assert!(error.to_string().contains("newer"), "{error}");
        assert_eq!(world.store.schema_version().await.unwrap(), LATEST_MIGRATION + 1);
    }
}

#[tokio::test]
async fn a_database_made_with_the_first_text_of_sign_in_comes_along() {
    for world in worlds().await {
        world.store.tamper("take back what came after migration 9").await.unwrap();
        world.store.tamper("go back to the first text of migration 7").await.unwrap();
        world.store.migrate(NOW).await.unwrap();
        assert_eq!(world.store.schema_version().await.unwrap(), LATEST_MIGRATION);
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        tx.propose_totp(ada, "one", NOW).await.unwrap();
        assert!(tx.confirm_totp(ada, "one", 5, NOW).await.unwrap());
    }
}

#[tokio::test]
async fn a_database_made_with_the_second_text_of_sign_in_keeps_the_apps_that_count() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let ben = person(&mut tx, "ben@example.com").await;
        tx.propose_totp(ada, "one", NOW).await.unwrap();
        assert!(tx.confirm_totp(ada, "one", 5, NOW).await.unwrap());
        tx.propose_totp(ben, "two", NOW).await.unwrap();
        tx.commit().await.unwrap();
        world.store.tamper("take back what came after migration 9").await.unwrap();
        world.store.tamper("go back to the second text of migration 7").await.unwrap();
        world.store.migrate(NOW).await.unwrap();
        assert_eq!(world.store.schema_version().await.unwrap(), LATEST_MIGRATION);
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(tx.find_totp(ada).await.unwrap().unwrap().secret_sealed, "one");
        assert!(!tx.accept_totp_step(ada, "one", 5).await.unwrap());
        assert!(tx.accept_totp_step(ada, "one", 6).await.unwrap());
        assert_eq!(tx.find_proposed_totp(ben, NOW - Duration::from_secs(60)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_database_made_with_a_text_nobody_knows_is_refused() {
    for world in worlds().await {
        world.store.tamper("change the text of migration 3").await.unwrap();
        let error = world.store.migrate(NOW).await.unwrap_err();
        assert!(error.to_string().contains("migration 3 (usage) was applied with another text"), "{error}");
    }
}

use crate::world::{NOW, unmigrated, worlds};
use kavach_store::{LATEST_MIGRATION, Store, StoreError};

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

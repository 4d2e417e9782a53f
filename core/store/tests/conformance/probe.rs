use crate::world::{NOW, worlds};

#[tokio::test]
async fn a_probe_is_written_as_often_as_one_likes() {
    for world in worlds().await {
        for _ in 0..3 {
            let mut tx = world.store.write().await.unwrap();
            tx.write_probe(NOW).await.unwrap();
            tx.commit().await.unwrap();
        }
    }
}

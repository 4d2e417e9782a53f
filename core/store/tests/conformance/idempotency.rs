use crate::world::{NOW, worlds};
use kavach_store::{Begun, NewAttempt};
use std::time::Duration;

const AT_ONCE: Duration = Duration::ZERO;
const SECOND: Duration = Duration::from_secs(1);
const HELD: Duration = Duration::from_secs(60);
const KEPT: Duration = Duration::from_secs(3_600);

fn attempt<'a>(attempt: &'a str, request: &'a str, after: Duration) -> NewAttempt<'a> {
    let now = NOW + after;
    NewAttempt {
        key_hash: "k",
        fingerprint_sealed: request,
        attempt,
        now,
        held_until: now + HELD,
        expires_at: now + KEPT,
    }
}

fn known(request: &str, answer: Option<&str>) -> Begun {
    Begun::Known {
        fingerprint_sealed: request.into(),
        answer_sealed: answer.map(str::to_owned),
        held_until: NOW + HELD,
    }
}

#[tokio::test]
async fn a_key_has_one_holder_and_then_one_answer() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(tx.begin_idempotent(&attempt("a", "f", AT_ONCE)).await.unwrap(), Begun::Fresh);
        assert_eq!(tx.begin_idempotent(&attempt("b", "g", SECOND)).await.unwrap(), known("f", None));
        assert!(!tx.answer_idempotent("k", "b", "stolen").await.unwrap());
        assert!(!tx.abandon_idempotent("k", "b").await.unwrap());
        assert!(tx.answer_idempotent("k", "a", "answer").await.unwrap());
        assert!(!tx.answer_idempotent("k", "a", "another").await.unwrap());
        assert!(!tx.abandon_idempotent("k", "a").await.unwrap(), "what was answered stays");
        let later = attempt("c", "g", HELD * 2);
        assert_eq!(tx.begin_idempotent(&later).await.unwrap(), known("f", Some("answer")));
        assert_eq!(tx.begin_idempotent(&attempt("d", "g", KEPT)).await.unwrap(), Begun::Fresh);
        assert_eq!(tx.prune_idempotent(NOW + KEPT * 3).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_key_that_was_let_go_of_is_free() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.begin_idempotent(&attempt("a", "f", AT_ONCE)).await.unwrap();
        assert!(tx.abandon_idempotent("k", "a").await.unwrap());
        assert_eq!(tx.begin_idempotent(&attempt("b", "g", SECOND)).await.unwrap(), Begun::Fresh);
    }
}

#[tokio::test]
async fn whoever_held_a_key_too_long_cannot_answer_any_more() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.begin_idempotent(&attempt("a", "f", AT_ONCE)).await.unwrap();
        assert_eq!(tx.begin_idempotent(&attempt("b", "f", HELD)).await.unwrap(), Begun::Fresh);
        assert!(!tx.answer_idempotent("k", "a", "late").await.unwrap());
        assert!(!tx.abandon_idempotent("k", "a").await.unwrap());
        assert!(tx.answer_idempotent("k", "b", "answer").await.unwrap());
    }
}

#[tokio::test]
async fn an_answer_that_is_not_committed_was_not_given() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.begin_idempotent(&attempt("a", "f", AT_ONCE)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.write().await.unwrap();
        assert!(tx.answer_idempotent("k", "a", "lost").await.unwrap());
        drop(tx);
        let mut tx = world.store.write().await.unwrap();
        assert!(tx.abandon_idempotent("k", "a").await.unwrap());
        assert_eq!(tx.begin_idempotent(&attempt("b", "f", SECOND)).await.unwrap(), Begun::Fresh);
    }
}

#[tokio::test]
async fn of_many_attempts_at_once_one_holds_the_key() {
    for world in worlds().await {
        let names: Vec<String> = (0..20).map(|number| format!("attempt {number}")).collect();
        let begins = names.iter().map(|name| async {
            let mut tx = world.store.write().await.unwrap();
            let begun = tx.begin_idempotent(&attempt(name, "f", SECOND)).await.unwrap();
            tx.commit().await.unwrap();
            begun == Begun::Fresh
        });
        let fresh = futures::future::join_all(begins).await.into_iter().filter(|fresh| *fresh).count();
        assert_eq!(fresh, 1);
    }
}

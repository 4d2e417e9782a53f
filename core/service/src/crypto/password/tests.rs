//! Passwords that are hashed and verified as they were typed, whole.

use super::*;
use crate::rng::SeededRng;
use std::pin::pin;

const CHEAP: Cost = Cost { memory_kib: 64, passes: 1 };

fn hasher(cost: Cost) -> PasswordHasher {
    PasswordHasher::with_cost(1, Arc::new(SeededRng::new(1)), cost).unwrap()
}

async fn matches(stored: &str, typed: &str) -> bool {
    let hasher = hasher(CHEAP);
    let phc = hasher.hash(Secret::new(stored)).await.unwrap();
    hasher.verify(Secret::new(typed), Some(phc)).await.unwrap().ok
}

#[tokio::test]
async fn the_stored_hash_names_its_parameters() {
    let hasher = PasswordHasher::new(1, Arc::new(SeededRng::new(1))).unwrap();
    let phc = hasher.hash(Secret::new("correct horse battery staple")).await.unwrap();
    assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
    assert!(!hasher.needs_rehash(&phc));
    let verified = hasher.verify(Secret::new("correct horse battery staple"), Some(phc)).await;
    assert_eq!(verified, Ok(Verified { ok: true, rehash: false }));
}

#[tokio::test]
async fn the_whole_password_is_verified() {
    let long = |last: char| format!("{}{last}", "X".repeat(72));
    assert!(matches(&long('a'), &long('a')).await);
    assert!(!matches(&long('a'), &long('b')).await);
    let longest = |last: char| format!("{}{last}", "🦀".repeat(MAX_CHARS - 1));
    assert!(matches(&longest('a'), &longest('a')).await);
    assert!(!matches(&longest('a'), &longest('b')).await);
    assert!(!matches("before\0after", "before\0other").await);
    assert!(!matches("  two spaces", "two spaces").await);
}

#[tokio::test]
async fn two_ways_to_type_a_character_are_one_password() {
    assert!(matches("caf\u{e9} on the corner", "cafe\u{301} on the corner").await);
    assert!(matches("caf\u{e9} on the corner", "cafe\u{301} on\u{a0}the corner").await);
    assert!(!matches("caf\u{e9} on the corner", "cafe on the corner").await);
    assert!(!matches("Capital", "capital").await);
}

#[tokio::test]
async fn a_password_too_long_is_refused_before_hashing() {
    let hasher = hasher(CHEAP);
    for long in ["x".repeat(MAX_CHARS + 1), "x".repeat(1_000_000), "\u{fdfa}".repeat(100)] {
        assert_eq!(hasher.hash(Secret::new(&long)).await, Err(HashError::TooLong));
        let verified = hasher.verify(Secret::new(&long), None).await;
        assert_eq!(verified, Ok(Verified { ok: false, rehash: false }));
    }
    assert!(hasher.hash(Secret::new("x".repeat(MAX_CHARS))).await.is_ok());
}

#[tokio::test]
async fn an_unknown_person_is_a_no_like_any_other() {
    let verified = hasher(CHEAP).verify(Secret::new("anything at all"), None).await;
    assert_eq!(verified, Ok(Verified { ok: false, rehash: false }));
}

#[tokio::test]
async fn a_hash_of_other_parameters_verifies_and_is_due_for_rehashing() {
    let older = hasher(Cost { memory_kib: 32, passes: 1 }).hash(Secret::new("the same")).await.unwrap();
    let hasher = hasher(CHEAP);
    assert!(hasher.needs_rehash(&older));
    let right = hasher.verify(Secret::new("the same"), Some(older.clone())).await;
    assert_eq!(right, Ok(Verified { ok: true, rehash: true }));
    let wrong = hasher.verify(Secret::new("another"), Some(older)).await;
    assert_eq!(wrong, Ok(Verified { ok: false, rehash: false }));
}

#[tokio::test]
async fn a_hash_of_another_implementation_verifies() {
    // echo -n "correct horse battery staple" | argon2 somesaltsomesalt -id -t 2 -k 19456 -p 1 -e
    let hasher = hasher(CHEAP);
    let phc = reference_hash();
    let right = hasher.verify(Secret::new("correct horse battery staple"), Some(phc.to_owned())).await;
    assert_eq!(right, Ok(Verified { ok: true, rehash: true }));
}

fn reference_hash() -> &'static str {
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$ISO7kkvFzh19GM8qB7patN3C3Y9HHsjlVTfEZ9T600Y"
}

#[tokio::test]
async fn a_malformed_or_ruinous_stored_hash_is_an_error_not_a_match() {
    let hasher = hasher(CHEAP);
    let phc = hasher.hash(Secret::new("password")).await.unwrap();
    let ruinous = phc.replace("m=64,", "m=4294967295,");
    for bad in ["", "password", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", ruinous.as_str()] {
        let verified = hasher.verify(Secret::new("password"), Some(bad.to_owned())).await;
        assert_eq!(verified, Err(HashError::Malformed), "{bad}");
    }
}

/// Everybody there is room for.
async fn fill(hasher: &PasswordHasher) -> Vec<Admission<'_>> {
    let mut inside = Vec::new();
    for _ in 0..PasswordHasher::PLACES {
        inside.push(hasher.admit().await.unwrap());
    }
    inside
}

#[tokio::test]
async fn as_many_are_let_in_as_there_are_places_then_one_for_each_that_leaves() {
    let hasher = hasher(CHEAP);
    let mut inside = fill(&hasher).await;
    let mut first = pin!(hasher.admit());
    let mut second = pin!(hasher.admit());
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    inside.pop();
    assert!(futures::poll!(&mut second).is_pending(), "whoever came first goes first");
    assert!(first.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn who_waits_too_long_is_told_to_come_back() {
    let hasher = hasher(CHEAP);
    let mut inside = fill(&hasher).await;
    assert!(matches!(hasher.admit().await, Err(HashError::Busy)));
    inside.clear();
    assert!(hasher.admit().await.is_ok());
}

#[tokio::test]
async fn where_too_many_wait_the_next_is_told_at_once() {
    let hasher = hasher(CHEAP);
    let _inside = fill(&hasher).await;
    let mut waiting: Vec<_> = (0..PasswordHasher::WAITING_ROOM).map(|_| Box::pin(hasher.admit())).collect();
    for admission in &mut waiting {
        assert!(futures::poll!(admission).is_pending());
    }
    assert_eq!(hasher.waiting_outside(), PasswordHasher::WAITING_ROOM);
    assert!(matches!(hasher.admit().await, Err(HashError::Busy)));
    waiting.pop();
    assert!(futures::poll!(pin!(hasher.admit())).is_pending(), "a seat is free again");
}

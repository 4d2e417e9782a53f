use crate::world::{NOW, worlds};
use kavach_store::{Charge, Window};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn charge(key: &str, limit: u64, amount: u64, window: Window) -> Charge {
    Charge { key: key.to_owned(), limit, amount, window }
}

#[tokio::test]
async fn charges_are_taken_together_or_not_at_all() {
    for world in worlds().await {
        let calls = charge("calls", 10, 1, Window::SlidingHour);
        let uses = charge("uses", 2, 1, Window::Forever);
        let units = charge("units", 100, 60, Window::Since(NOW));
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(tx.charge(&[calls.clone(), units.clone()], NOW).await.unwrap(), None);
        // The units are not there, so neither the call nor the use counts.
        for _ in 0..5 {
            let all = [calls.clone(), uses.clone(), units.clone()];
            assert_eq!(tx.charge(&all, NOW).await.unwrap(), Some(2));
        }
        for _ in 0..2 {
            assert_eq!(tx.charge(&[calls.clone(), uses.clone()], NOW).await.unwrap(), None);
        }
        assert_eq!(tx.charge(&[calls.clone(), uses], NOW).await.unwrap(), Some(1));
        let seven = charge("calls", 10, 7, Window::SlidingHour);
        assert_eq!(tx.charge(&[seven], NOW).await.unwrap(), None);
        assert_eq!(tx.charge(&[calls], NOW).await.unwrap(), Some(0));
    }
}

#[tokio::test]
async fn the_same_count_may_be_charged_twice_in_one_call() {
    for world in worlds().await {
        let twice = [charge("k", 3, 2, Window::Forever), charge("k", 3, 2, Window::Forever)];
        let mut tx = world.store.write().await.unwrap();
        assert_eq!(tx.charge(&twice, NOW).await.unwrap(), Some(1));
        assert_eq!(tx.charge(&twice[..1], NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn no_hour_sees_more_than_its_limit() {
    for world in worlds().await {
        let one = [charge("k", 2, 1, Window::SlidingHour)];
        let mut tx = world.store.write().await.unwrap();
        for (minutes, taken) in
            [(0, true), (30, true), (59, false), (60, false), (61, true), (90, false), (91, true)]
        {
            let found = tx.charge(&one, NOW + MINUTE * minutes).await.unwrap();
            assert_eq!(found.is_none(), taken, "after {minutes} minutes");
        }
    }
}

#[tokio::test]
async fn a_period_begins_with_nothing_used() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let today = [charge("k", 1, 1, Window::Since(NOW))];
        let tomorrow = [charge("k", 1, 1, Window::Since(NOW + MINUTE * 1_440))];
        assert_eq!(tx.charge(&today, NOW).await.unwrap(), None);
        assert_eq!(tx.charge(&today, NOW).await.unwrap(), Some(0));
        assert_eq!(tx.charge(&tomorrow, NOW + MINUTE * 1_440).await.unwrap(), None);
    }
}

#[tokio::test]
async fn parallel_charges_cannot_exceed_a_limit() {
    for world in worlds().await {
        let calls = (0..40).map(|number| {
            let store = world.store.clone();
            async move {
                // In either order: transactions that want the same two counts must not wait for each other for ever.
                let mut both = [charge("a", 7, 1, Window::Forever), charge("b", 9, 1, Window::SlidingHour)];
                if number % 2 == 0 {
                    both.reverse();
                }
                let mut tx = store.write().await.unwrap();
                let exceeded = tx.charge(&both, NOW).await.unwrap();
                tx.commit().await.unwrap();
                exceeded.is_none()
            }
        });
        let taken = futures::future::join_all(calls).await.into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 7);
    }
}

#[tokio::test]
async fn what_is_over_is_forgotten_and_uses_are_not() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let uses = [charge("uses", 1, 1, Window::Forever)];
        let calls = [charge("calls", 1, 1, Window::SlidingHour)];
        assert_eq!(tx.charge(&uses, NOW).await.unwrap(), None);
        assert_eq!(tx.charge(&calls, NOW).await.unwrap(), None);
        tx.prune_usage(NOW + MINUTE).await.unwrap();
        assert_eq!(tx.charge(&uses, NOW).await.unwrap(), Some(0));
        assert_eq!(tx.charge(&calls, NOW).await.unwrap(), None);
    }
}

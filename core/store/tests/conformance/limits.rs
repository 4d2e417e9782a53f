use crate::world::{NOW, allowance, unique, worlds};
use kavach_model::id::MessageId;
use kavach_store::{Channel, NewMessage};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn an_allowance_is_a_burst_that_refills_steadily() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        for _ in 0..3 {
            assert_eq!(tx.take_rate_limits(&[allowance("k", SECOND, 3)], NOW).await.unwrap(), Ok(()));
        }
        let wait = tx.take_rate_limits(&[allowance("k", SECOND, 3)], NOW).await.unwrap().unwrap_err();
        assert_eq!(wait, SECOND);
        assert_eq!(tx.take_rate_limits(&[allowance("k", SECOND, 3)], NOW + SECOND).await.unwrap(), Ok(()));
        assert!(tx.take_rate_limits(&[allowance("k", SECOND, 3)], NOW + SECOND).await.unwrap().is_err());
        assert_eq!(tx.take_rate_limits(&[allowance("other", SECOND, 1)], NOW).await.unwrap(), Ok(()));
        tx.clear_rate_limit("k").await.unwrap();
        assert_eq!(tx.take_rate_limits(&[allowance("k", SECOND, 1)], NOW).await.unwrap(), Ok(()));
        assert_eq!(tx.prune_rate_limits(NOW + SECOND * 60).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn one_is_taken_of_every_key_or_of_none() {
    for world in worlds().await {
        let wanted =
            [allowance("wide", SECOND, 9), allowance("narrow", SECOND * 4, 2), allowance("b", SECOND, 9)];
        let mut conn = world.store.write_count().await.unwrap();
        for _ in 0..2 {
            assert_eq!(conn.take_rate_limits(&wanted, NOW).await.unwrap(), Ok(()));
        }
        for _ in 0..20 {
            assert_eq!(conn.take_rate_limits(&wanted, NOW).await.unwrap(), Err(SECOND * 4));
        }
        for _ in 0..7 {
            let wide = [allowance("wide", SECOND, 9)];
            assert_eq!(
                conn.take_rate_limits(&wide, NOW).await.unwrap(),
                Ok(()),
                "what was refused cost nothing"
            );
        }
        assert_eq!(conn.take_rate_limits(&wanted, NOW + SECOND * 3).await.unwrap(), Err(SECOND));
        assert_eq!(conn.take_rate_limits(&wanted, NOW + SECOND * 4).await.unwrap(), Ok(()));
        assert_eq!(conn.take_rate_limits(&[], NOW).await.unwrap(), Ok(()));
    }
}

#[tokio::test]
async fn parallel_attempts_cannot_exceed_an_allowance() {
    for world in worlds().await {
        let attempts = (0..40).map(|number| {
            let store = &world.store;
            async move {
                // Named in different orders: nobody waits for somebody who waits for them.
                let mut wanted = [allowance("k", SECOND, 5), allowance("wide", SECOND, 90)];
                if number % 2 == 0 {
                    wanted.reverse();
                }
                let mut conn = store.write_count().await.unwrap();
                conn.take_rate_limits(&wanted, NOW).await.unwrap().is_ok()
            }
        });
        let taken = futures::future::join_all(attempts).await.into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 5);
    }
}

#[tokio::test]
async fn a_message_is_leased_to_one_sender_at_a_time() {
    for world in worlds().await {
        let id = MessageId::from_parts(NOW, unique());
        let waiting = MessageId::from_parts(NOW + SECOND, unique());
        let mut tx = world.store.write().await.unwrap();
        let hook = MessageId::from_parts(NOW, unique());
        let mail = NewMessage {
            id,
            channel: Channel::Mail,
            kind: "verify_email",
            recipient: "a@example.com",
            body_sealed: "sealed",
            due: true,
        };
        tx.insert_message(&mail, NOW).await.unwrap();
        tx.insert_message(&NewMessage { id: waiting, due: false, ..mail }, NOW).await.unwrap();
        tx.insert_message(&NewMessage { id: hook, channel: Channel::Webhook, ..mail }, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let leases = (0..10).map(|_| async {
            let mut tx = world.store.write().await.unwrap();
            let leased = tx.lease_messages(Channel::Mail, NOW, NOW + SECOND * 60, 10).await.unwrap();
            tx.commit().await.unwrap();
            leased.len()
        });
        assert_eq!(futures::future::join_all(leases).await.into_iter().sum::<usize>(), 1);
        let mut tx = world.store.write().await.unwrap();
        tx.postpone_message(id, "451 later", Some(NOW + SECOND), NOW).await.unwrap();
        let again = tx.lease_messages(Channel::Mail, NOW + SECOND, NOW + SECOND * 60, 10).await.unwrap();
        assert_eq!(again.iter().map(|message| message.attempts).collect::<Vec<_>>(), [2]);
        tx.settle_message(id, NOW).await.unwrap();
        assert!(
            tx.lease_messages(Channel::Mail, NOW + SECOND * 900, NOW + SECOND * 999, 10)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(tx.is_message_due(Channel::Webhook, NOW).await.unwrap());
        assert!(!tx.is_message_due(Channel::Logout, NOW).await.unwrap());
        let hooks = tx.lease_messages(Channel::Webhook, NOW, NOW + SECOND * 60, 10).await.unwrap();
        assert_eq!(hooks.iter().map(|message| message.id).collect::<Vec<_>>(), [hook]);
        let recent = tx.recent_messages(Channel::Mail, 10).await.unwrap();
        assert_eq!(recent.iter().map(|message| message.id).collect::<Vec<_>>(), [waiting, id]);
        assert_eq!(recent[1].body_sealed, "", "a delivered message forgets what it said");
        assert_eq!(tx.prune_messages(NOW + SECOND).await.unwrap(), 3);
    }
}

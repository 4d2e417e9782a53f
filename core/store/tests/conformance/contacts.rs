use crate::world::{NOW, person, worlds};
use kavach_model::delivery::{Channel, DeliveryState};
use kavach_model::email::EmailAddress;
use kavach_model::id::MessageId;
use kavach_model::{PageRequest, Timestamp, UserId};
use kavach_store::{Conn, NewChallenge, NewMessage, NewOnce, NewUser};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn address(text: &str) -> EmailAddress {
    EmailAddress { display: text.to_owned(), key: text.to_owned() }
}

async fn by_phone(tx: &mut Conn, phone: &str) -> UserId {
    let id = UserId::from_parts(NOW, [9; 10]);
    assert!(tx.insert_user(&NewUser { phone: Some(phone), ..NewUser::named(id, phone, NOW) }).await.unwrap());
    id
}

#[tokio::test]
async fn what_was_set_before_an_address_was_proven_is_dropped_once() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let id = person(&mut tx, "ada@example.com").await;
        tx.change_phone(id, "+4915123456789", NOW).await.unwrap();
        tx.insert_once(&NewOnce {
            secret_hash: "h",
            purpose: "reset",
            user_id: Some(id),
            payload: "",
            created_at: NOW,
            expires_at: NOW + HOUR,
        })
        .await
        .unwrap();
        assert!(!tx.drop_unproven(id, "other@example.com", NOW).await.unwrap());
        assert!(tx.drop_unproven(id, "ada@example.com", NOW).await.unwrap());
        let row = tx.find_user(id).await.unwrap().unwrap();
        assert!(row.user.email_verified);
        assert_eq!((row.password_hash, row.user.phone), (None, None));
        assert_eq!(tx.claim_once("reset", "h", NOW).await.unwrap(), None);
        assert!(!tx.drop_unproven(id, "ada@example.com", NOW).await.unwrap());
    }
}

#[tokio::test]
async fn an_address_moves_only_from_whoever_never_proved_it() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let squatter = person(&mut tx, "new@example.com").await;
        assert!(tx.change_email(ada, &address("new@example.com"), NOW).await.unwrap());
        let held = tx.find_user_by_email("new@example.com").await.unwrap().unwrap();
        assert_eq!((held.user.id, held.user.email_verified), (ada, true));
        assert!(tx.find_user_by_email("ada@example.com").await.unwrap().is_none());
        // The other way round it is held by somebody who has proven it.
        assert!(!tx.change_email(squatter, &address("new@example.com"), NOW).await.unwrap());
    }
}

#[tokio::test]
async fn a_number_belongs_to_one_account_and_the_last_way_in_stays() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let ada = person(&mut tx, "ada@example.com").await;
        let by_phone = by_phone(&mut tx, "+4915123456789").await;
        assert!(!tx.change_phone(ada, "+4915123456789", NOW).await.unwrap());
        assert!(!tx.remove_phone(by_phone, NOW).await.unwrap());
        assert!(tx.change_phone(ada, "+14155552671", NOW).await.unwrap());
        assert!(tx.remove_phone(ada, NOW).await.unwrap());
        assert!(!tx.remove_phone(ada, NOW).await.unwrap());
    }
}

fn message(channel: Channel, number: u8, due: bool) -> NewMessage<'static> {
    NewMessage {
        id: MessageId::from_parts(NOW, [number; 10]),
        channel,
        kind: "phone_otp",
        recipient: "+4915123456789",
        body_sealed: "sealed",
        due,
    }
}

#[tokio::test]
async fn deliveries_say_what_became_of_them_and_dead_ones_come_back() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let [held, waiting, sent, dead] = [1, 2, 3, 4].map(|number| MessageId::from_parts(NOW, [number; 10]));
        for (number, due) in [(1, false), (2, true), (3, true), (4, true)] {
            tx.insert_message(&message(Channel::Sms, number, due), NOW).await.unwrap();
        }
        tx.settle_message(sent, NOW).await.unwrap();
        tx.postpone_message(dead, "550 no", None, NOW).await.unwrap();
        let page = PageRequest::default();
        for (state, id) in [
            (DeliveryState::Held, held),
            (DeliveryState::Waiting, waiting),
            (DeliveryState::Sent, sent),
            (DeliveryState::Dead, dead),
        ] {
            let found = tx.list_deliveries(Some(state), &page).await.unwrap().data;
            let found: Vec<_> = found.iter().map(|delivery| (delivery.id, delivery.state)).collect();
            assert_eq!(found, [(id, state)]);
        }
        assert_eq!(tx.list_deliveries(None, &page).await.unwrap().data.len(), 4);
        assert_eq!(tx.revive_message(sent, NOW).await.unwrap(), None);
        assert_eq!(tx.revive_message(dead, NOW).await.unwrap(), Some(Channel::Sms));
        let due = tx.lease_messages(Channel::Sms, NOW, NOW + HOUR, 10).await.unwrap();
        assert_eq!(due.iter().filter(|row| row.id == dead && row.attempts == 1).count(), 1);
    }
}

fn challenge<'a>(id: &'a str, link: Option<&'a str>, expires_at: Timestamp) -> NewChallenge<'a> {
    NewChallenge {
        id,
        purpose: "email_otp",
        user_id: None,
        recipient: "ada@example.com",
        code_hash: "code",
        link_hash: link,
        binding: None,
        payload: "",
        created_at: NOW,
        expires_at,
    }
}

#[tokio::test]
async fn a_challenge_is_tried_so_often_and_spent_once_and_its_link_is_looked_at_freely() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        tx.insert_challenge(&challenge("one", Some("link"), NOW + HOUR)).await.unwrap();
        for _ in 0..5 {
            assert!(tx.try_challenge("email_otp", "one", 5, NOW).await.unwrap().is_some());
        }
        assert!(tx.try_challenge("email_otp", "one", 5, NOW).await.unwrap().is_none());
        assert!(tx.try_challenge("phone_otp", "one", 9, NOW).await.unwrap().is_none());
        for _ in 0..10 {
            assert!(tx.find_challenge_by_link("email_otp", "link", NOW).await.unwrap().is_some());
        }
        assert!(tx.consume_challenge("email_otp", "one", NOW).await.unwrap());
        assert!(!tx.consume_challenge("email_otp", "one", NOW).await.unwrap());
        assert!(tx.find_challenge_by_link("email_otp", "link", NOW).await.unwrap().is_none());
        tx.insert_challenge(&challenge("two", None, NOW + HOUR)).await.unwrap();
        assert!(tx.try_challenge("email_otp", "two", 5, NOW + HOUR).await.unwrap().is_none());
        assert_eq!(tx.revoke_challenges("email_otp", "ada@example.com", NOW).await.unwrap(), 1);
        assert!(!tx.consume_challenge("email_otp", "two", NOW).await.unwrap());
    }
}

use crate::world::{NOW, person, unique, worlds};
use kavach_model::api_key::{ApiKey, Scope};
use kavach_model::user::Role;
use kavach_model::{ApiKeyId, PageRequest, SessionId, UserId};
use kavach_store::{NewSession, NewUser, PasswordCheck};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn page(limit: u32, cursor: Option<String>) -> PageRequest {
    PageRequest::new(Some(limit), cursor).unwrap()
}

#[tokio::test]
async fn an_address_is_held_by_one_account() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let first = person(&mut tx, "a@example.com").await;
        let second = UserId::from_parts(NOW, unique());
        let new = NewUser {
            email: Some("A@example.com"),
            email_key: Some("a@example.com"),
            role: Role::Admin,
            password_hash: Some("x"),
            password_check: PasswordCheck::Due,
            ..NewUser::named(second, "B", NOW)
        };
        assert!(!tx.insert_user(&new).await.unwrap());
        assert!(tx.find_user(second).await.unwrap().is_none());
        assert!(tx.insert_user(&NewUser { email_key: None, ..new }).await.unwrap());
        let holder = tx.find_user_by_email("a@example.com").await.unwrap().unwrap();
        assert_eq!(holder.user.id, first);
        assert_eq!(holder.password_hash.as_deref(), Some("$argon2id$stored"));
        // Without a claim on the address it cannot be verified either.
        assert!(!tx.mark_email_verified(second, "A@example.com", NOW).await.unwrap());
        assert!(tx.mark_email_verified(first, "a@example.com", NOW).await.unwrap());
        assert!(!tx.mark_email_verified(first, "other@example.com", NOW).await.unwrap());
        assert!(tx.find_user(first).await.unwrap().unwrap().user.email_verified);
        assert!(tx.has_admin().await.unwrap());
        assert_eq!(tx.oldest_admin().await.unwrap().unwrap().user.id, second);
    }
}

#[tokio::test]
async fn a_password_is_replaced_only_where_it_is_what_was_read() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let user = person(&mut tx, "a@example.com").await;
        let due = PasswordCheck::Due;
        assert!(!tx.replace_password(user, "stale", "new", due, NOW).await.unwrap());
        assert!(tx.replace_password(user, "$argon2id$stored", "new", due, NOW).await.unwrap());
        assert!(tx.rename_user(user, "New name", NOW).await.unwrap());
        assert!(!tx.rehash_password(user, "stale", "hashed anew").await.unwrap());
        assert!(tx.rehash_password(user, "new", "hashed anew").await.unwrap());
        let row = tx.find_user(user).await.unwrap().unwrap();
        assert_eq!((row.password_hash.as_deref(), row.user.name.as_str()), (Some("hashed anew"), "New name"));
        assert_eq!(row.password_check, due, "the same password, so the same is left to do");
    }
}

#[tokio::test]
async fn a_password_check_that_is_due_is_settled_once() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let user = person(&mut tx, "a@example.com").await;
        assert!(!tx.settle_password_check(user, PasswordCheck::Breached).await.unwrap(), "nothing is due");
        tx.replace_password(user, "$argon2id$stored", "new", PasswordCheck::Due, NOW).await.unwrap();
        assert!(tx.settle_password_check(user, PasswordCheck::Breached).await.unwrap());
        assert!(!tx.settle_password_check(user, PasswordCheck::Settled).await.unwrap());
        let row = tx.find_user(user).await.unwrap().unwrap();
        assert_eq!(row.password_check, PasswordCheck::Breached);
        tx.replace_password(user, "new", "newer", PasswordCheck::Settled, NOW).await.unwrap();
        let row = tx.find_user(user).await.unwrap().unwrap();
        assert_eq!(row.password_check, PasswordCheck::Settled, "another password, nothing left to do");
    }
}

#[tokio::test]
async fn people_are_listed_in_pages() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let mut made = Vec::new();
        for number in 0..5 {
            made.push(person(&mut tx, &format!("p{number}@example.com")).await);
        }
        made.reverse();
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let part = tx.list_users(&page(2, cursor)).await.unwrap();
            seen.extend(part.data.iter().map(|user| user.id));
            cursor = part.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, made);
    }
}

#[tokio::test]
async fn a_session_lives_until_it_idles_expires_or_is_ended() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let user = person(&mut tx, "a@example.com").await;
        let mut ids = Vec::new();
        for hash in ["one", "two", "three"] {
            let id = SessionId::from_parts(NOW, unique());
            ids.push(id);
            tx.insert_session(&NewSession {
                id,
                user_id: user,
                token_hash: hash,
                amr: &["pwd"],
                created_at: NOW,
                expires_at: NOW + HOUR * 10,
                ip: "127.0.0.1",
                user_agent: Some("test"),
                pending_until: None,
            })
            .await
            .unwrap();
        }
        let (session, owner) = tx.find_session("one", NOW, NOW - HOUR).await.unwrap().unwrap();
        assert_eq!((session.id, session.amr), (ids[0], vec!["pwd".to_owned()]));
        assert_eq!(owner, tx.find_user(user).await.unwrap().unwrap().user);
        assert!(tx.find_session("one", NOW + HOUR * 10, NOW - HOUR).await.unwrap().is_none(), "expired");
        assert!(tx.find_session("one", NOW + HOUR, NOW).await.unwrap().is_none(), "idle");
        tx.touch_session(ids[0], "::1", NOW + HOUR).await.unwrap();
        let (session, _) = tx.find_session("one", NOW + HOUR, NOW).await.unwrap().unwrap();
        assert_eq!((session.last_used_at, session.ip.as_deref()), (NOW + HOUR, Some("::1")));
        assert!(!tx.renew_session(ids[0], "stale", "new", &[], NOW).await.unwrap());
        assert!(
            tx.renew_session(ids[0], "one", "new", &["pwd".to_owned(), "otp".to_owned()], NOW + HOUR)
                .await
                .unwrap()
        );
        assert!(tx.find_session("one", NOW, NOW - HOUR).await.unwrap().is_none());
        let listed = tx.list_sessions(user, NOW, NOW - HOUR, &page(2, None)).await.unwrap();
        assert_eq!(listed.data.len(), 2);
        assert!(listed.next_cursor.is_some());
        assert_eq!(tx.revoke_session(user, ids[0], NOW).await.unwrap().as_deref(), Some("new"));
        assert_eq!(tx.revoke_session(user, ids[0], NOW).await.unwrap(), None);
        assert_eq!(tx.revoke_session(UserId::from_parts(NOW, unique()), ids[1], NOW).await.unwrap(), None);
        assert_eq!(tx.revoke_other_sessions(user, Some(ids[1]), NOW).await.unwrap(), 1);
        assert_eq!(tx.revoke_other_sessions(user, None, NOW).await.unwrap(), 1);
        assert_eq!(tx.prune_sessions(NOW + HOUR * 11).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn an_api_key_is_found_until_it_expires_or_is_ended() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let owner = person(&mut tx, "a@example.com").await;
        let key = ApiKey {
            id: ApiKeyId::from_parts(NOW, unique()),
            owner_id: owner,
            name: "ci".into(),
            scopes: vec![Scope::Authorize, Scope::AuditRead],
            token_preview: "kv_key_…abcd".into(),
            expires_at: Some(NOW + HOUR),
            last_used_at: None,
            created_at: NOW,
        };
        tx.insert_api_key(&key, "hash").await.unwrap();
        let found = tx.find_api_key("hash", NOW).await.unwrap().unwrap();
        assert_eq!((found.key, found.owner), (key.clone(), tx.find_user(owner).await.unwrap().unwrap().user));
        assert!(tx.find_api_key("hash", NOW + HOUR).await.unwrap().is_none());
        tx.touch_api_key(key.id, NOW).await.unwrap();
        let listed = tx.list_api_keys(Some(owner), NOW, &page(10, None)).await.unwrap();
        assert_eq!(listed.data[0].last_used_at, Some(NOW));
        let stranger = UserId::from_parts(NOW, unique());
        assert_eq!(tx.revoke_api_key(Some(stranger), key.id, NOW).await.unwrap(), None);
        assert_eq!(tx.revoke_api_key(Some(owner), key.id, NOW).await.unwrap().as_deref(), Some("hash"));
        assert!(tx.find_api_key("hash", NOW).await.unwrap().is_none());
        assert!(tx.list_api_keys(None, NOW, &page(10, None)).await.unwrap().data.is_empty());
    }
}

#[tokio::test]
async fn a_language_is_kept_and_replaced() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let (ada, bob) = (person(&mut tx, "a@example.com").await, person(&mut tx, "b@example.com").await);
        for locale in ["de", "ar"] {
            assert!(tx.set_locale(ada, locale, NOW + HOUR).await.unwrap());
            let user = tx.find_user(ada).await.unwrap().unwrap().user;
            assert_eq!((user.locale.as_deref(), user.updated_at), (Some(locale), NOW + HOUR));
        }
        assert_eq!(tx.find_user(bob).await.unwrap().unwrap().user.locale, None);
        assert!(!tx.set_locale(UserId::from_parts(NOW, unique()), "de", NOW).await.unwrap());
    }
}

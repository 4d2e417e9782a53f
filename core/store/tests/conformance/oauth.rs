use crate::world::{NOW, World, person, unique, worlds};
use kavach_model::user::UserStatus;
use kavach_model::{GrantId, ResourceId, SessionId, UserId};
use kavach_store::{ClientRow, Conn, ConsentRow, GrantRow, NewSession, ResourceRow, SigningKeyRow};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

fn client(id: &str, kind: &str) -> ClientRow {
    ClientRow {
        id: id.to_owned(),
        kind: kind.to_owned(),
        name: "App".to_owned(),
        auth_method: "none".to_owned(),
        secret_hash: None,
        metadata: "{}".to_owned(),
        registration_hash: None,
        created_by: None,
        created_at: NOW,
        last_used_at: None,
        fresh_until: None,
        disabled_at: None,
    }
}

fn grant(client: &str, user: UserId, parent: Option<GrantId>) -> GrantRow {
    GrantRow {
        id: GrantId::from_parts(NOW, unique()),
        client_id: client.to_owned(),
        user_id: Some(user),
        agent_id: None,
        parent_id: parent,
        scopes: "read write".to_owned(),
        resources: "https://mcp.example".to_owned(),
        act: None,
        amr: vec!["pwd".to_owned()],
        auth_time: Some(NOW),
        nonce: Some("n".to_owned()),
        jkt: None,
        session_id: None,
        created_at: NOW,
        expires_at: NOW + DAY,
    }
}

/// A client, a person, and what the person granted the client.
async fn setting(tx: &mut Conn) -> (UserId, GrantRow) {
    let ada = person(tx, "ada@example.com").await;
    tx.put_oauth_client(&client("app", "registered"), NOW).await.unwrap();
    let granted = grant("app", ada, None);
    tx.insert_oauth_grant(&granted).await.unwrap();
    (ada, granted)
}

#[tokio::test]
async fn a_key_of_a_generation_is_made_once() {
    for World { store, .. } in worlds().await {
        let key = |kid: &str, generation| SigningKeyRow {
            kid: kid.to_owned(),
            algorithm: "ES256".to_owned(),
            generation,
            public: "{}".to_owned(),
            sealed: "sealed".to_owned(),
            created_at: NOW,
            active_from: NOW,
        };
        let mut tx = store.write().await.unwrap();
        assert!(tx.insert_signing_key(&key("b", 1)).await.unwrap());
        assert!(!tx.insert_signing_key(&key("c", 1)).await.unwrap(), "another process was faster");
        assert!(tx.insert_signing_key(&key("a", 2)).await.unwrap());
        let kids: Vec<_> = tx.list_signing_keys().await.unwrap().into_iter().map(|row| row.kid).collect();
        assert_eq!(kids, ["b", "a"]);
        assert!(tx.delete_signing_key("b").await.unwrap());
        assert!(!tx.delete_signing_key("b").await.unwrap());
    }
}

#[tokio::test]
async fn what_is_made_of_a_grant_after_its_end_never_lives() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (ada, granted) = setting(&mut tx).await;
        let child = grant("app", ada, Some(granted.id));
        tx.insert_oauth_grant(&child).await.unwrap();
        assert_eq!(tx.revoke_oauth_grant(granted.id, NOW).await.unwrap(), 2);
        // As one that was being exchanged meanwhile.
        let late = grant("app", ada, Some(granted.id));
        let later = grant("app", ada, Some(late.id));
        tx.insert_oauth_grant(&late).await.unwrap();
        tx.insert_oauth_grant(&later).await.unwrap();
        for id in [granted.id, child.id, late.id, later.id] {
            assert_eq!(tx.find_live_oauth_grant(id, NOW).await.unwrap(), None);
        }
    }
}

#[tokio::test]
async fn a_grant_lives_with_its_client_its_person_and_what_it_was_made_of() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (ada, granted) = setting(&mut tx).await;
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW).await.unwrap(), Some(granted.clone()));
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW + DAY).await.unwrap(), None, "over");
        let bound =
            tx.extend_oauth_grant(granted.id, NOW, NOW + DAY * 2, Some("key")).await.unwrap().unwrap();
        assert_eq!((bound.jkt.as_deref(), bound.expires_at), (Some("key"), NOW + DAY * 2));
        let again = tx.extend_oauth_grant(granted.id, NOW, NOW + DAY, Some("other")).await.unwrap().unwrap();
        assert_eq!(again.jkt.as_deref(), Some("key"), "bound once");
        tx.set_oauth_client_disabled("app", Some(NOW), NOW).await.unwrap();
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW).await.unwrap(), None);
        tx.set_oauth_client_disabled("app", None, NOW).await.unwrap();
        tx.set_user_status(ada, UserStatus::Disabled, NOW).await.unwrap();
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW).await.unwrap(), None);
        tx.set_user_status(ada, UserStatus::Active, NOW).await.unwrap();
        let child = grant("app", ada, Some(granted.id));
        let below = grant("app", ada, Some(child.id));
        for row in [&child, &below] {
            tx.insert_oauth_grant(row).await.unwrap();
        }
        assert_eq!(tx.revoke_oauth_grant(granted.id, NOW).await.unwrap(), 3);
        assert_eq!(tx.revoke_oauth_grant(granted.id, NOW).await.unwrap(), 0);
        assert_eq!(tx.find_live_oauth_grant(below.id, NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn of_fifty_parallel_claims_of_a_refresh_token_exactly_one_wins() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (_, granted) = setting(&mut tx).await;
        tx.insert_refresh_token("first", granted.id, NOW, NOW + MINUTE).await.unwrap();
        tx.commit().await.unwrap();
        let claims = (0..50).map(|number| {
            let store = &store;
            async move {
                let mut tx = store.write().await.unwrap();
                let won = tx.claim_refresh_token("first", &format!("next-{number}"), NOW).await.unwrap();
                tx.commit().await.unwrap();
                won
            }
        });
        let won = futures::future::join_all(claims).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        let mut tx = store.write().await.unwrap();
        let row = tx.find_refresh_token("first", NOW).await.unwrap().unwrap();
        assert!(row.used_at == Some(NOW) && row.successor.is_some() && !row.over);
        assert!(tx.is_refresh_token_used("first").await.unwrap());
        tx.insert_refresh_token("late", granted.id, NOW, NOW + MINUTE).await.unwrap();
        assert!(!tx.claim_refresh_token("late", "x", NOW + MINUTE).await.unwrap(), "over");
        tx.revoke_oauth_grants_to("app", NOW).await.unwrap();
        assert!(tx.find_refresh_token("late", NOW).await.unwrap().unwrap().over);
        assert_eq!(tx.prune_oauth_grants(NOW + DAY * 2).await.unwrap(), 1);
        assert_eq!(tx.find_refresh_token("late", NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn clients_are_listed_newest_first_and_reaped_when_nobody_uses_them() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (ada, granted) = setting(&mut tx).await;
        for (id, kind, age) in [("idle", "dynamic", 3), ("used", "dynamic", 2), ("granted", "document", 1)] {
            let row = ClientRow { created_at: NOW - DAY * age, ..client(id, kind) };
            tx.put_oauth_client(&row, NOW).await.unwrap();
        }
        let ids = |rows: Vec<ClientRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(tx.list_oauth_clients(None, 2).await.unwrap()), ["app", "granted"]);
        assert_eq!(ids(tx.list_oauth_clients(Some("granted"), 9).await.unwrap()), ["used", "idle"]);
        tx.touch_oauth_client("used", NOW, NOW - MINUTE).await.unwrap();
        tx.insert_oauth_grant(&grant("granted", ada, None)).await.unwrap();
        assert_eq!(tx.reap_oauth_clients(NOW - MINUTE, NOW).await.unwrap(), 1);
        assert_eq!(tx.find_oauth_client("idle").await.unwrap(), None);
        assert!(tx.find_oauth_client("granted").await.unwrap().is_some(), "a grant lives");
        assert!(tx.delete_oauth_client("app").await.unwrap());
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW).await.unwrap(), None);
        let resource = ResourceRow {
            id: ResourceId::from_parts(NOW, unique()),
            resource: "https://mcp.example".to_owned(),
            name: "Server".to_owned(),
            scopes: "[]".to_owned(),
            permission_root: "mcp:x".to_owned(),
            created_at: NOW,
        };
        assert!(tx.insert_oauth_resource(&resource, None).await.unwrap());
        let twice = ResourceRow { id: ResourceId::from_parts(NOW, unique()), ..resource.clone() };
        assert!(!tx.insert_oauth_resource(&twice, None).await.unwrap());
        assert_eq!(tx.list_oauth_resources().await.unwrap(), std::slice::from_ref(&resource));
        assert_eq!(
            tx.delete_oauth_resource(resource.id).await.unwrap().as_deref(),
            Some("https://mcp.example")
        );
    }
}

#[tokio::test]
async fn a_consent_is_for_one_client_one_place_and_the_same_servers() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (ada, granted) = setting(&mut tx).await;
        let mut row = ConsentRow {
            client_id: "app".to_owned(),
            client_name: None,
            redirect: "app.example".to_owned(),
            resource: "https://mcp.example".to_owned(),
            scopes: "read".to_owned(),
            given_at: NOW,
        };
        tx.put_oauth_consent(ada, &row).await.unwrap();
        row.scopes = "read write".to_owned();
        tx.put_oauth_consent(ada, &row).await.unwrap();
        let of = async |tx: &mut Conn, client: &str, place: &str, server: &str| {
            tx.find_oauth_consent(ada, client, place, server).await.unwrap()
        };
        assert_eq!(
            of(&mut tx, "app", "app.example", "https://mcp.example").await.as_deref(),
            Some("read write")
        );
        assert_eq!(of(&mut tx, "other", "app.example", "https://mcp.example").await, None);
        assert_eq!(of(&mut tx, "app", "evil.example", "https://mcp.example").await, None);
        assert_eq!(of(&mut tx, "app", "app.example", "").await, None);
        let listed = tx.list_oauth_consents(ada).await.unwrap();
        assert_eq!((listed.len(), listed[0].client_name.as_deref()), (1, Some("App")));
        tx.erase_user(ada, "Gone", NOW).await.unwrap();
        assert_eq!(tx.list_oauth_consents(ada).await.unwrap(), []);
        assert_eq!(tx.find_live_oauth_grant(granted.id, NOW).await.unwrap(), None);
    }
}

#[tokio::test]
async fn what_was_granted_in_a_session_is_told_of_once_when_it_is_over() {
    for World { store, .. } in worlds().await {
        let mut tx = store.write().await.unwrap();
        let (ada, outside) = setting(&mut tx).await;
        let mut within = Vec::new();
        for hash in ["one", "two", "three"] {
            let session = SessionId::from_parts(NOW, unique());
            tx.insert_session(&NewSession {
                id: session,
                user_id: ada,
                token_hash: hash,
                amr: &["pwd"],
                created_at: NOW,
                expires_at: if hash == "three" { NOW + MINUTE } else { NOW + DAY },
                ip: "192.0.2.1",
                user_agent: None,
                pending_until: None,
            })
            .await
            .unwrap();
            let granted = GrantRow { session_id: Some(session), ..grant("app", ada, None) };
            tx.insert_oauth_grant(&granted).await.unwrap();
            let found = tx.find_live_oauth_grant(granted.id, NOW).await.unwrap().unwrap();
            assert_eq!(found.session_id, Some(session));
            within.push((session, granted.id));
        }
        assert_ne!(within[0].1, outside.id);
        assert_eq!(tx.take_ended_grants(ada, NOW).await.unwrap(), []);
        tx.revoke_session(ada, within[0].0, NOW).await.unwrap();
        let ended = tx.take_ended_grants(ada, NOW).await.unwrap();
        assert_eq!(ended.len(), 1);
        assert_eq!((ended[0].session_id, ended[0].id), within[0]);
        assert_eq!((ended[0].client_id.as_str(), ended[0].user_id), ("app", ada));
        assert_eq!(tx.take_ended_grants(ada, NOW).await.unwrap(), [], "once");
        assert_eq!(tx.take_expired_grants(NOW + MINUTE).await.unwrap(), []);
        let expired = tx.take_expired_grants(NOW + MINUTE * 2).await.unwrap();
        assert_eq!(expired.iter().map(|one| (one.session_id, one.id)).collect::<Vec<_>>(), [within[2]]);
        assert_eq!(tx.take_expired_grants(NOW + MINUTE * 2).await.unwrap(), []);
    }
}

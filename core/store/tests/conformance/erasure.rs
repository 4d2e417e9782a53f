//! What is left of a person who is forgotten, and that nobody else loses anything.

use crate::world::{NOW, person, unique, worlds};
use kavach_model::api_key::{ApiKey, Scope};
use kavach_model::delivery::Channel;
use kavach_model::id::MessageId;
use kavach_model::user::UserStatus;
use kavach_model::{ApiKeyId, IdentityId, PageRequest, PasskeyId, SessionId, UserId};
use kavach_store::{
    Belongings, Conn, NewChallenge, NewDeviceGrant, NewIdentity, NewMessage, NewOnce, NewPasskey, NewSession,
    SecondFactors,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// Gives a person one of everything; `name` keeps apart whose it is.
async fn furnish(tx: &mut Conn, name: &str, user_id: UserId) {
    let phone = format!("+49151234567{}", name.len());
    tx.change_phone(user_id, &phone, NOW).await.unwrap();
    tx.set_locale(user_id, "de", NOW).await.unwrap();
    tx.insert_session(&NewSession {
        id: SessionId::from_parts(NOW, unique()),
        user_id,
        token_hash: name,
        amr: &["pwd"],
        created_at: NOW,
        expires_at: NOW + HOUR,
        ip: "192.0.2.1",
        user_agent: None,
        pending_until: None,
    })
    .await
    .unwrap();
    tx.insert_once(&NewOnce {
        secret_hash: name,
        purpose: "reset",
        user_id: Some(user_id),
        payload: "",
        created_at: NOW,
        expires_at: NOW + HOUR,
    })
    .await
    .unwrap();
    tx.insert_challenge(&NewChallenge {
        id: name,
        purpose: "email_otp",
        user_id: Some(user_id),
        recipient: name,
        code_hash: "h",
        link_hash: None,
        binding: None,
        payload: "",
        created_at: NOW,
        expires_at: NOW + HOUR,
    })
    .await
    .unwrap();
    let grant = NewDeviceGrant {
        id: name,
        client_id: "tv",
        scopes: &[],
        device_hash: name,
        code_hash: name,
        ip: "192.0.2.7",
        user_agent: None,
        poll_every: Duration::from_secs(5),
        created_at: NOW,
        expires_at: NOW + HOUR,
    };
    assert!(tx.insert_device_grant(&grant).await.unwrap());
    assert!(tx.view_device_grant(name, "browser", user_id, NOW).await.unwrap().is_some());
    let passkey = NewPasskey {
        id: PasskeyId::from_parts(NOW, unique()),
        user_id,
        credential_id: name,
        name: "Key",
        credential: "{}",
        sign_count: 0,
        backed_up: false,
        aaguid: None,
        created_at: NOW,
    };
    assert!(tx.insert_passkey(&passkey).await.unwrap());
    tx.propose_totp(user_id, "sealed", NOW).await.unwrap();
    assert!(tx.confirm_totp(user_id, "sealed", 1, NOW).await.unwrap());
    tx.replace_backup_codes(user_id, &[name.to_owned()], NOW).await.unwrap();
    let identity = NewIdentity {
        id: IdentityId::from_parts(NOW, unique()),
        user_id,
        provider: "google",
        issuer: "https://accounts.google.com",
        subject: name,
        display: name,
        created_at: NOW,
    };
    assert!(tx.insert_identity(&identity).await.unwrap());
    let key = ApiKey {
        id: ApiKeyId::from_parts(NOW, unique()),
        owner_id: user_id,
        name: "ci".into(),
        scopes: vec![Scope::Authorize],
        token_preview: "kv_key_…abcd".into(),
        expires_at: None,
        last_used_at: None,
        created_at: NOW,
    };
    tx.insert_api_key(&key, name).await.unwrap();
    for (channel, recipient) in
        [(Channel::Mail, format!("{name}@example.com")), (Channel::Sms, phone.clone())]
    {
        let message = NewMessage {
            id: MessageId::from_parts(NOW, unique()),
            channel,
            kind: "test",
            recipient: &recipient,
            body_sealed: "x",
            due: false,
        };
        tx.insert_message(&message, NOW).await.unwrap();
    }
}

/// How much of that there is.
async fn found(tx: &mut Conn, name: &str, user_id: UserId) -> [bool; 10] {
    let first = PageRequest::default();
    let messages = [Channel::Mail, Channel::Sms].map(|channel| (channel, format!("{name}@example.com")));
    let mut mailed = false;
    for (channel, recipient) in messages {
        let recent = tx.recent_messages(channel, 100).await.unwrap();
        let phone = format!("+49151234567{}", name.len());
        mailed |= recent.iter().any(|row| row.recipient == recipient || row.recipient == phone);
    }
    let factors = tx.find_second_factors(user_id).await.unwrap();
    let ways = tx.find_belongings(user_id).await.unwrap();
    [
        tx.find_session(name, NOW, NOW - HOUR).await.unwrap().is_some(),
        tx.find_once("reset", name, NOW).await.unwrap().is_some(),
        tx.try_challenge("email_otp", name, 5, NOW).await.unwrap().is_some(),
        tx.find_device_grant(name, "browser", user_id, NOW).await.unwrap().is_some(),
        tx.find_passkey(name).await.unwrap().is_some(),
        factors != SecondFactors::default(),
        !tx.list_identities(user_id).await.unwrap().is_empty(),
        !tx.list_api_keys(Some(user_id), NOW, &first).await.unwrap().data.is_empty(),
        ways != Belongings::default(),
        mailed,
    ]
}

#[tokio::test]
async fn a_person_is_forgotten_whole_and_nobody_else_loses_anything() {
    for world in worlds().await {
        let mut tx = world.store.write().await.unwrap();
        let (ada, grace) =
            (person(&mut tx, "ada@example.com").await, person(&mut tx, "grace@example.com").await);
        for (name, id) in [("ada", ada), ("grace", grace)] {
            furnish(&mut tx, name, id).await;
            assert_eq!(found(&mut tx, name, id).await, [true; 10], "{name}");
        }
        tx.set_user_status(ada, UserStatus::Disabled, NOW).await.unwrap();
        tx.erase_user(ada, "Deleted account", NOW + HOUR).await.unwrap();
        assert_eq!(found(&mut tx, "ada", ada).await, [false; 10]);
        let row = tx.find_user(ada).await.unwrap().unwrap();
        let user = row.user;
        assert_eq!((user.email, user.username, user.phone, user.locale), (None, None, None, None));
        assert_eq!((user.name.as_str(), user.status), ("Deleted account", UserStatus::Disabled));
        assert!(!user.email_verified && !user.anonymous && row.password_hash.is_none());
        assert_eq!((user.created_at, user.updated_at), (NOW, NOW + HOUR));
        assert!(tx.find_user_by_email("ada@example.com").await.unwrap().is_none());
        assert_eq!(found(&mut tx, "grace", grace).await, [true; 10]);
        assert_eq!(tx.find_user(grace).await.unwrap().unwrap().user.locale.as_deref(), Some("de"));
        // The address is free, and a second time changes nothing.
        person(&mut tx, "ada@example.com").await;
        tx.erase_user(ada, "Deleted account", NOW + HOUR).await.unwrap();
        assert!(tx.find_user_by_email("ada@example.com").await.unwrap().is_some());
    }
}

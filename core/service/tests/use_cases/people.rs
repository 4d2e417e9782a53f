use crate::world::{PASSWORD, anonymous, code, holder, person, sign_in, sign_up, worlds};
use kavach_model::audit::{AuditFilter, AuditKind};
use kavach_model::user::{ChangePassword, ConfirmEmail, Reauthenticate, SignUpEmail};
use kavach_model::{ErrorCode, PageRequest, Secret};
use kavach_service::authn::{email_password, reauthenticate};
use kavach_service::context::{Presented, RequestContext};
use kavach_service::deliver::outbox;
use kavach_service::{Kavach, audit, context, email_verification, session};
use std::net::IpAddr;
use std::time::Duration;

/// What the development outbox holds, seen from the machine itself.
async fn mails(kv: &Kavach) -> Vec<kavach_model::outbox::DevMessage> {
    outbox::development(kv, &RequestContext::offline()).await.unwrap()
}

#[tokio::test]
async fn a_person_signs_up_signs_in_and_signs_out() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = sign_up(kv, "Ada@Example.com").await;
        assert!(made.token.expose().starts_with("kv_sess_"));
        assert_eq!(made.user.email.as_deref(), Some("Ada@example.com"));
        assert_eq!(sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().user.id, made.user.id);
        let cx = holder(kv, made.token.expose()).await.unwrap();
        assert_eq!(session::list(kv, &cx, &PageRequest::default()).await.unwrap().data.len(), 2);
        session::sign_out(kv, &cx).await.unwrap();
        assert_eq!(code(holder(kv, made.token.expose()).await), ErrorCode::Unauthenticated);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_are_one_error() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        assert_eq!(
            code(sign_in(kv, "ada@example.com", "not the password at all").await),
            ErrorCode::InvalidCredentials
        );
        assert_eq!(
            code(sign_in(kv, "bob@example.com", "not the password at all").await),
            ErrorCode::InvalidCredentials
        );
    }
}

#[tokio::test]
async fn a_sign_up_with_a_held_address_answers_alike_and_takes_nothing() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = sign_up(kv, "ada@example.com").await;
        let request = SignUpEmail {
            email: "ADA@example.com".to_owned(),
            password: Secret::new("another-long-phrase-entirely"),
            name: None,
        };
        let other =
            email_password::sign_up(kv, &anonymous(kv).await, request).await.unwrap().complete().unwrap();
        assert_ne!(other.user.id, ada.user.id);
        // The holder signs in as before, the newcomer's password opens nothing, and the holder is told.
        assert_eq!(sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().user.id, ada.user.id);
        let foreign = sign_in(kv, "ada@example.com", "another-long-phrase-entirely").await;
        assert_eq!(code(foreign), ErrorCode::InvalidCredentials);
        let mut kinds: Vec<String> = mails(kv).await.into_iter().map(|mail| mail.kind).collect();
        kinds.sort();
        assert_eq!(kinds, ["sign_up_existing", "verify_email"]);
    }
}

#[tokio::test]
async fn the_seeds_password_is_refused_with_its_reason() {
    for world in worlds().await {
        let kv = &world.kv;
        let attempt = |password: &'static str| async move {
            let request = SignUpEmail {
                email: "ada@example.com".to_owned(),
                password: Secret::new(password),
                name: Some("Ada".to_owned()),
            };
            code(email_password::sign_up(kv, &anonymous(kv).await, request).await)
        };
        assert_eq!(attempt("secret123").await, ErrorCode::PasswordBreached);
        assert_eq!(attempt("fourteen chars").await, ErrorCode::PasswordTooShort);
        assert_eq!(code(sign_in(kv, "ada@example.com", "secret123").await), ErrorCode::InvalidCredentials);
    }
}

#[tokio::test]
async fn a_breach_service_that_is_down_is_noted_and_does_not_stop_a_sign_up() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let filter = AuditFilter { kind: Some(AuditKind::PasswordCheckDegraded), ..AuditFilter::default() };
        assert_eq!(audit::list(kv, &cx, &filter, &PageRequest::default()).await.unwrap().data.len(), 1);
    }
}

#[tokio::test]
async fn guessing_is_stopped_per_account_and_time_gives_it_back() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        let mut outcomes = Vec::new();
        for _ in 0..11 {
            outcomes.push(code(sign_in(kv, "ada@example.com", "a wrong guess, again").await));
        }
        assert!(outcomes[..10].iter().all(|code| *code == ErrorCode::InvalidCredentials), "{outcomes:?}");
        assert_eq!(outcomes[10], ErrorCode::RateLimited);
        // Also the right password has to wait, from this network; not from another.
        assert_eq!(code(sign_in(kv, "ada@example.com", PASSWORD).await), ErrorCode::RateLimited);
        let mut elsewhere = anonymous(kv).await;
        elsewhere.meta.client_ip = IpAddr::from([198, 51, 100, 7]);
        let request = kavach_model::user::SignInEmail {
            email: "ada@example.com".into(),
            password: Secret::new(PASSWORD),
        };
        assert!(email_password::sign_in(kv, &elsewhere, request).await.is_ok());
        world.clock.advance(Duration::from_secs(120));
        assert!(sign_in(kv, "ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn a_link_verifies_an_address_exactly_once() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let mail = mails(kv).await.remove(0);
        let link = mail.links.first().unwrap();
        assert!(link.starts_with("http://localhost:3000/verify-email?token=kv_mail_"), "{link}");
        let token = link.split_once("token=").unwrap().1.to_owned();
        let confirms = (0..50).map(|_| {
            let request = ConfirmEmail { token: Secret::new(token.clone()) };
            async { email_verification::confirm(kv, &anonymous(kv).await, request).await.is_ok() }
        });
        let won = futures::future::join_all(confirms).await.into_iter().filter(|won| *won).count();
        assert_eq!(won, 1);
        let again = holder_of(kv, &cx).await;
        assert!(again.user().unwrap().email_verified);
    }
}

/// The same person in a new request: nothing remembered from before.
async fn holder_of(kv: &Kavach, _: &RequestContext) -> RequestContext {
    let signed_in = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
    holder(kv, signed_in.token.expose()).await.unwrap()
}

#[tokio::test]
async fn a_new_link_ends_the_one_before() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        let first = mails(kv).await.remove(0).links.remove(0);
        email_verification::send(kv, &cx).await.unwrap();
        let request = ConfirmEmail { token: Secret::new(first.split_once("token=").unwrap().1) };
        let refused = email_verification::confirm(kv, &anonymous(kv).await, request).await;
        assert_eq!(code(refused), ErrorCode::LinkInvalid);
    }
}

#[tokio::test]
async fn proving_oneself_again_renews_the_token_and_freshness() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = sign_up(kv, "ada@example.com").await;
        world.clock.advance(Duration::from_secs(3_600));
        let cx = holder(kv, made.token.expose()).await.unwrap();
        assert!(!session::current(kv, &cx).await.unwrap().session.fresh);
        let change = || ChangePassword {
            current: Secret::new(PASSWORD),
            new: Secret::new("eleven-herons-wait-patiently"),
        };
        let stale = email_password::change_password(kv, &cx, change()).await;
        assert_eq!(code(stale), ErrorCode::ReauthenticationRequired);
        let request = Reauthenticate { password: Some(Secret::new(PASSWORD)), ..Reauthenticate::default() };
        let renewed = reauthenticate::reauthenticate(kv, &cx, request).await.unwrap();
        assert_eq!(code(holder(kv, made.token.expose()).await), ErrorCode::Unauthenticated);
        let cx = holder(kv, renewed.token.expose()).await.unwrap();
        // Another session of the same person ends when the password changes; this one stays.
        let elsewhere = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        email_password::change_password(kv, &cx, change()).await.unwrap();
        assert_eq!(code(holder(kv, elsewhere.token.expose()).await), ErrorCode::Unauthenticated);
        assert!(holder(kv, renewed.token.expose()).await.is_ok());
        assert_eq!(code(sign_in(kv, "ada@example.com", PASSWORD).await), ErrorCode::InvalidCredentials);
        assert!(sign_in(kv, "ada@example.com", "eleven-herons-wait-patiently").await.is_ok());
        assert_eq!(mails(kv).await[0].kind, "password_changed");
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_and_at_its_latest() {
    for world in worlds().await {
        let kv = &world.kv;
        let made = sign_up(kv, "ada@example.com").await;
        world.clock.advance(world.config.session.idle + Duration::from_secs(1));
        assert_eq!(code(holder(kv, made.token.expose()).await), ErrorCode::Unauthenticated);
        // As a cookie it is simply nobody.
        let presented = Presented { cookie: Some(made.token.expose()), bearer: None };
        let cx = context::authenticate(kv, crate::world::meta(), presented).await.unwrap();
        assert!(cx.is_anonymous());
    }
}

#[tokio::test]
async fn people_end_only_their_own_sessions() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = person(kv, "ada@example.com").await;
        let bob = person(kv, "bob@example.com").await;
        let of_bob = session::current(kv, &bob).await.unwrap().session.id;
        assert_eq!(code(session::revoke(kv, &ada, of_bob).await), ErrorCode::NotFound);
        sign_in(kv, "bob@example.com", PASSWORD).await.unwrap();
        assert_eq!(session::revoke_others(kv, &bob).await.unwrap(), 1);
        assert_eq!(session::list(kv, &bob, &PageRequest::default()).await.unwrap().data.len(), 1);
    }
}

#[tokio::test]
async fn the_development_outbox_is_for_the_machine_itself() {
    for world in worlds().await {
        let kv = &world.kv;
        assert_eq!(code(outbox::development(kv, &anonymous(kv).await).await), ErrorCode::NotFound);
        assert!(mails(kv).await.is_empty());
    }
}

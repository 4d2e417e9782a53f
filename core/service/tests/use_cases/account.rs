use crate::authenticator::Authenticator;
use crate::one_tap::{browser, claims, google, google_worlds};
use crate::world::{
    PASSWORD, START, World, admin, anonymous, ask, code, holder, make_agent, person, sign_in, sign_up,
    worlds, worlds_with,
};
use kavach_model::account::DeleteAccount;
use kavach_model::audit::AuditKind;
use kavach_model::codes::{SendEmail, SendMagicLink, SendPhone, VerifyCode, VerifyMagicLink};
use kavach_model::identity::OneTap;
use kavach_model::recovery::UpgradeAnonymous;
use kavach_model::sign_in::SignedIn;
use kavach_model::two_step::TypedCode;
use kavach_model::user::{FirstPassword, UpdateProfile};
use kavach_model::{ErrorCode, Language, PageRequest, Secret};
use kavach_service::authn::{
    anonymous as guests, backup_codes, email_otp, first_password, google as one_tap, magic_link, passkey,
    totp,
};
use kavach_service::clock::Clock as _;
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::{Kavach, account, contact, user};
use std::time::Duration;

const READ: &str = r#"[{"resource":"mcp:github:*","actions":["read"]}]"#;

async fn delete(kv: &Kavach, cx: &RequestContext, name: &str) -> Result<(), kavach_service::Error> {
    account::delete(kv, cx, DeleteAccount { account: name.to_owned() }).await
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_of_the_person_but_the_record() {
    for world in worlds().await {
        let kv = &world.kv;
        admin(kv, "root@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let id = cx.user().unwrap().id;
        let agent = make_agent(kv, &cx, READ).await;
        assert!(ask(kv, agent.token.expose(), "read", "mcp:github:repos").await.allowed);

        assert_eq!(code(delete(kv, &cx, "bob@example.com").await), ErrorCode::ValidationFailed);
        delete(kv, &cx, " ADA@example.com ").await.unwrap();
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        let hers: Vec<_> = mails.iter().filter(|mail| mail.to == "ada@example.com").collect();
        assert_eq!(hers.len(), 1, "what was written to her before is gone");
        assert_eq!((hers[0].kind.as_str(), hers[0].links.len()), ("account_deleted", 0));

        assert_eq!(code(sign_in(kv, "ada@example.com", PASSWORD).await), ErrorCode::InvalidCredentials);
        assert!(
            kavach_service::authorize::by_token(
                kv,
                &crate::world::meta(),
                agent.token.expose(),
                crate::world::question(None, "read", "mcp:github:repos"),
            )
            .await
            .is_ok_and(|decision| !decision.allowed)
        );
        let root = sign_in(kv, "root@example.com", PASSWORD).await.unwrap();
        let root = holder(kv, root.token.expose()).await.unwrap();
        let left = user::get(kv, &root, id).await.unwrap();
        assert_eq!((left.email, left.username, left.phone, left.locale), (None, None, None, None));
        assert_eq!(left.name, "Deleted account");
        let shown = serde_json::to_string(&user::list(kv, &root, &PageRequest::default()).await.unwrap());
        assert!(!shown.unwrap().contains("ada@"));
        let filter =
            kavach_model::audit::AuditFilter { kind: Some(AuditKind::UserDeleted), ..Default::default() };
        let records = kavach_service::audit::list(kv, &root, &filter, &PageRequest::default()).await.unwrap();
        assert_eq!(records.data.len(), 1);
        // Whoever has the address now may have an account of their own.
        assert_ne!(sign_up(kv, "ada@example.com").await.user.id, id);
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_leave() {
    for world in worlds().await {
        let cx = admin(&world.kv, "root@example.com").await;
        assert_eq!(code(delete(&world.kv, &cx, "root@example.com").await), ErrorCode::Conflict);
        assert!(sign_in(&world.kv, "root@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn leaving_and_taking_along_need_a_fresh_session() {
    for world in worlds().await {
        let signed_in = sign_up(&world.kv, "ada@example.com").await;
        world.clock.advance(Duration::from_secs(3_600));
        let cx = holder(&world.kv, signed_in.token.expose()).await.unwrap();
        let stale = ErrorCode::ReauthenticationRequired;
        assert_eq!(code(delete(&world.kv, &cx, "ada@example.com").await), stale);
        assert_eq!(code(account::export(&world.kv, &cx).await), stale);
        assert_eq!(code(first_password::set(&world.kv, &cx, first()).await), stale);
    }
}

#[tokio::test]
async fn an_export_holds_what_is_kept_and_no_secret() {
    for world in worlds().await {
        let kv = &world.kv;
        person(kv, "bob@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &cx, READ).await;
        let export = account::export(kv, &cx).await.unwrap();
        assert_eq!(export.user.email.as_deref(), Some("ada@example.com"));
        assert_eq!(export.agents.len(), 1);
        assert!(export.password.set && !export.password.breached && !export.activity_truncated);
        assert!(export.passkeys.is_empty() && export.identities.is_empty());
        assert_eq!((export.two_step.totp_since, export.two_step.backup_codes_left), (None, 0));
        assert!(export.activity.iter().any(|record| record.event.kind == AuditKind::AgentCreated));
        let text = serde_json::to_string(&export).unwrap();
        for secret in ["kv_sess_", "argon2", agent.token.expose(), "bob@example.com"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

#[tokio::test]
async fn an_export_names_every_way_into_the_account_and_nothing_that_opens_it() {
    for world in google_worlds().await {
        let (kv, google) = (&world.kv, google(&world));
        let name = UpdateProfile { name: "Ada".to_owned(), locale: Some(Language::German) };
        let guest = guests::sign_in(kv, &browser(kv).await).await.unwrap().complete().unwrap();
        let cx = holder(kv, guest.token.expose()).await.unwrap();
        let stay = UpgradeAnonymous {
            email: None,
            username: Some("Ada.Byron".to_owned()),
            password: Secret::new(PASSWORD),
            name: None,
        };
        let member = guests::upgrade(kv, &cx, stay).await.unwrap();
        let mut cx = holder(kv, member.token.expose()).await.unwrap();
        cx.meta.browser = browser(kv).await.meta.browser;
        user::update_profile(kv, &cx, name).await.unwrap();

        let phone = SendPhone { phone: "+49 1512 3456789".to_owned() };
        let sent = contact::ask_for_phone(kv, &cx, phone).await.unwrap();
        let texts = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        let code = texts.iter().find_map(|text| text.code.clone()).unwrap();
        let brought = VerifyCode { challenge_id: sent.challenge_id, code: Secret::new(code.as_str()) };
        contact::confirm_phone(kv, &cx, brought).await.unwrap();

        let credential = google.sign(&claims(&world, &cx));
        let posted = OneTap { credential: Secret::new(credential.as_str()), g_csrf_token: "csrf".to_owned() };
        one_tap::link(kv, &cx, posted, Some("csrf".to_owned())).await.unwrap();

        let mut device = Authenticator::new();
        let options = passkey::register_options(kv, &cx).await.unwrap();
        passkey::register(kv, &cx, device.create(&options)).await.unwrap();

        let secret = totp::enroll(kv, &cx).await.unwrap().secret;
        let typed = TypedCode { code: Secret::new(app_code(&world, &secret)) };
        totp::confirm(kv, &cx, typed).await.unwrap();
        let codes = backup_codes::regenerate(kv, &cx).await.unwrap().codes;

        let export = account::export(kv, &cx).await.unwrap();
        let (user, two_step) = (&export.user, &export.two_step);
        assert_eq!((user.username.as_deref(), user.locale.as_deref()), (Some("Ada.Byron"), Some("de")));
        assert_eq!(user.phone.as_deref(), Some("+4915123456789"));
        assert_eq!((export.passkeys.len(), export.passkeys[0].last_used_at), (1, None));
        assert_eq!(export.passkeys[0].credential_id, device.credential_id());
        assert_eq!((export.identities.len(), export.identities[0].provider.as_str()), (1, "google"));
        assert_eq!((two_step.totp_since, two_step.backup_codes_left), (Some(START), 10));
        let text = serde_json::to_string(&export).unwrap();
        for secret in ["kv_sess_", "argon2", "sealed", "hash\":\"$", "publicKey", "\"cred\"", PASSWORD] {
            assert!(!text.contains(secret), "{secret}");
        }
        let secrets = [member.token.expose(), &secret, &credential].into_iter();
        for secret in secrets.chain(codes.iter().map(String::as_str)) {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}

/// What an app shows now.
fn app_code(world: &World, secret: &str) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name("a").build().unwrap();
    app.generate(world.clock.now().as_millis() as u64 / 1_000).to_string()
}

#[tokio::test]
async fn the_mail_about_an_account_that_is_gone_is_in_its_persons_language() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        user::choose_language(kv, &cx, Language::German).await.unwrap();
        let cx = holder(kv, sign_in(kv, "ada@example.com", PASSWORD).await.unwrap().token.expose()).await;
        delete(kv, &cx.unwrap(), "ada@example.com").await.unwrap();
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        let mail = mails.iter().find(|mail| mail.kind == "account_deleted").unwrap();
        assert!(mail.subject.contains("gelöscht"), "{}", mail.subject);
    }
}

#[tokio::test]
async fn an_address_that_is_somebody_elses_hears_nothing_of_an_account_that_ends() {
    for world in worlds().await {
        let kv = &world.kv;
        sign_up(kv, "ada@example.com").await;
        // Answered like any sign-up, but the address stays with whoever has it.
        let other = person(kv, "ada@example.com").await;
        delete(kv, &other, "ada@example.com").await.unwrap();
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert!(mails.iter().all(|mail| mail.kind != "account_deleted"));
        assert!(sign_in(kv, "ada@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn activity_is_of_the_account_alone_and_without_decisions() {
    for world in worlds().await {
        let kv = &world.kv;
        let bob = person(kv, "bob@example.com").await;
        let cx = person(kv, "ada@example.com").await;
        let agent = make_agent(kv, &cx, READ).await;
        ask(kv, agent.token.expose(), "read", "mcp:github:repos").await;
        let mut kinds = Vec::new();
        let mut page = PageRequest::new(Some(1), None).unwrap();
        loop {
            let found = account::activity(kv, &cx, &page).await.unwrap();
            kinds.extend(found.data.iter().map(|record| record.event.kind));
            match found.next_cursor {
                Some(cursor) => page = PageRequest::new(Some(1), Some(cursor)).unwrap(),
                None => break,
            }
        }
        assert!(kinds.contains(&AuditKind::UserSignUp) && kinds.contains(&AuditKind::AgentCreated));
        assert!(!kinds.contains(&AuditKind::Decision));
        let others = account::activity(kv, &bob, &PageRequest::default()).await.unwrap();
        assert!(others.data.iter().all(|record| record.event.kind != AuditKind::AgentCreated));
        let nonsense = PageRequest::new(None, Some("x".to_owned())).unwrap();
        assert_eq!(code(account::activity(kv, &cx, &nonsense).await), ErrorCode::ValidationFailed);
    }
}

#[tokio::test]
async fn a_first_password_is_for_accounts_without_one() {
    for world in worlds().await {
        let cx = person(&world.kv, "ada@example.com").await;
        assert_eq!(code(first_password::set(&world.kv, &cx, first()).await), ErrorCode::Conflict);
        assert!(sign_in(&world.kv, "ada@example.com", PASSWORD).await.is_ok());
    }
}

const FIRST: &str = "violet-kettle-orbits-slowly";

fn first() -> FirstPassword {
    FirstPassword { new: Secret::new(FIRST) }
}

/// Somebody who came by a code in a mail, who has no password.
async fn by_code(kv: &Kavach, email: &str) -> SignedIn {
    let cx = anonymous(kv).await;
    let sent = email_otp::send(kv, &cx, SendEmail { email: email.to_owned() }).await.unwrap();
    let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
    let mail = mails.into_iter().find(|mail| mail.kind == "email_otp" && mail.to == email).unwrap();
    let code = Secret::new(mail.code.unwrap());
    let request = VerifyCode { challenge_id: sent.challenge_id, code };
    email_otp::verify(kv, &cx, request).await.unwrap().complete().unwrap()
}

#[tokio::test]
async fn a_first_password_ends_what_any_other_change_of_it_ends_and_the_person_is_told() {
    for world in worlds().await {
        let kv = &world.kv;
        let elsewhere = by_code(kv, "ada@example.com").await;
        world.clock.advance(Duration::from_secs(60));
        let here = by_code(kv, "ada@example.com").await;
        let cx = holder(kv, here.token.expose()).await.unwrap();
        assert!(!account::password_state(kv, &cx).await.unwrap().set);
        let short = FirstPassword { new: Secret::new("too-few-otters") };
        assert_eq!(code(first_password::set(kv, &cx, short).await), ErrorCode::PasswordTooShort);
        // A link that waits to be opened is dead afterwards.
        let link = SendMagicLink { email: "ada@example.com".to_owned(), return_to: None };
        magic_link::send(kv, &anonymous(kv).await, link).await.unwrap();

        first_password::set(kv, &cx, first()).await.unwrap();
        assert!(account::password_state(kv, &cx).await.unwrap().set);
        assert!(holder(kv, here.token.expose()).await.is_ok(), "this session goes on");
        let ended = holder(kv, elsewhere.token.expose()).await;
        assert_eq!(code(ended), ErrorCode::Unauthenticated);
        assert!(sign_in(kv, "ada@example.com", FIRST).await.is_ok());
        let mails = outbox::development(kv, &RequestContext::offline()).await.unwrap();
        assert!(mails.iter().any(|mail| mail.kind == "password_set" && mail.to == "ada@example.com"));
        let waiting = mails.iter().find(|mail| mail.kind == "magic_link").unwrap();
        let token = Secret::new(waiting.links[0].split_once("token=").unwrap().1);
        let request = VerifyMagicLink { token: Some(token), ..VerifyMagicLink::default() };
        assert_eq!(code(magic_link::verify(kv, &anonymous(kv).await, request).await), ErrorCode::LinkInvalid);
        let record = account::activity(kv, &cx, &PageRequest::default()).await.unwrap();
        assert!(record.data.iter().any(|record| record.event.kind == AuditKind::UserPasswordChanged));
        assert_eq!(code(first_password::set(kv, &cx, first()).await), ErrorCode::Conflict, "once");
    }
}

#[tokio::test]
async fn of_fifty_first_passwords_at_once_one_is_set() {
    for world in worlds().await {
        let kv = &world.kv;
        let ada = by_code(kv, "ada@example.com").await;
        let cx = holder(kv, ada.token.expose()).await.unwrap();
        let tries = (0..50).map(|_| first_password::set(kv, &cx, first()));
        let set = futures::future::join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(set, 1);
    }
}

#[tokio::test]
async fn a_first_password_needs_something_to_type_beside_it() {
    for world in worlds().await {
        let kv = &world.kv;
        let guest = guests::sign_in(kv, &anonymous(kv).await).await.unwrap().complete().unwrap();
        let cx = holder(kv, guest.token.expose()).await.unwrap();
        assert_eq!(code(first_password::set(kv, &cx, first()).await), ErrorCode::Conflict);
    }
    for world in worlds_with(|config| config.methods.email_password = false).await {
        let kv = &world.kv;
        let ada = by_code(kv, "ada@example.com").await;
        let cx = holder(kv, ada.token.expose()).await.unwrap();
        assert_eq!(code(first_password::set(kv, &cx, first()).await), ErrorCode::MethodDisabled);
    }
}

#[tokio::test]
async fn a_language_is_kept_with_the_account() {
    for world in worlds().await {
        let kv = &world.kv;
        let cx = person(kv, "ada@example.com").await;
        assert_eq!(
            user::choose_language(kv, &cx, Language::Arabic).await.unwrap().locale.as_deref(),
            Some("ar")
        );
        let name = UpdateProfile { name: "Ada".to_owned(), locale: None };
        user::update_profile(kv, &cx, name).await.unwrap();
        let again = sign_in(kv, "ada@example.com", PASSWORD).await.unwrap();
        assert_eq!(again.user.locale.as_deref(), Some("ar"), "a change of the name alone leaves it");
    }
}

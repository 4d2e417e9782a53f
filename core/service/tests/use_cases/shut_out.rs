//! Somebody whose account was switched off or deleted, with everything ready that one can come in by: every method, every
//! second factor, every credential there is. Nothing opens. That each of them does open while the account works is tried
//! too, one by one, or the refusals would prove nothing.

use crate::authenticator::{Authenticator, Says};
use crate::one_tap::{jwk, sign};
use crate::siwe;
use crate::world::{
    PASSWORD, World, anonymous, code, holder, make_agent, meta, question, start, worlds_with,
};
use futures::future::BoxFuture;
use jsonwebtoken::EncodingKey;
use kavach_model::account::DeleteAccount;
use kavach_model::api_key::{CreateApiKey, Scope};
use kavach_model::codes::{SendEmail, SendMagicLink, SendPhone, SignInUsername, VerifyCode, VerifyMagicLink};
use kavach_model::identity::{OneTap, SiweFor, SiweVerify};
use kavach_model::outbox::DevMessage;
use kavach_model::recovery::{CreateEnrolmentLink, ForgotPassword, RedeemEnrolment, ResetPassword};
use kavach_model::sign_in::SignIn;
use kavach_model::two_step::TypedCode;
use kavach_model::user::{ConfirmEmail, SignInEmail};
use kavach_model::{ErrorCode, Secret, UserId};
use kavach_service::authn::social::{self, Callback};
use kavach_service::authn::{
    backup_codes, email_otp, email_password, google, magic_link, passkey, phone_otp, second_step, totp,
    username_password,
};
use kavach_service::config::{Config, DeviceClient, Social};
use kavach_service::context::RequestContext;
use kavach_service::deliver::outbox;
use kavach_service::outbound::Response;
use kavach_service::recovery::{enrolment, password_reset};
use kavach_service::{Error, Kavach, account, api_key, authorize, contact, device, email_verification, user};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ADA: &str = "ada@example.com";
const PHONE: &str = "+49 1512 3456789";
const CLIENT: &str = "1234-kavach.apps.googleusercontent.com";
const CSRF: &str = "0123456789abcdef";
const NEW: &str = "eleven-foxes-hum-softly";
const STEP: Duration = Duration::from_secs(30);

/// One way in, not gone yet: whom it signs in, where it says so.
type Way = BoxFuture<'static, Result<Option<UserId>, Error>>;

fn configured(config: &mut Config) {
    config.rate_limit.enabled = false;
    config.hibp.enabled = false;
    config.google.client_id = Some(CLIENT.to_owned());
    config.google.jwks_url = "https://op.example/jwks".to_owned();
    config.device.clients =
        vec![DeviceClient { id: "tv".to_owned(), name: "Television".to_owned(), scopes: Vec::new() }];
    config.social = vec![Social {
        id: "op".to_owned(),
        issuer: Some("https://op.example".to_owned()),
        client_id: "kavach".to_owned(),
        client_secret: Some(Secret::new("s3cret")),
        authorize_url: Some("https://op.example/auth".to_owned()),
        token_url: Some("https://op.example/token".to_owned()),
        jwks_url: Some("https://op.example/jwks".to_owned()),
        ..Social::default()
    }];
}

fn key() -> EncodingKey {
    EncodingKey::from_rsa_pem(include_bytes!("../keys/rsa_one.pem")).unwrap()
}

/// The provider: its keys, and whom it says somebody is.
fn provider(world: &World) -> Arc<Mutex<Value>> {
    let says = Arc::new(Mutex::new(Value::Null));
    let saying = Arc::clone(&says);
    world.network.stand_in(move |url, _| {
        let body = match url {
            "https://op.example/jwks" => json!({"keys": [jwk(&key(), "one")]}),
            "https://op.example/token" => {
                json!({"access_token": "a", "id_token": sign(&key(), "one", &saying.lock().unwrap())})
            }
            _ => return None,
        };
        Some(Response { status: 200, body: body.to_string().into_bytes(), ..Response::default() })
    });
    says
}

fn claims(kv: &Kavach, issuer: &str, audience: &str, nonce: &str) -> Value {
    let now = kv.clock().now().as_millis() / 1_000;
    json!({
        "iss": issuer, "aud": audience, "sub": "ada", "nonce": nonce, "iat": now, "exp": now + 3_600,
        "email": ADA, "email_verified": true, "name": "Ada",
    })
}

async fn newest(kv: &Kavach, kind: &str) -> DevMessage {
    let all = outbox::development(kv, &RequestContext::offline()).await.unwrap();
    let mut all = all.into_iter().filter(|message| message.kind == kind);
    all.next().unwrap_or_else(|| panic!("no {kind}"))
}

fn token(link: &str) -> Secret {
    Secret::new(link.split_once("token=").unwrap().1)
}

fn answer(challenge_id: String, code: String) -> VerifyCode {
    VerifyCode { challenge_id, code: Secret::new(code) }
}

async fn in_browser(kv: &Kavach) -> RequestContext {
    let mut cx = anonymous(kv).await;
    cx.meta.browser = Some("browser-one".to_owned());
    cx
}

fn whom(done: SignIn) -> Option<UserId> {
    match done {
        SignIn::Complete(done) => Some(done.user.id),
        SignIn::Pending(_) => None,
    }
}

fn one_tap_of(kv: &Kavach, cx: &RequestContext) -> OneTap {
    let nonce = google::nonce(kv, cx).unwrap().nonce;
    let claims = claims(kv, "https://accounts.google.com", CLIENT, &nonce);
    OneTap { credential: Secret::new(sign(&key(), "one", &claims)), g_csrf_token: CSRF.to_owned() }
}

/// The parameters of a flow at the provider, which will say Ada.
async fn begun(kv: &Kavach, cx: &RequestContext, says: &Mutex<Value>, link: bool) -> Callback {
    let url = social::begin(kv, cx, "op", "/account", link).await.unwrap();
    let query = url.split_once('?').unwrap().1;
    let sent: HashMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    *says.lock().unwrap() = claims(kv, "https://op.example", "kavach", &sent["nonce"]);
    Callback { code: "code".to_owned(), state: sent["state"].clone(), ..Callback::default() }
}

async fn siwe_of(kv: &Kavach, cx: &RequestContext) -> SiweVerify {
    let message =
        siwe::message(&kavach_service::authn::siwe::nonce(kv, cx, SiweFor::default()).await.unwrap());
    let signature = siwe::sign(&message);
    SiweVerify { message, signature }
}

/// Ada, by every way in at once, and an administrator.
struct Cast {
    ada: RequestContext,
    session: Secret,
    admin: RequestContext,
    says: Arc<Mutex<Value>>,
    key: Authenticator,
}

async fn cast(world: &World) -> Cast {
    let kv = &world.kv;
    let says = provider(world);
    let admin = crate::world::admin(kv, "root@example.com").await;
    let made = crate::world::sign_up(kv, ADA).await;
    let session = Secret::new(made.token.expose());
    let mut ada = holder(kv, session.expose()).await.unwrap();
    ada.meta.browser = Some("browser-one".to_owned());
    let link = newest(kv, "verify_email").await.links.remove(0);
    email_verification::confirm(kv, &ada, ConfirmEmail { token: token(&link) }).await.unwrap();
    let sent = contact::ask_for_phone(kv, &ada, SendPhone { phone: PHONE.to_owned() }).await.unwrap();
    let right = newest(kv, "phone_otp").await.code.unwrap();
    contact::confirm_phone(kv, &ada, answer(sent.challenge_id, right)).await.unwrap();
    let mut key = Authenticator::new();
    let options = passkey::register_options(kv, &ada).await.unwrap();
    passkey::register(kv, &ada, key.create(&options)).await.unwrap();
    google::link(kv, &ada, one_tap_of(kv, &ada), Some(CSRF.to_owned())).await.unwrap();
    let callback = begun(kv, &ada, &says, true).await;
    social::finish(kv, &ada, "op", callback).await.unwrap().result.unwrap();
    kavach_service::authn::siwe::link(kv, &ada, siwe_of(kv, &ada).await).await.unwrap();
    Cast { ada, session, admin, says, key }
}

/// Everything Ada can have ready, in this order; whatever is sent is sent now.
async fn ready(world: &World, cast: &mut Cast) -> Vec<(&'static str, Way)> {
    let kv = &world.kv;
    let mut ways: Vec<(&'static str, Way)> = Vec::new();
    macro_rules! way {
        ($name:literal, $kv:ident => $way:expr) => {{
            let $kv = kv.clone();
            ways.push(($name, Box::pin(async move { $way })));
        }};
    }
    // Credentials there are.
    let session = cast.session.clone();
    way!("a session", kv => holder(&kv, session.expose()).await.map(|cx| cx.user().map(|user| user.id)));
    let request = CreateApiKey { name: "key".to_owned(), scopes: vec![Scope::AgentsRead], expires_at: None };
    let secret = api_key::create(kv, &cast.ada, request).await.unwrap().token;
    way!("an API key", kv => holder(&kv, secret.expose()).await.map(|_| None));
    let agent = make_agent(kv, &cast.ada, r#"[{"resource":"mcp:github:*","actions":["read"]}]"#).await;
    way!("an agent", kv => {
        let asked = question(None, "read", "mcp:github:repos");
        match authorize::by_token(&kv, &meta(), agent.token.expose(), asked).await?.allowed {
            true => Ok(None),
            false => Err(ErrorCode::Forbidden.into()),
        }
    });
    let asked = device::begin(kv, &anonymous(kv).await, "tv", &[]).await.unwrap().unwrap();
    device::look(kv, &cast.ada, &asked.user_code).await.unwrap();
    device::approve(kv, &cast.ada, &asked.user_code).await.unwrap();
    way!("a device that was let in", kv => {
        let answered = device::poll(&kv, &anonymous(&kv).await, "tv", asked.device_code.expose()).await?;
        answered.map(|granted| Some(granted.user_id)).map_err(|_| ErrorCode::Forbidden.into())
    });
    // Proofs.
    way!("a password", kv => {
        let request = SignInEmail { email: ADA.to_owned(), password: Secret::new(PASSWORD) };
        email_password::sign_in(&kv, &anonymous(&kv).await, request).await.map(whom)
    });
    way!("a password beside whatever was typed", kv => {
        let cx = anonymous(&kv).await;
        let typed = (ADA.to_owned(), Secret::new(PASSWORD));
        username_password::sign_in_by_either(&kv, &cx, typed.0, typed.1).await.map(whom)
    });
    let request = SendMagicLink { email: ADA.to_owned(), return_to: None };
    magic_link::send(kv, &anonymous(kv).await, request.clone()).await.unwrap();
    let link = token(&newest(kv, "magic_link").await.links[0]);
    way!("a link in a mail", kv => {
        let request = VerifyMagicLink { token: Some(link), ..VerifyMagicLink::default() };
        magic_link::verify(&kv, &anonymous(&kv).await, request).await.map(whom)
    });
    world.clock.advance(Duration::from_millis(1));
    let sent = magic_link::send(kv, &anonymous(kv).await, request).await.unwrap();
    let beside = newest(kv, "magic_link").await.code.unwrap();
    way!("the code beside a link", kv => {
        let request = VerifyMagicLink {
            challenge_id: Some(sent.challenge_id),
            code: Some(Secret::new(beside)),
            ..VerifyMagicLink::default()
        };
        magic_link::verify(&kv, &anonymous(&kv).await, request).await.map(whom)
    });
    let sent = email_otp::send(kv, &anonymous(kv).await, SendEmail { email: ADA.to_owned() }).await.unwrap();
    let right = newest(kv, "email_otp").await.code.unwrap();
    way!("a code in a mail", kv =>
        email_otp::verify(&kv, &anonymous(&kv).await, answer(sent.challenge_id, right)).await.map(whom));
    world.clock.advance(Duration::from_millis(1));
    let sent =
        phone_otp::send(kv, &anonymous(kv).await, SendPhone { phone: PHONE.to_owned() }).await.unwrap();
    let right = newest(kv, "phone_otp").await.code.unwrap();
    way!("a code in a text message", kv =>
        phone_otp::verify(&kv, &anonymous(&kv).await, answer(sent.challenge_id, right)).await.map(whom));
    password_reset::forgot(kv, &anonymous(kv).await, ForgotPassword { email: ADA.to_owned() }).await.unwrap();
    let link = token(&newest(kv, "reset_password").await.links[0]);
    way!("a link to reset", kv => {
        let request = ResetPassword { token: link, password: Secret::new(NEW) };
        password_reset::reset(&kv, &anonymous(&kv).await, request).await.map(|()| None)
    });
    let id = cast.ada.user().unwrap().id;
    let made = enrolment::issue(kv, &cast.admin, id, CreateEnrolmentLink::default()).await.unwrap();
    let link = token(&made.url);
    way!("an administrator's link", kv => {
        let request = RedeemEnrolment { token: link, password: Secret::new(NEW) };
        enrolment::redeem(&kv, &anonymous(&kv).await, request).await.map(|()| None)
    });
    let nobody = in_browser(kv).await;
    let options = passkey::sign_in_options(kv, &nobody).await.unwrap();
    let signed = cast.key.get_saying(&options, &Says::default());
    let cx = nobody.clone();
    way!("a passkey", kv => passkey::sign_in(&kv, &cx, signed).await.map(whom));
    let (cx, posted) = (nobody.clone(), one_tap_of(kv, &nobody));
    way!("One Tap", kv => google::one_tap(&kv, &cx, posted, Some(CSRF.to_owned())).await.map(whom));
    let (cx, callback) = (nobody.clone(), begun(kv, &nobody, &cast.says, false).await);
    way!("another provider", kv => {
        let done = social::finish(&kv, &cx, "op", callback).await?.result?;
        Ok(done.and_then(whom))
    });
    let (cx, posted) = (nobody.clone(), siwe_of(kv, &nobody).await);
    way!("a wallet", kv => kavach_service::authn::siwe::verify(&kv, &cx, posted).await.map(whom));
    ways
}

/// The same for somebody with a second factor: half-way in, and the rest of the way ready.
async fn half_way(world: &World, cast: &mut Cast) -> Vec<(&'static str, Way)> {
    let kv = &world.kv;
    let typed = |code: String| TypedCode { code: Secret::new(code) };
    let secret = totp::enroll(kv, &cast.ada).await.unwrap().secret;
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).unwrap())
        .with_account_name("a")
        .build()
        .unwrap();
    let code_now = || app.generate(kv.clock().now().as_millis() as u64 / 1_000).to_string();
    totp::confirm(kv, &cast.ada, typed(code_now())).await.unwrap();
    let codes = backup_codes::regenerate(kv, &cast.ada).await.unwrap().codes;
    world.clock.advance(STEP);
    let mut ways: Vec<(&'static str, Way)> = Vec::new();
    for (name, code) in [("a code of the app", code_now()), ("a backup code", codes[0].clone())] {
        let request = SignInEmail { email: ADA.to_owned(), password: Secret::new(PASSWORD) };
        let first = email_password::sign_in(kv, &anonymous(kv).await, request).await.unwrap();
        let SignIn::Pending(first) = first else { panic!("nothing was pending") };
        // Somebody whose request was on its way, and somebody who asks anew.
        let (late, kv) = (holder(kv, first.token.expose()).await.unwrap(), kv.clone());
        let way = async move {
            let anew = holder(&kv, first.token.expose()).await;
            let done = second_step::verify(&kv, &late, typed(code)).await?;
            anew.map(|_| Some(done.user.id))
        };
        ways.push((name, Box::pin(way)));
    }
    ways
}

/// Signing in by what may begin an account makes a new one when the old one is gone.
const BEGINS_ACCOUNTS: [&str; 3] = ["One Tap", "another provider", "a wallet"];

#[tokio::test]
async fn nothing_opens_for_somebody_who_was_switched_off_or_deleted() {
    for deleted in [false, true] {
        for with_second_factor in [false, true] {
            for world in worlds_with(configured).await {
                let kv = &world.kv;
                let mut cast = cast(&world).await;
                let id = cast.ada.user().unwrap().id;
                let ways = match with_second_factor {
                    true => half_way(&world, &mut cast).await,
                    false => ready(&world, &mut cast).await,
                };
                assert!(ways.len() >= if with_second_factor { 2 } else { 15 });
                if deleted {
                    let request = DeleteAccount { account: ADA.to_owned() };
                    account::delete(kv, &cast.ada, request).await.unwrap();
                } else {
                    user::disable(kv, &cast.admin, id).await.unwrap();
                }
                for (name, way) in ways {
                    let what = format!("{name}, deleted: {deleted}");
                    match way.await {
                        Err(_) => {}
                        Ok(whom) => {
                            let somebody_new = whom.is_some_and(|whom| whom != id);
                            assert!(deleted && somebody_new && BEGINS_ACCOUNTS.contains(&name), "{what}");
                        }
                    }
                }
                if !deleted {
                    // Switched on again, the old sessions stay over.
                    user::enable(kv, &cast.admin, id).await.unwrap();
                    let stale = holder(kv, cast.session.expose()).await;
                    assert_eq!(code(stale), ErrorCode::Unauthenticated);
                }
            }
        }
    }
}

#[tokio::test]
async fn each_of_them_opens_while_the_account_works() {
    let count = 16;
    for number in 0..count {
        let world = start(None, configured).await;
        let mut cast = cast(&world).await;
        let id = cast.ada.user().unwrap().id;
        let mut ways = ready(&world, &mut cast).await;
        assert_eq!(ways.len(), count);
        let (name, way) = ways.swap_remove(number);
        let whom = way.await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(whom.is_none_or(|whom| whom == id), "{name}");
    }
    for number in 0..2 {
        let world = start(None, configured).await;
        let mut cast = cast(&world).await;
        let (name, way) = half_way(&world, &mut cast).await.swap_remove(number);
        let whom = way.await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(whom, cast.ada.user().map(|user| user.id), "{name}");
    }
}

/// There is no other lock: too many wrong passwords make the password wait, at every door that takes one, and nothing
/// else. A stranger must not be able to shut a person out.
#[tokio::test]
async fn wrong_passwords_lock_the_password_at_each_of_its_doors_and_nothing_else() {
    let limited = |config: &mut Config| {
        configured(config);
        config.rate_limit.enabled = true;
    };
    for world in worlds_with(limited).await {
        let kv = &world.kv;
        let mut cast = cast(&world).await;
        let options = passkey::sign_in_options(kv, &in_browser(kv).await).await.unwrap();
        let signed = cast.key.get(&options);
        let by_address = async |password: &str| {
            let request = SignInEmail { email: ADA.to_owned(), password: Secret::new(password) };
            email_password::sign_in(kv, &anonymous(kv).await, request).await
        };
        let mut wrong = 0;
        while code(by_address("seven-otters-drift-loudly").await) != ErrorCode::RateLimited {
            wrong += 1;
            assert!(wrong < 100, "NIST SP 800-63B allows a hundred at the most");
        }
        assert_eq!(code(by_address(PASSWORD).await), ErrorCode::RateLimited);
        let cx = anonymous(kv).await;
        let either =
            username_password::sign_in_by_either(kv, &cx, ADA.to_uppercase(), Secret::new(PASSWORD)).await;
        assert_eq!(code(either), ErrorCode::RateLimited);
        let request = SignInUsername { username: "ada".to_owned(), password: Secret::new(PASSWORD) };
        assert!(username_password::sign_in(kv, &cx, request).await.is_err());
        passkey::sign_in(kv, &in_browser(kv).await, signed).await.unwrap();
        holder(kv, cast.session.expose()).await.unwrap();
    }
}

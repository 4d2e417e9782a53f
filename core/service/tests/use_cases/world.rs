//! An instance of each database, with everything that reaches into the world replaced.

use futures::future::BoxFuture;
use kavach_model::agent::{AgentWithToken, CreateAgent};
use kavach_model::authorize::{Authorize, Decision};
use kavach_model::sign_in::SignedIn;
use kavach_model::user::{SignInEmail, SignUpEmail};
use kavach_model::{ApiError, ErrorCode, PrincipalId, Secret, Timestamp};
use kavach_service::clock::{Clock, ManualClock};
use kavach_service::config::Config;
use kavach_service::context::{self, Presented, RequestContext, RequestMeta};
use kavach_service::outbound::{FetchError, HttpFetch, Request, Response};
use kavach_service::rng::{self, SystemRng};
use kavach_service::{Error, Kavach, Parts, authn, authorize};
use kavach_store::create_scratch_database;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub const START: Timestamp = Timestamp::from_millis(1_764_000_000_000);
pub const PASSWORD: &str = "seven-otters-drift-quietly";

/// A network on which nothing answers, until a test lets the range API of the breach service answer.
#[derive(Default)]
pub struct Network {
    range: Mutex<Option<String>>,
    asked: AtomicUsize,
    elsewhere: Mutex<Option<Elsewhere>>,
}

/// Answers for other services: by address and body, or not at all.
pub type Elsewhere = Box<dyn Fn(&str, &[u8]) -> Option<Response> + Send + Sync>;

impl Network {
    /// From now on every range is answered with these lines.
    pub fn answer(&self, range: impl Into<String>) {
        *self.range.lock().unwrap() = Some(range.into());
    }

    /// From now on another service answers.
    pub fn stand_in(&self, answer: impl Fn(&str, &[u8]) -> Option<Response> + Send + Sync + 'static) {
        *self.elsewhere.lock().unwrap() = Some(Box::new(answer));
    }

    /// How often it was asked, with or without an answer.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl HttpFetch for Network {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(elsewhere) = &*self.elsewhere.lock().unwrap() {
            let answer = elsewhere(request.url(), request.body()).ok_or(FetchError::TimedOut);
            return Box::pin(async { answer });
        }
        let answer = match &*self.range.lock().unwrap() {
            Some(range) => {
                Ok(Response { status: 200, body: range.clone().into_bytes(), ..Response::default() })
            }
            None => Err(FetchError::Failed),
        };
        Box::pin(async { answer })
    }
}

/// One instance and what a test needs to steer it.
pub struct World {
    pub kv: Kavach,
    pub clock: Arc<ManualClock>,
    pub config: Config,
    pub network: Arc<Network>,
    _directory: tempfile::TempDir,
}

/// One fresh instance on each database there is.
pub async fn worlds() -> Vec<World> {
    let mut worlds = vec![start(None, |_| {}).await];
    if let Some(url) = scratch_postgres().await {
        worlds.push(start(Some(url), |_| {}).await);
    }
    worlds
}

/// The same, configured.
pub async fn worlds_with(change: impl Fn(&mut Config)) -> Vec<World> {
    let mut worlds = vec![start(None, &change).await];
    if let Some(url) = scratch_postgres().await {
        worlds.push(start(Some(url), &change).await);
    }
    worlds
}

/// A new empty PostgreSQL database, where there is a server.
pub async fn scratch_postgres() -> Option<String> {
    let server = std::env::var("KAVACH_TEST_POSTGRES_URL").ok()?;
    let number = u128::from_be_bytes(rng::array(&SystemRng));
    Some(create_scratch_database(&server, number).await.unwrap())
}

/// An instance over a database; SQLite in a folder of its own when none is named.
pub async fn start(database: Option<String>, change: impl FnOnce(&mut Config)) -> World {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
    config.database.url = database.map(Secret::new);
    config.instance_key = Some(Secret::new("00112233445566778899aabbccddeeff".repeat(2)));
    change(&mut config);
    config.validate().unwrap();
    let clock = Arc::new(ManualClock::new(START));
    let network = Arc::new(Network::default());
    let kv = open_on(&config, &clock, Arc::clone(&network)).await;
    World { kv, clock, config, network, _directory: directory }
}

/// Another process over the same database.
pub async fn open(config: &Config, clock: &Arc<ManualClock>) -> Kavach {
    open_on(config, clock, Arc::default()).await
}

async fn open_on(config: &Config, clock: &Arc<ManualClock>, http: Arc<Network>) -> Kavach {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Kavach::start(config.clone(), Parts { clock, rng: Arc::new(SystemRng), http }).await.unwrap()
}

pub fn meta() -> RequestMeta {
    RequestMeta {
        client_ip: IpAddr::from([192, 0, 2, 1]),
        user_agent: Some("test".to_owned()),
        request_id: "request-1".to_owned(),
        browser: None,
        language: kavach_model::Language::English,
        captcha: None,
    }
}

pub async fn anonymous(kv: &Kavach) -> RequestContext {
    context::authenticate(kv, meta(), Presented::default()).await.unwrap()
}

/// The context of whoever holds a token.
pub async fn holder(kv: &Kavach, token: &str) -> Result<RequestContext, Error> {
    context::authenticate(kv, meta(), Presented { cookie: None, bearer: Some(token) }).await
}

pub async fn sign_up(kv: &Kavach, email: &str) -> SignedIn {
    let request = SignUpEmail {
        email: email.to_owned(),
        password: Secret::new(PASSWORD),
        name: Some("Somebody".to_owned()),
    };
    authn::email_password::sign_up(kv, &anonymous(kv).await, request).await.unwrap().complete().unwrap()
}

pub async fn sign_in(kv: &Kavach, email: &str, password: &str) -> Result<SignedIn, Error> {
    let request = SignInEmail { email: email.to_owned(), password: Secret::new(password) };
    let done = authn::email_password::sign_in(kv, &anonymous(kv).await, request).await?;
    Ok(done.complete().unwrap())
}

/// A signed-up person and their context.
pub async fn person(kv: &Kavach, email: &str) -> RequestContext {
    let signed_in = sign_up(kv, email).await;
    holder(kv, signed_in.token.expose()).await.unwrap()
}

pub fn new_agent(permissions: &str) -> CreateAgent {
    serde_json::from_str(&format!(r#"{{"name":"github-reader","permissions":{permissions}}}"#)).unwrap()
}

pub async fn make_agent(kv: &Kavach, cx: &RequestContext, permissions: &str) -> AgentWithToken {
    kavach_service::agent::create(kv, cx, new_agent(permissions)).await.unwrap()
}

pub fn question(agent_id: Option<String>, action: &str, resource: &str) -> Authorize {
    Authorize {
        agent_id,
        action: action.to_owned(),
        resource: resource.to_owned(),
        arguments: None,
        ip: None,
        units: None,
        context: None,
        on_behalf_of: None,
    }
}

/// Asks with an agent's own token.
pub async fn ask(kv: &Kavach, token: &str, action: &str, resource: &str) -> Decision {
    authorize::by_token(kv, &meta(), token, question(None, action, resource)).await.unwrap()
}

pub fn code<T>(result: Result<T, Error>) -> ErrorCode {
    match result {
        Ok(_) => panic!("was not refused"),
        Err(error) => ApiError::from(error).code,
    }
}

/// A sub-agent of an agent, made by whoever's context it is.
pub async fn sub_agent(
    kv: &Kavach,
    cx: &RequestContext,
    parent: &AgentWithToken,
    permissions: &str,
) -> Result<AgentWithToken, Error> {
    let owner_id = Some(PrincipalId::Agent(parent.agent.id));
    kavach_service::agent::create(kv, cx, CreateAgent { owner_id, ..new_agent(permissions) }).await
}

/// Agents each below the one before, all with the same permissions.
pub async fn line(kv: &Kavach, cx: &RequestContext, permissions: &str, length: usize) -> Vec<AgentWithToken> {
    let mut line = vec![make_agent(kv, cx, permissions).await];
    for _ in 1..length {
        let next = sub_agent(kv, cx, &line[line.len() - 1], permissions).await.unwrap();
        line.push(next);
    }
    line
}

/// A person who may manage everything, just signed in.
pub async fn admin(kv: &Kavach, email: &str) -> RequestContext {
    kavach_service::setup::create_admin_offline(kv, email, None, Secret::new(PASSWORD)).await.unwrap();
    let signed_in = sign_in(kv, email, PASSWORD).await.unwrap();
    holder(kv, signed_in.token.expose()).await.unwrap()
}

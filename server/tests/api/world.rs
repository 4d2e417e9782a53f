//! A running instance of each kind, and a way to ask it things.

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode};
use kavach_model::{IdentityId, Secret, Timestamp};
use kavach_server::{AppState, Front, router};
use kavach_service::clock::ManualClock;
use kavach_service::config::Config;
use kavach_service::outbound::GuardedClient;
use kavach_service::rng::SystemRng;
use kavach_service::{Kavach, Parts, setup};
use kavach_store::{DatabaseUrl, NewIdentity, Store, create_scratch_database};
use serde_json::{Value, json};
use std::hash::{BuildHasher as _, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A password nobody uses and nothing refuses.
pub const PASSWORD: &str = "seventeen quiet herons wade";
const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);

/// An instance for one test.
pub struct World {
    pub name: &'static str,
    pub kavach: Kavach,
    pub state: AppState,
    pub clock: Arc<ManualClock>,
    router: Front,
    _directory: tempfile::TempDir,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub token: String,
}

/// An agent and its token.
#[derive(Debug, Clone)]
pub struct Agent {
    pub id: String,
    pub token: String,
}

/// One instance over each database there is.
pub async fn worlds() -> Vec<World> {
    worlds_with(|_| {}).await
}

/// The same, configured.
pub async fn worlds_with(configure: impl Fn(&mut Config)) -> Vec<World> {
    let mut worlds = vec![World::start("sqlite", None, &configure).await];
    if let Ok(server) = std::env::var("KAVACH_TEST_POSTGRES_URL") {
        let url = scratch_database(&server).await;
        worlds.push(World::start("postgres", Some(url), &configure).await);
    }
    worlds
}

/// An empty database of its own, by its URL.
pub async fn scratch_database(server: &str) -> String {
    // Random, because a server may outlive the numbers of its processes.
    let number = RandomState::new().hash_one(std::process::id());
    create_scratch_database(server, number.into()).await.unwrap()
}

impl World {
    /// An instance over this database.
    pub async fn over(name: &'static str, database: String, configure: &impl Fn(&mut Config)) -> Self {
        Self::start(name, Some(database), configure).await
    }

    async fn start(name: &'static str, database: Option<String>, configure: &impl Fn(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config { data_dir: directory.path().to_owned(), ..Config::default() };
        config.database.url = database.map(Secret::new);
        config.database.max_connections = 4;
        config.hibp.enabled = false;
        config.rate_limit.enabled = false;
        configure(&mut config);
        config.validate().unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let http = Arc::new(GuardedClient::new(&[]).unwrap());
        let parts = Parts { clock: clock.clone(), rng: Arc::new(SystemRng), http };
        let kavach = Kavach::start(config, parts).await.unwrap();
        let state = AppState::new(kavach.clone(), None);
        let router = router(state.clone());
        Self { name, kavach, state, clock, router, _directory: directory }
    }

    /// The same instance in another process.
    pub async fn restarted(self) -> Self {
        self.reconfigured(|_| {}).await
    }

    /// The same, configured otherwise.
    pub async fn reconfigured(self, configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.kavach.config().clone();
        configure(&mut config);
        config.validate().unwrap();
        self.kavach.shutdown().await;
        let Self { name, kavach, state, clock, router: before, _directory } = self;
        drop((kavach, state, before));
        let http = Arc::new(GuardedClient::new(&[]).unwrap());
        let parts = Parts { clock: clock.clone(), rng: Arc::new(SystemRng), http };
        let kavach = Kavach::start(config, parts).await.unwrap();
        let state = AppState::new(kavach.clone(), None);
        let router = router(state.clone());
        Self { name, kavach, state, clock, router, _directory }
    }

    /// Makes an account somewhere else a person's, as if they had signed in with it.
    pub async fn link(&self, person: &Person, issuer: &str, subject: &str) {
        let url: DatabaseUrl = self.kavach.config().database_url().expose().parse().unwrap();
        let store = Store::connect(&url, 1).await.unwrap();
        let random = RandomState::new().hash_one(subject).to_be_bytes();
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&random);
        let linked = NewIdentity {
            id: IdentityId::from_parts(NOW, bytes),
            user_id: person.id.parse().unwrap(),
            provider: "idp",
            issuer,
            subject,
            display: subject,
            created_at: NOW,
        };
        let mut tx = store.write().await.unwrap();
        assert!(tx.insert_identity(&linked).await.unwrap());
        tx.commit().await.unwrap();
        store.close().await;
    }

    /// A request to be completed and sent.
    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let mut headers = HeaderMap::new();
        headers.insert("host", self.kavach.config().authority().parse().unwrap());
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        Ask {
            world: self,
            method,
            path: path.to_owned(),
            headers,
            body: Body::empty(),
            peer: ([127, 0, 0, 1], 50_000).into(),
        }
    }

    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub fn post(&self, path: &str, body: Value) -> Ask<'_> {
        self.ask("POST", path).json(body)
    }

    /// Signs somebody up.
    pub async fn sign_up(&self, email: &str) -> Person {
        let body = json!({"email": email, "password": PASSWORD, "name": "Somebody"});
        Person::from(self.post("/api/auth/sign-up/email", body).send().await.expect(201))
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, email: &str) -> Person {
        let body = json!({"email": email, "password": PASSWORD});
        Person::from(self.post("/api/auth/sign-in/email", body).send().await.expect(200))
    }

    /// Makes an administrator and signs them in.
    pub async fn admin(&self, email: &str) -> Person {
        setup::create_admin_offline(&self.kavach, email, Some("Admin"), Secret::new(PASSWORD)).await.unwrap();
        self.sign_in(email).await
    }

    /// Makes an agent of this person that may read GitHub.
    pub async fn agent(&self, owner: &Person) -> Agent {
        let body =
            json!({"name": "reader", "permissions": [{"resource": "mcp:github:*", "actions": ["read"]}]});
        let data = self.post("/api/auth/agents", body).bearer(&owner.token).send().await.expect(201);
        Agent { id: text(&data["id"]), token: text(&data["token"]) }
    }

    /// Has an agent of this person ask for something that a person must approve; the approval's id.
    pub async fn approval(&self, owner: &Person, agent: &str, arguments: Value) -> String {
        let read = json!({"resource": "mcp:github:*", "actions": ["read"]});
        let constraints = json!({"requireApproval": true});
        let deploy = json!({"resource": "mcp:deploy:*", "actions": ["execute"], "constraints": constraints});
        let change = self.ask("PATCH", &format!("/api/auth/agents/{agent}"));
        change.json(json!({"permissions": [read, deploy]})).bearer(&owner.token).send().await.expect(200);
        let body = json!({
            "agentId": agent, "action": "execute", "resource": "mcp:deploy:production", "arguments": arguments,
        });
        let decision = self.post("/api/auth/authorize", body).bearer(&owner.token).send().await.expect(200);
        text(&decision["approval"]["id"])
    }

    /// Makes an API key of this person; its id and the key.
    pub async fn api_key(&self, owner: &Person, scopes: &[&str]) -> Agent {
        let body = json!({"name": "key", "scopes": scopes});
        let data = self.post("/api/auth/api-keys", body).bearer(&owner.token).send().await.expect(201);
        Agent { id: text(&data["id"]), token: text(&data["token"]) }
    }
}

impl From<Value> for Person {
    fn from(data: Value) -> Self {
        Self { id: text(&data["user"]["id"]), token: text(&data["token"]) }
    }
}

/// The text of a JSON string.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// A request being put together.
pub struct Ask<'a> {
    world: &'a World,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Body,
    peer: SocketAddr,
}

impl Ask<'_> {
    pub fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.append(name, http::HeaderValue::from_bytes(value.as_ref()).unwrap());
        self
    }

    pub fn without(mut self, name: &'static str) -> Self {
        self.headers.remove(name);
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn cookie(self, token: &str) -> Self {
        let name = self.world.kavach.config().cookie_name();
        self.header("cookie", format!("{name}={token}"))
    }

    /// As this browser's own page would send it.
    pub fn same_origin(self) -> Self {
        let origin = self.world.kavach.config().public_url.clone();
        self.header("origin", origin)
    }

    pub fn json(self, body: Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub fn raw(mut self, content_type: &'static str, body: impl Into<Body>) -> Self {
        self.headers.insert("content-type", content_type.parse().unwrap());
        self.body = body.into();
        self
    }

    pub fn peer(mut self, address: &str) -> Self {
        self.peer = SocketAddr::new(address.parse().unwrap(), 50_000);
        self
    }

    pub async fn send(self) -> Reply {
        let mut request =
            Request::builder().method(self.method.clone()).uri(&self.path).body(self.body).unwrap();
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.world.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 16 * 1024 * 1024).await.unwrap();
        let asked = format!("{} {} {}", self.world.name, self.method, self.path);
        Reply { asked, status: parts.status, headers: parts.headers, body: body.to_vec() }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.asked, self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The data of a success with this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.asked, self.text());
        self.json()["data"].clone()
    }

    /// The code of a failure, whose envelope must be whole.
    pub fn code(&self) -> String {
        let body = self.json();
        let error = &body["error"];
        assert!(error.is_object(), "{}: {} {body}", self.asked, self.status);
        assert_eq!(body.as_object().map(|body| body.len()), Some(1), "{}: {body}", self.asked);
        assert!(!text(&error["message"]).is_empty(), "{}", self.asked);
        assert_eq!(error["requestId"].as_str(), self.header("x-request-id"), "{}: {body}", self.asked);
        text(&error["code"])
    }

    /// The field a failure names.
    pub fn field(&self) -> String {
        let body = self.json();
        assert!(body["error"]["details"]["field"].is_string(), "{}: {body}", self.asked);
        text(&body["error"]["details"]["field"])
    }

    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}: {}",
            self.asked,
            self.text()
        );
    }
}

//! Verifies tokens at a steady rate while the authorization server replaces its keys, and counts what fails.
//!
//! ```text
//! KAVACH_OAUTH__KEY_LIFE=30s KAVACH_OAUTH__KEY_AHEAD=10s kavach serve
//! ISSUER=http://localhost:3000 RESOURCE=http://localhost:8090/mcp CLIENT=clt_... SECRET=kv_secret_... \
//!   cargo run --release -p kavach-resource --example rotation
//! ```
//!
//! `RATE` verifications a second (200) for `SECONDS` (600). A new token is fetched every second and used from then on
//! beside older ones, so both new and replaced keys are looked for. Exits with 1 if one good token was refused.

#![expect(clippy::disallowed_methods, reason = "a program of its own: it makes the client it asks with")]

use futures::TryFutureExt as _;
use http::{HeaderMap, HeaderValue, Method, Uri};
use kavach_resource::{Need, ResourceServer};
use std::collections::{BTreeMap, VecDeque};
use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// For as long as a token is good, less what it takes to be sure.
const KEPT: usize = 500;

type Tokens = Arc<Mutex<VecDeque<String>>>;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    // A second call in one process is refused and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let setting = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
    let number =
        |name: &str, default: u64| setting(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (rate, seconds) = (number("RATE", 200), number("SECONDS", 600));
    let resource = ResourceServer::builder(setting("RESOURCE")?, setting("ISSUER")?).build()?;
    let issuer = Issuer {
        client: reqwest::Client::new(),
        endpoint: format!("{}/oauth/token", setting("ISSUER")?),
        form: [
            ("client_id", setting("CLIENT")?),
            ("client_secret", setting("SECRET")?),
            ("resource", setting("RESOURCE")?),
        ],
    };
    let tokens: Tokens = Arc::default();
    keep(&tokens, issuer.token().await?);
    let (good, refused) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut keys = BTreeMap::new();
    let mut ticks = interval(Duration::from_secs_f64(1.0 / rate as f64));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for tick in 0..rate * seconds {
        ticks.tick().await;
        if tick % rate == 0 {
            let token = issuer.token().await?;
            *keys.entry(header(&token)).or_insert(0) += 1;
            keep(&tokens, token);
        }
        let (resource, good, refused) = (resource.clone(), good.clone(), refused.clone());
        let token = pick(&tokens, tick);
        tokio::spawn(async move {
            let mut headers = HeaderMap::new();
            if let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) {
                headers.insert("authorization", value);
            }
            let uri = Uri::from_static("/mcp");
            match resource.verify(&Method::POST, &uri, &headers, &Need::default()).await {
                Ok(_) => good.fetch_add(1, Ordering::Relaxed),
                Err(refusal) => {
                    let _ = writeln!(std::io::stderr(), "second {}: {}", tick / rate, refusal.reason());
                    refused.fetch_add(1, Ordering::Relaxed)
                }
            };
        });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let (good, refused) = (good.load(Ordering::Relaxed), refused.load(Ordering::Relaxed));
    writeln!(std::io::stdout(), "{good} verified, {refused} refused, tokens of {} keys", keys.len())?;
    Ok(if refused == 0 && good > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where tokens come from.
struct Issuer {
    client: reqwest::Client,
    endpoint: String,
    form: [(&'static str, String); 3],
}

impl Issuer {
    async fn token(&self) -> Result<String, Box<dyn Error>> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .extend_pairs(self.form.iter().map(|(name, value)| (*name, value.as_str())))
            .finish();
        let request = self.client.post(&self.endpoint).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        // Once more, if the connection was being closed at that moment.
        let answer = match request.try_clone() {
            Some(again) => request.send().or_else(|_| again.send()).await?,
            None => request.send().await?,
        };
        let answer: serde_json::Value = serde_json::from_slice(&answer.bytes().await?)?;
        answer["access_token"].as_str().map(str::to_owned).ok_or_else(|| answer.to_string().into())
    }
}

/// Its header names its key.
fn header(token: &str) -> String {
    token.split('.').next().unwrap_or_default().to_owned()
}

fn keep(tokens: &Tokens, token: String) {
    let mut tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
    tokens.push_back(token);
    if tokens.len() > KEPT {
        tokens.pop_front();
    }
}

/// Mostly the newest, and each of the others now and then.
fn pick(tokens: &Tokens, tick: u64) -> String {
    let tokens = tokens.lock().unwrap_or_else(PoisonError::into_inner);
    let index = if tick.is_multiple_of(2) { tokens.len() - 1 } else { (tick as usize / 2) % tokens.len() };
    tokens.get(index).cloned().unwrap_or_default()
}

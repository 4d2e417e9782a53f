//! The doctor for administrators in the console: what was found is kept for an hour, for the page that shows it.
//!
//! Whoever may use the console need not be who may reach every machine near this one: addresses are fetched like those of
//! strangers, through the guarded client. Only an instance that is itself for this machine alone, as one is tried out with,
//! looks at what else runs on it.

use super::{Finding, Gravity, examine};
use crate::context::RequestContext;
use crate::crypto::token::{self as secrets, TokenHash};
use crate::error::{Error, Result};
use crate::guard::rate_limit::{self, Limit};
use crate::oauth::issuer;
use crate::outbound::Trust;
use crate::{Kavach, audit, names};
use kavach_model::api_key::Scope;
use kavach_model::audit::AuditKind;
use kavach_model::{ErrorCode, Timestamp, Token, TokenKind};
use kavach_store::NewOnce;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;
use url::Url;

const PURPOSE: &str = "doctor_report";
const KEPT: Duration = Duration::from_secs(3_600);

/// What came out, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Examined {
    /// What was looked at.
    pub address: String,
    /// When.
    pub at: Timestamp,
    /// What was found, in the order it was looked at.
    pub findings: Vec<Shown>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// How grave it is.
    pub gravity: Gravity,
    /// What it is about.
    pub code: String,
    /// What was found.
    pub found: String,
    /// What to change.
    pub change: Option<String>,
}

impl Examined {
    /// The gravest of what was found.
    pub fn gravest(&self) -> Gravity {
        self.findings.iter().map(|finding| finding.gravity).max().unwrap_or(Gravity::Fine)
    }
}

impl From<Finding> for Shown {
    fn from(finding: Finding) -> Self {
        let Finding { gravity, code, found, change } = finding;
        Self { gravity, code: code.to_owned(), found: names::printable(&found, 600), change }
    }
}

/// Looks at the resource at an address: the name what was found is kept under.
pub async fn run(kv: &Kavach, cx: &RequestContext, address: &str) -> Result<Token> {
    let user = cx.require_admin(Scope::UsersRead)?.id;
    let address = names::parse("address", address, 1_024)?;
    rate_limit::take(kv, &[Limit::examinations(kv, user)]).await?;
    let now = kv.clock().now();
    let mut event = cx.event(AuditKind::ResourceExamined, now);
    event.resource = Some(address.clone());
    // Before anything is asked elsewhere in our name.
    kv.audit().record(vec![audit::draft(kv, event, Some(user))]).await?;
    let report = examine(kv.http(), &address, trust(kv, &address)).await;
    let findings = report.findings.into_iter().map(Shown::from).collect();
    let kept = Examined { address, at: now, findings };
    let payload = serde_json::to_string(&kept).map_err(|error| Error::Fault(error.to_string()))?;
    let token = secrets::issue(TokenKind::Request, kv.rng());
    let mut tx = kv.store().write().await?;
    tx.insert_once(&NewOnce {
        secret_hash: TokenHash::of(&token).as_str(),
        purpose: PURPOSE,
        user_id: Some(user),
        payload: &payload,
        created_at: now,
        expires_at: now + KEPT,
    })
    .await?;
    tx.commit().await?;
    Ok(token)
}

/// What was found, for whoever had it looked at.
pub async fn read(kv: &Kavach, cx: &RequestContext, token: &str) -> Result<Examined> {
    let user = cx.require_admin(Scope::UsersRead)?.id;
    let token = Token::parse(TokenKind::Request, token).ok_or(ErrorCode::NotFound)?;
    let hash = TokenHash::of(&token);
    let found = kv.store().read().await?.find_once(PURPOSE, hash.as_str(), kv.clock().now()).await?;
    let own = found.filter(|found| found.user_id == Some(user));
    let kept = own.and_then(|found| serde_json::from_str(&found.payload).ok());
    kept.ok_or_else(|| ErrorCode::NotFound.into())
}

fn trust(kv: &Kavach, address: &str) -> Trust {
    let here = |text: &str| {
        let url = Url::parse(text).ok();
        url.and_then(|url| Some(is_this_machine(url.host_str()?))).unwrap_or(false)
    };
    let both = issuer(kv).is_some_and(here) && here(address);
    if both { Trust::Operator } else { Trust::Stranger }
}

fn is_this_machine(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

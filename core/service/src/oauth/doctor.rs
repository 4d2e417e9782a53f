//! Why does a client not connect? Looks at an MCP server, or any protected resource, the way the known clients do, and
//! says what to change.
//!
//! The order is theirs: ask without a token (RFC 6750), follow the challenge or the well-known addresses to the metadata of
//! the resource (RFC 9728), from there to the metadata of each authorization server at every place it may be (RFC 8414,
//! OpenID Connect Discovery), and see whether a client nobody has heard of could go on from there. Nothing is registered,
//! no token is asked for, and nothing is changed.

mod challenge;
mod kept;
mod probe;
mod resource_metadata;
mod server_metadata;

pub use kept::{Examined, Shown, read, run};

use crate::oauth::resource::Resource;
use crate::outbound::{HttpFetch, Trust};
use probe::Prober;
use serde::{Deserialize, Serialize};
use url::Url;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gravity {
    /// As it should be.
    Fine,
    /// Some clients stumble over it.
    Warning,
    /// Clients do not connect, or are not safe.
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub gravity: Gravity,
    /// What it is about, for programs: `challenge.missing`, `server.issuer` ...
    pub code: &'static str,
    /// What was found.
    pub found: String,
    /// What to change; none where nothing has to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
}

/// What came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order it was looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether clients get through.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.gravity != Gravity::Problem)
    }

    /// The codes of what should be changed.
    pub fn codes(&self) -> Vec<&'static str> {
        self.findings.iter().filter(|finding| finding.change.is_some()).map(|finding| finding.code).collect()
    }

    fn fine(&mut self, code: &'static str, found: impl Into<String>) {
        self.findings.push(Finding { gravity: Gravity::Fine, code, found: found.into(), change: None });
    }

    fn warn(&mut self, code: &'static str, found: impl Into<String>, change: impl Into<String>) {
        let change = Some(change.into());
        self.findings.push(Finding { gravity: Gravity::Warning, code, found: found.into(), change });
    }

    fn problem(&mut self, code: &'static str, found: impl Into<String>, change: impl Into<String>) {
        let change = Some(change.into());
        self.findings.push(Finding { gravity: Gravity::Problem, code, found: found.into(), change });
    }
}

/// Examines the resource at `address`. `trust` says who chose the address: what its documents point to is fetched with the
/// same care.
pub async fn examine(http: &dyn HttpFetch, address: &str, trust: Trust) -> Report {
    let mut report = Report::default();
    let prober = Prober::new(http, trust);
    let Some(url) = address_of(address, &mut report) else { return report };
    let advised = challenge::examine(&prober, &url, &mut report).await;
    let issuers = resource_metadata::examine(&prober, &url, advised.as_deref(), &mut report).await;
    for issuer in issuers {
        server_metadata::examine(&prober, &issuer, &mut report).await;
    }
    report
}

fn address_of(address: &str, report: &mut Report) -> Option<Url> {
    let url = Resource::parse(address).ok().and_then(|_| Url::parse(address).ok());
    let Some(url) = url else {
        report.problem(
            "resource.address",
            format!("{address} is no address of a resource"),
            "give an absolute https address without a fragment, a user or a password",
        );
        return None;
    };
    if !probe::is_safe(&url) {
        report.problem(
            "resource.http",
            format!("{url} is plain http, where anybody on the way reads the tokens"),
            "serve it over https; plain http is for this machine alone",
        );
    }
    Some(url)
}

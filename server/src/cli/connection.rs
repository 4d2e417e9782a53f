//! `kavach doctor URL`: why does a client not connect?

use super::{print, text};
use kavach_service::Parts;
use kavach_service::config::Config;
use kavach_service::oauth::doctor::{self, Gravity, Report};
use kavach_service::outbound::Trust;

pub(super) async fn examine(config: &Config, address: &str, json: bool) -> Result<(), String> {
    let parts = Parts::system(config).map_err(text)?;
    // Whoever types it here may reach it without us.
    let report = doctor::examine(parts.http.as_ref(), address, Trust::Operator).await;
    if json {
        print(&serde_json::to_string_pretty(&report).map_err(text)?)?;
    } else {
        print(&words(&report))?;
    }
    if report.is_sound() { Ok(()) } else { Err("clients do not get through; see above".to_owned()) }
}

fn words(report: &Report) -> String {
    let mut lines = Vec::new();
    for finding in &report.findings {
        let mark = match finding.gravity {
            Gravity::Fine => "ok     ",
            Gravity::Warning => "warning",
            Gravity::Problem => "PROBLEM",
        };
        lines.push(format!("{mark}  {}", finding.found));
        lines.extend(finding.change.iter().map(|change| format!("         to change: {change}")));
    }
    lines.join("\n")
}

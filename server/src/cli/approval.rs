//! `kavach approval`: what an approval rests on, checked from its parts; also beside a running server.

use super::{print, text};
use clap::Subcommand;
use kavach_model::ApprovalId;
use kavach_model::approval::Approval;
use kavach_service::approval::verify::{self, Report};
use kavach_service::clock::{Clock as _, SystemClock};
use kavach_service::config::Config;
use serde_json::Value;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub(super) enum ApprovalCommand {
    /// Compute the digests of an approval anew and check its receipt
    ///
    /// Exits with 0 only when the receipt of a passkey proves that a person approved exactly this. Needs no server; with
    /// a file, no database either.
    Verify {
        /// An approval in the database by its id, or a file with the JSON that GET /approvals/{id} answers
        #[arg(value_name = "ID_OR_FILE")]
        approval: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(config: &Config, command: ApprovalCommand) -> Result<(), String> {
    let ApprovalCommand::Verify { approval, json } = command;
    let approval = match approval.parse::<ApprovalId>() {
        Ok(id) => verify::stored(config, id, SystemClock.now()).await.map_err(text)?,
        Err(_) => from_file(Path::new(&approval))?,
    };
    let report = verify::check(&approval).map_err(text)?;
    if json {
        print(&serde_json::to_string_pretty(&report).map_err(text)?)?;
    } else {
        print(&words(&approval, &report))?;
    }
    conclude(&report)
}

/// The approval in a file, with or without the envelope of the API.
fn from_file(path: &Path) -> Result<Approval, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let mut json: Value = serde_json::from_slice(&bytes).map_err(|error| format!("{name}: {error}"))?;
    if let Some(data) = json.get_mut("data") {
        json = data.take();
    }
    serde_json::from_value(json).map_err(|error| format!("{name}: not an approval: {error}"))
}

fn words(approval: &Approval, report: &Report) -> String {
    let Approval { id, status, agent_id, action, resource, digest, .. } = approval;
    let parts = match (&report.problem, report.arguments_checked) {
        (Some(problem), _) => format!("Altered: {problem}."),
        (None, true) => "Question, arguments and permissions are those of the digest.".to_owned(),
        (None, false) => {
            "Question and permissions are those of the digest; the arguments are not here.".to_owned()
        }
    };
    let by = match (&approval.decided_by, &approval.decided_at) {
        (Some(by), Some(at)) => format!("Decided by {by} at {at}, as the database says."),
        _ => "Not decided.".to_owned(),
    };
    let receipt = match (&report.signed_at, &report.key_sha256) {
        (Some(origin), Some(key)) => {
            format!("signed by the passkey with the key {key} (SHA-256) at {origin}, its user verified.")
        }
        (None, Some(_)) => "it can not be read.".to_owned(),
        _ => "none.".to_owned(),
    };
    format!(
        "{id}: {agent_id} wants {action} on {resource}: {}\nDigest: {digest}\n{parts}\n{by}\nReceipt: {receipt}",
        status.as_str()
    )
}

fn conclude(report: &Report) -> Result<(), String> {
    match (&report.problem, report.receipt) {
        (Some(problem), _) => Err(format!("the approval is not intact: {problem}")),
        (None, false) => {
            Err("not proven: there is no receipt, since no passkey signed this approval".to_owned())
        }
        (None, true) => Ok(()),
    }
}

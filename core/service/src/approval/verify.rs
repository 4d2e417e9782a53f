//! Checks an approval against its digests without a running server: `kavach approval verify`.
//!
//! The digests show that the parts belong together. That a person agreed only a receipt shows, which a passkey signed.

use super::digest::{self, Subject};
use super::{receipt, shown};
use crate::Error;
use crate::audit::ledger::Ledger;
use crate::config::Config;
use crate::crypto::seal::SealKey;
use crate::crypto::token::hex;
use crate::error::Result;
use crate::instance_key;
use crate::rng::SystemRng;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kavach_model::approval::{Approval, Receipt};
use kavach_model::{ApprovalId, ErrorCode, Timestamp};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Which approval.
    pub id: ApprovalId,
    /// What does not fit its digest, or its receipt; None when everything fits.
    pub problem: Option<String>,
    /// Whether the arguments were there to be checked.
    pub arguments_checked: bool,
    /// Whether there is a receipt of a passkey.
    pub receipt: bool,
    /// The address of the page where it was signed: a receipt of another instance has another.
    pub signed_at: Option<String>,
    /// SHA-256 of the public key in hexadecimal, to be compared with what is known of the person's passkey.
    pub key_sha256: Option<String>,
}

/// An approval in the database of this configuration, also beside a running server.
pub async fn stored(config: &Config, id: ApprovalId, now: Timestamp) -> Result<Approval> {
    let ledger = Ledger::open(config).await?;
    let found = ledger.store().read().await?.find_approval(id).await;
    ledger.close().await;
    let row = found?.ok_or_else(|| Error::from(ErrorCode::NotFound))?;
    let key = SealKey::from_bytes(*instance_key::load(config, &SystemRng)?);
    shown::whole(config, &key, row, now)
}

/// Computes the digests anew from the parts.
pub fn check(approval: &Approval) -> Result<Report> {
    Ok(Report {
        id: approval.id,
        problem: problem(approval)?.map(str::to_owned),
        arguments_checked: approval.arguments.is_some() || approval.arguments_digest.is_none(),
        receipt: approval.receipt.is_some(),
        signed_at: approval.receipt.as_ref().and_then(receipt::origin),
        key_sha256: approval.receipt.as_ref().map(key_fingerprint),
    })
}

fn problem(approval: &Approval) -> Result<Option<&'static str>> {
    if let Some(arguments) = &approval.arguments
        && Some(digest::arguments(arguments)?.1) != approval.arguments_digest
    {
        return Ok(Some("the arguments are not those of argumentsDigest"));
    }
    if digest::permissions(&approval.permissions)? != approval.permissions_digest {
        return Ok(Some("the permissions are not those of permissionsDigest"));
    }
    let subject = Subject {
        agent: approval.agent_id,
        chain: &approval.chain,
        action: &approval.action,
        resource: &approval.resource,
        permissions_digest: &approval.permissions_digest,
    };
    let digest = subject.question(approval.arguments_digest.as_deref(), approval.units)?;
    if digest != approval.digest {
        return Ok(Some("the question is not that of digest"));
    }
    receipt::problem_of(approval)
}

fn key_fingerprint(receipt: &Receipt) -> String {
    hex(&Sha256::digest(URL_SAFE_NO_PAD.decode(&receipt.public_key).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_model::approval::ApprovalStatus;
    use serde_json::{Value, json};

    fn approval() -> Approval {
        let agent = "agt_01jd3x6n9qk8v2m4c7t0wzr5ab";
        let user = "usr_01jd3x6n9qk8v2m4c7t0wzr5ab";
        let permission =
            json!({"resource": "a:*", "actions": ["x"], "constraints": {"requireApproval": true}});
        let mut approval: Approval = serde_json::from_value(json!({
            "id": "apr_01jd3x6n9qk8v2m4c7t0wzr5ab", "status": "consumed", "agentId": agent, "sponsorId": user,
            "chain": [user, agent], "action": "x", "resource": "a:b", "arguments": {"n": 1}, "argumentsDigest": null,
            "units": 1, "permissions": [{"agentId": agent, "permission": permission}], "permissionsDigest": "",
            "digest": "", "url": "", "createdAt": "2026-11-23T09:00:00Z", "expiresAt": "2026-11-23T09:15:00Z",
            "decidedAt": null, "decidedBy": null, "reason": null, "grant": null, "usesLeft": 0, "redeemBy": null,
            "usedAt": null, "receipt": null,
        }))
        .unwrap();
        approval.arguments_digest = approval.arguments.as_ref().map(|map| digest::arguments(map).unwrap().1);
        approval.permissions_digest = digest::permissions(&approval.permissions).unwrap();
        let subject = Subject {
            agent: approval.agent_id,
            chain: &approval.chain,
            action: &approval.action,
            resource: &approval.resource,
            permissions_digest: &approval.permissions_digest,
        };
        approval.digest = subject.question(approval.arguments_digest.as_deref(), approval.units).unwrap();
        approval
    }

    #[test]
    fn every_altered_part_of_a_question_is_found() {
        let whole = approval();
        let report = check(&whole).unwrap();
        assert_eq!((report.problem, report.arguments_checked, report.receipt), (None, true, false));
        let changes: [fn(&mut Value); 7] = [
            |json| json["arguments"]["n"] = json!(2),
            |json| json["action"] = json!("y"),
            |json| json["resource"] = json!("a:c"),
            |json| json["units"] = json!(2),
            |json| json["chain"].as_array_mut().unwrap().truncate(1),
            |json| json["permissions"][0]["permission"]["constraints"] = json!({}),
            |json| json["argumentsDigest"] = json!("00"),
        ];
        for change in changes {
            let mut json = serde_json::to_value(&whole).unwrap();
            change(&mut json);
            let altered: Approval = serde_json::from_value(json).unwrap();
            assert!(check(&altered).unwrap().problem.is_some(), "{altered:?}");
        }
        // What happened to it is no part of the question.
        let later = Approval { status: ApprovalStatus::Denied, arguments: None, ..whole };
        let report = check(&later).unwrap();
        assert_eq!((report.problem, report.arguments_checked), (None, false));
    }
}

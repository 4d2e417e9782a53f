//! The names of a question: SHA-256 over canonical JSON (RFC 8785) behind a line that says what is named.
//!
//! The formats are described in `docs/approvals.md` and never change under their names: a passkey signs the first of
//! them. RFC 8785 writes numbers as IEEE 754 doubles, so two whole numbers beyond 2^53 may have one text; what holds such
//! a number is not [`exact`] and cannot be approved.

use crate::Error;
use crate::crypto::token::hex;
use crate::error::Result;
use kavach_model::approval::Grant;
use kavach_model::authorize::MatchedPermission;
use kavach_model::{AgentId, ApprovalId, PrincipalId};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

const QUESTION: &str = "kavach-approval-v1";
const GRANT: &str = "kavach-approval-grant-v1";
const CONSENT: &str = "kavach-approval-consent-v1";
const PERMISSIONS: &str = "kavach-approval-permissions-v1";
/// The largest magnitude up to which every whole number is a double.
const EXACT: u64 = 1 << 53;

/// Who asks for what: everything about a question but its arguments and units.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subject<'a> {
    pub(super) agent: AgentId,
    pub(super) chain: &'a [PrincipalId],
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    #[serde(rename = "permissionsSha256")]
    pub(super) permissions_digest: &'a str,
}

#[derive(Serialize)]
struct Question<'a> {
    #[serde(flatten)]
    subject: Subject<'a>,
    #[serde(rename = "argumentsSha256")]
    arguments_digest: Option<&'a str>,
    units: u64,
}

impl Subject<'_> {
    /// What is approved, and what a passkey signs.
    pub(super) fn question(self, arguments_digest: Option<&str>, units: u64) -> Result<String> {
        named(QUESTION, &Question { subject: self, arguments_digest, units })
    }

    /// What a standing grant covers.
    pub(super) fn grant(self) -> Result<String> {
        named(GRANT, &self)
    }
}

#[derive(Serialize)]
struct Consent<'a> {
    approval: ApprovalId,
    digest: &'a str,
    grant: Option<Grant>,
}

/// What a passkey signs: that this approval, of this question, is granted so far.
pub(super) fn consent(approval: ApprovalId, question: &str, grant: Option<Grant>) -> Result<[u8; 32]> {
    let text = canonical(&Consent { approval, digest: question, grant })?;
    Ok(Sha256::digest(format!("{CONSENT}\n{text}")).into())
}

/// The fingerprint of the permissions that decided, whatever order they and their actions are written in.
pub(super) fn permissions(deciding: &[MatchedPermission]) -> Result<String> {
    let mut links = Vec::with_capacity(deciding.len());
    for link in deciding {
        let mut link = link.clone();
        link.permission.actions.sort_by_key(ToString::to_string);
        link.permission.actions.dedup();
        links.push(canonical(&link)?);
    }
    links.sort_unstable();
    Ok(digest(PERMISSIONS, &format!("[{}]", links.join(","))))
}

/// The canonical text of arguments and its SHA-256.
pub(super) fn arguments(arguments: &Map<String, Value>) -> Result<(String, String)> {
    let text = canonical(arguments)?;
    let digest = hex(&Sha256::digest(&text));
    Ok((text, digest))
}

/// Whether the canonical text of these arguments can be read in one way only.
pub(crate) fn exact(arguments: &Map<String, Value>) -> bool {
    arguments.values().all(is_exact)
}

fn is_exact(value: &Value) -> bool {
    match value {
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => whole.unsigned_abs() <= EXACT,
            // Also whole numbers so large that they were read as a double already.
            (None, Some(other)) => other.abs() <= EXACT as f64,
            (None, None) => false,
        },
        Value::Array(values) => values.iter().all(is_exact),
        Value::Object(values) => values.values().all(is_exact),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

fn named(name: &str, value: &impl Serialize) -> Result<String> {
    Ok(digest(name, &canonical(value)?))
}

fn digest(name: &str, text: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(name);
    // No name holds a line break, so no text can move into it.
    hasher.update("\n");
    hasher.update(text);
    hex(&hasher.finalize())
}

fn canonical(value: &impl Serialize) -> Result<String> {
    serde_json_canonicalizer::to_string(value).map_err(|error| Error::Fault(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_model::{Timestamp, UserId};
    use serde_json::json;
    use std::collections::HashSet;

    fn agent() -> AgentId {
        AgentId::from_parts(Timestamp::from_millis(1_764_000_000_000), [1; 10])
    }

    fn fingerprint(json: &str) -> String {
        let list: Vec<Value> = serde_json::from_str(json).unwrap();
        let list = list.into_iter().map(|permission| json!({"agentId": agent(), "permission": permission}));
        let list: Vec<MatchedPermission> = list.map(|link| serde_json::from_value(link).unwrap()).collect();
        permissions(&list).unwrap()
    }

    #[test]
    fn the_digest_is_as_documented() {
        let chain =
            [UserId::from_parts(Timestamp::from_millis(1_764_000_000_000), [2; 10]).into(), agent().into()]
                .map(|id: String| id.parse().unwrap());
        let subject = Subject {
            agent: agent(),
            chain: &chain,
            action: "execute",
            resource: "mcp:deploy:production",
            permissions_digest: "00",
        };
        let text = format!(
            "kavach-approval-v1\n{{\"action\":\"execute\",\"agent\":\"{}\",\"argumentsSha256\":null,\"chain\":[\"{}\",\"{}\"],\"permissionsSha256\":\"00\",\"resource\":\"mcp:deploy:production\",\"units\":1}}",
            agent(),
            chain[0],
            agent()
        );
        assert_eq!(subject.question(None, 1).unwrap(), hex(&Sha256::digest(text)));
        let text = format!(
            "kavach-approval-grant-v1\n{{\"action\":\"execute\",\"agent\":\"{}\",\"chain\":[\"{}\",\"{}\"],\"permissionsSha256\":\"00\",\"resource\":\"mcp:deploy:production\"}}",
            agent(),
            chain[0],
            agent()
        );
        assert_eq!(subject.grant().unwrap(), hex(&Sha256::digest(text)));
    }

    #[test]
    fn every_part_of_a_consent_changes_what_is_signed() {
        let one = ApprovalId::from_parts(Timestamp::from_millis(1_764_000_000_000), [1; 10]);
        let other = ApprovalId::from_parts(Timestamp::from_millis(1_764_000_000_000), [2; 10]);
        let grant = |uses, minutes| Some(Grant { uses, minutes });
        let text = format!(
            "kavach-approval-consent-v1\n{{\"approval\":\"{one}\",\"digest\":\"00\",\"grant\":{{\"minutes\":60,\"uses\":5}}}}"
        );
        assert_eq!(consent(one, "00", grant(5, 60)).unwrap().as_slice(), Sha256::digest(text).as_slice());
        let all = [
            consent(one, "00", None),
            consent(other, "00", None),
            consent(one, "01", None),
            consent(one, "00", grant(5, 60)),
            consent(one, "00", grant(6, 60)),
            consent(one, "00", grant(5, 61)),
        ];
        let distinct: HashSet<[u8; 32]> = all.into_iter().map(|one| one.unwrap()).collect();
        assert_eq!(distinct.len(), 6);
    }

    #[test]
    fn every_part_of_a_question_changes_its_digest() {
        let chain = [PrincipalId::Agent(agent())];
        let one =
            Subject { agent: agent(), chain: &chain, action: "a", resource: "r", permissions_digest: "p" };
        let other = AgentId::from_parts(Timestamp::from_millis(2), [1; 10]);
        let digests = [
            one.question(None, 1),
            one.question(Some("x"), 1),
            one.question(None, 2),
            Subject { agent: other, ..one }.question(None, 1),
            Subject { chain: &[], ..one }.question(None, 1),
            Subject { action: "b", ..one }.question(None, 1),
            Subject { resource: "s", ..one }.question(None, 1),
            Subject { permissions_digest: "q", ..one }.question(None, 1),
            one.grant(),
        ];
        let distinct: HashSet<String> = digests.into_iter().map(|digest| digest.unwrap()).collect();
        assert_eq!(distinct.len(), 9);
    }

    #[test]
    fn permissions_have_one_fingerprint_in_any_order_and_another_when_they_change() {
        let a = r#"{"resource":"a","actions":["x","y"],"constraints":{"requireApproval":true}}"#;
        let turned = r#"{"resource":"a","actions":["y","x"],"constraints":{"requireApproval":true}}"#;
        let b = r#"{"resource":"a","actions":["*"]}"#;
        let changed =
            r#"{"resource":"a","actions":["x","y"],"constraints":{"requireApproval":true,"maxUses":3}}"#;
        let one = fingerprint(&format!("[{a},{b}]"));
        assert_eq!(one, fingerprint(&format!("[{b},{turned}]")));
        assert_ne!(one, fingerprint(&format!("[{changed},{b}]")));
        assert_ne!(one, fingerprint(&format!("[{a}]")));
    }

    #[test]
    fn a_number_that_could_be_read_as_another_is_not_exact() {
        for (json, expected) in [
            (r#"{"n":9007199254740992}"#, true),
            (r#"{"n":-9007199254740992}"#, true),
            (r#"{"n":0.1,"m":[1,{"x":2.5e3}]}"#, true),
            (r#"{"n":"9007199254740993"}"#, true),
            (r#"{"n":9007199254740993}"#, false),
            (r#"{"n":[{"x":-9007199254740993}]}"#, false),
            (r#"{"n":18446744073709551615}"#, false),
            (r#"{"n":18446744073709551617}"#, false),
            (r#"{"n":1e300}"#, false),
        ] {
            assert_eq!(exact(&serde_json::from_str(json).unwrap()), expected, "{json}");
        }
        // What the rule is there for.
        let digest = |json| arguments(&serde_json::from_str(json).unwrap()).unwrap().1;
        assert_eq!(digest(r#"{"id":9007199254740993}"#), digest(r#"{"id":9007199254740992}"#));
    }
}

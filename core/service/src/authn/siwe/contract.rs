//! Wallets that are contracts: the chain is asked whether it takes the signature for theirs.
//!
//! EIP-1271 for contracts that exist, EIP-6492 for those that will; both by one `eth_call` that deploys nothing and
//! changes nothing. The program sent along is the reference implementation's `ValidateSigOffchain`, which answers with
//! one byte. The node must serve the chain the message names.

use crate::Kavach;
use crate::crypto::token::{from_hex, hex};
use crate::outbound::{Request, Trust};
use serde_json::{Value, json};
use std::time::Duration;

const VALIDATOR: &str = include_str!("validator.hex");
const TIMEOUT: Duration = Duration::from_secs(4);
const MAX_BODY: usize = 64 * 1024;
/// Longest signature of a contract that is looked at; with EIP-6492 it brings the contract along.
pub(super) const MAX_SIGNATURE: usize = 24 * 1024;

/// The node gave no answer that makes sense.
#[derive(Debug)]
pub(super) struct NoAnswer;

/// Whether the contract at an address takes a signature of this hash for its own.
pub(super) async fn accepts(
    kv: &Kavach,
    rpc_url: &str,
    chain_id: u64,
    address: &[u8; 20],
    hash: &[u8; 32],
    signature: &[u8],
) -> Result<bool, NoAnswer> {
    let served = match call(kv, rpc_url, "eth_chainId", json!([])).await? {
        Answer::Result(served) => served,
        Answer::Reverted => return Err(NoAnswer),
    };
    let served = served.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
    if served.ok_or(NoAnswer)? != chain_id {
        return Ok(false);
    }
    let data = format!("0x{}{}", VALIDATOR.trim(), arguments(address, hash, signature));
    match call(kv, rpc_url, "eth_call", json!([{"data": data}, "latest"])).await? {
        Answer::Result(answer) => {
            let bytes = answer.strip_prefix("0x").and_then(from_hex).ok_or(NoAnswer)?;
            Ok(bytes.last() == Some(&1) && bytes.iter().rev().skip(1).all(|byte| *byte == 0))
        }
        // What the contract does when it does not like a signature.
        Answer::Reverted => Ok(false),
    }
}

enum Answer {
    Result(String),
    Reverted,
}

async fn call(kv: &Kavach, url: &str, method: &str, params: Value) -> Result<Answer, NoAnswer> {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let request = Request::post(url, Trust::Operator, body.to_string().into_bytes())
        .header("content-type", "application/json")
        .timeout(TIMEOUT)
        .max_body(MAX_BODY);
    let response = kv.http().fetch(request).await.map_err(|_| NoAnswer)?;
    if response.status != 200 {
        return Err(NoAnswer);
    }
    let answer: Value = serde_json::from_slice(&response.body).map_err(|_| NoAnswer)?;
    // One of the two and never both (JSON-RPC 2.0, section 5); some nodes write the other as null.
    let error = answer.get("error").filter(|error| !error.is_null());
    match (answer.get("result").and_then(Value::as_str), error) {
        (Some(result), None) => Ok(Answer::Result(result.to_owned())),
        (None, Some(error)) if is_revert(error) => Ok(Answer::Reverted),
        _ => Err(NoAnswer),
    }
}

/// Geth and most others say 3, some the older -32000 or -32015 with a word.
fn is_revert(error: &Value) -> bool {
    let code = error.get("code").and_then(Value::as_i64);
    let message = error.get("message").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    code == Some(3) || message.contains("revert")
}

/// `(address, bytes32, bytes)` as contracts take them (ABI specification), in hexadecimal.
fn arguments(address: &[u8; 20], hash: &[u8; 32], signature: &[u8]) -> String {
    let padded = signature.len().div_ceil(32) * 64;
    format!(
        "{:0>64}{}{:064x}{:064x}{:0<padded$}",
        hex(address),
        hex(hash),
        96,
        signature.len(),
        hex(signature)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_laid_out_in_words_of_32_bytes() {
        let text = arguments(&[0xAB; 20], &[0xCD; 32], &[0xEF; 33]);
        assert_eq!(text.len(), 64 * 6);
        assert!(text.starts_with(&format!("{}{}", "0".repeat(24), "ab".repeat(20))));
        assert_eq!(&text[128..192], format!("{:064x}", 0x60));
        assert_eq!(&text[192..256], format!("{:064x}", 33));
        assert!(text.ends_with(&format!("ef{}", "0".repeat(62))));
    }

    #[test]
    fn only_a_revert_is_an_answer_among_errors() {
        assert!(is_revert(&json!({"code": 3, "message": "execution reverted"})));
        assert!(is_revert(&json!({"code": -32000, "message": "execution reverted: no"})));
        assert!(!is_revert(&json!({"code": -32005, "message": "limit exceeded"})));
    }
}

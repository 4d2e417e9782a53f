//! Records as rows of a table (RFC 4180).
//!
//! A cell that begins like a formula gets an apostrophe in front, because names, resources and user agents are chosen
//! by whoever asks, and spreadsheets run what begins so.

use crate::audit::ledger::leaf_hex;
use serde_json::{Map, Value};

const COLUMNS: [&str; 23] = [
    "id",
    "at",
    "kind",
    "actorId",
    "agentId",
    "userId",
    "sponsorId",
    "sessionId",
    "tokenId",
    "action",
    "resource",
    "argumentsDigest",
    "arguments",
    "argumentsOmitted",
    "verdict",
    "reasonCode",
    "matched",
    "revision",
    "approvalId",
    "ip",
    "userAgent",
    "requestId",
    "context",
];

/// The first line.
pub(super) const HEADER: &str = "seq,id,at,kind,actorId,agentId,userId,sponsorId,sessionId,tokenId,action,resource,argumentsDigest,arguments,argumentsOmitted,verdict,reasonCode,matched,revision,approvalId,ip,userAgent,requestId,context,leafHash\r\n";

/// Adds the row of a record; of one that is no JSON, at least its position and hash.
pub(super) fn push_row(text: &mut String, seq: u64, body: &str) {
    let record: Map<String, Value> = serde_json::from_str(body).unwrap_or_default();
    text.push_str(&seq.to_string());
    for column in COLUMNS {
        text.push(',');
        match record.get(column) {
            None | Some(Value::Null) => {}
            Some(Value::String(cell)) => push_cell(text, cell),
            Some(other) => push_cell(text, &other.to_string()),
        }
    }
    text.push(',');
    text.push_str(&leaf_hex(body));
    text.push_str("\r\n");
}

fn push_cell(text: &mut String, cell: &str) {
    // Also where white space stands before it, which some programs skip.
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@']) || cell.starts_with(['\t', '\r']);
    let quoted = formula || cell.contains(['"', ',', '\n', '\r']);
    if quoted {
        text.push('"');
    }
    if formula {
        text.push('\'');
    }
    if cell.contains('"') {
        text.push_str(&cell.replace('"', "\"\""));
    } else {
        text.push_str(cell);
    }
    if quoted {
        text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        push_cell(&mut out, text);
        out
    }

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        assert_eq!(cell("mcp:github:repos"), "mcp:github:repos");
        assert_eq!(cell("=HYPERLINK(\"http://x\")"), "\"'=HYPERLINK(\"\"http://x\"\")\"");
        for begin in ["+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"] {
            assert_eq!(cell(begin), format!("\"'{begin}\""));
        }
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("two\nlines"), "\"two\nlines\"");
    }

    #[test]
    fn every_row_has_as_many_cells_as_the_header() {
        let mut text = String::new();
        push_row(&mut text, 7, r#"{"seq":7,"id":"aud_x","action":"=1","context":{"a":1},"ip":null}"#);
        assert_eq!(HEADER.matches(',').count(), COLUMNS.len() + 1);
        assert_eq!(HEADER.trim_end(), format!("seq,{},leafHash", COLUMNS.join(",")));
        assert!(text.starts_with("7,aud_x,,,,,,,,,\"'=1\","), "{text}");
        assert!(text.contains(r#""{""a"":1}""#), "{text}");
    }
}

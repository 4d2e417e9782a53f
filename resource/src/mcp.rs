//! Which tools a message to an MCP server calls.
//!
//! The body decides, not the `Mcp-Name` header that newer clients add: a header that disagrees with the body is the MCP
//! server's to refuse.

use crate::need::Need;
use crate::strict_json;
use serde_json::Value;
use std::collections::HashMap;

/// What each tool needs, by its name.
pub(crate) type Tools = HashMap<String, Need>;

/// The names of the tools in a JSON-RPC message, or in a batch of them as older clients send. Whatever two parsers could
/// read in two ways is refused.
pub(crate) fn called_tools(body: &[u8]) -> Result<Vec<String>, &'static str> {
    let message = strict_json::value(body).ok_or("the body is not JSON, or a member in it stands twice")?;
    let messages = match &message {
        Value::Array(batch) => batch.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut called = Vec::new();
    for message in messages.iter().filter(|message| message["method"] == "tools/call") {
        let name = message["params"]["name"].as_str().ok_or("a call names no tool")?;
        called.push(name.to_owned());
    }
    Ok(called)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_alone_and_in_batches() {
        let call =
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"deploy","arguments":{}}}"#;
        assert_eq!(called_tools(call.as_bytes()).unwrap(), ["deploy"]);
        let batch = format!(r#"[{{"method":"tools/list"}},{call},{call}]"#);
        assert_eq!(called_tools(batch.as_bytes()).unwrap(), ["deploy", "deploy"]);
        assert!(called_tools(br#"{"method":"tools/list"}"#).unwrap().is_empty());
        assert!(called_tools(b"3").unwrap().is_empty());
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for body in [
            r#"{"method":"tools/list","method":"tools/call","params":{"name":"deploy"}}"#,
            r#"{"method":"tools/call","params":{"name":"read","name":"deploy"}}"#,
            r#"{"method":"tools/call","params":{"name":3}}"#,
            r#"{"method":"tools/call"}"#,
            "{",
            "",
        ] {
            assert!(called_tools(body.as_bytes()).is_err(), "{body}");
        }
    }
}

//! A question as a command for a shell.

use kavach_model::authorize::Authorize;

/// What asks the same by the API. Whatever was typed stays one word of the shell.
pub(super) fn curl(public_url: &str, request: &Authorize) -> String {
    let mut body = serde_json::Map::new();
    let mut put = |name: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("agentId", request.agent_id.clone().map(Into::into));
    put("action", Some(request.action.clone().into()));
    put("resource", Some(request.resource.clone().into()));
    put("arguments", request.arguments.clone().map(Into::into));
    put("ip", request.ip.map(|ip| ip.to_string().into()));
    let body = serde_json::Value::from(body).to_string().replace('\'', "'\\''");
    format!(
        "curl {public_url}/api/auth/authorize \\\n  -H \"Authorization: Bearer $KAVACH_API_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  -d '{body}'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_does_not_leave_its_quotes() {
        let request: Authorize =
            serde_json::from_str(r#"{"agentId":"a","action":"'; rm -rf ~ #","resource":"r"}"#).unwrap();
        let command = curl("https://id.example", &request);
        assert!(command.contains(r"'\''; rm -rf ~ #"), "{command}");
        assert!(command.ends_with(r#""resource":"r"}'"#));
    }
}

//! The tools. What each needs of a token stands in `main`; when one of these runs, the token has it.

use http::request::Parts;
use kavach_resource::{AccessToken, Decision, NoDecision, Question, ResourceServer};
use rmcp::handler::server::tool::Extension;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{CallToolResult, ContentBlock, ServerCapabilities, ServerConfig};
use rmcp::schemars::{self, JsonSchema};
use rmcp::{ErrorData, ServerHandler, tool, tool_handler, tool_router};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Notes of each subject, in memory.
#[derive(Clone)]
pub struct Notes {
    resource: ResourceServer,
    kept: Arc<Mutex<HashMap<String, Vec<String>>>>,
}

/// A note to add.
#[derive(Debug, Deserialize, JsonSchema)]
struct NewNote {
    /// What it says.
    text: String,
}

/// What to deploy.
#[derive(Debug, Deserialize, JsonSchema)]
struct Deployment {
    /// Where to: `staging` or `production`.
    target: String,
    /// Which version.
    version: String,
}

#[tool_router]
impl Notes {
    /// With no notes yet.
    pub fn new(resource: ResourceServer) -> Self {
        Self { resource, kept: Arc::default() }
    }

    #[tool(description = "Tells who calls, for whom, and with which scopes.")]
    async fn whoami(&self, Extension(parts): Extension<Parts>) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        Ok(CallToolResult::structured(json!({
            "subject": token.subject(), "client": token.client_id(), "actors": token.actors(),
            "scopes": token.scopes().iter().collect::<Vec<_>>(), "bound": token.key_thumbprint().is_some(),
        })))
    }

    #[tool(description = "Adds a note. Needs the scope notes:write.")]
    async fn add_note(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(note): Parameters<NewNote>,
    ) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let notes = kept.entry(token.subject().to_owned()).or_default();
        notes.push(note.text);
        Ok(said(format!("{} notes", notes.len())))
    }

    #[tool(description = "Deletes all notes. Needs a person who signed in within the last five minutes.")]
    async fn delete_notes(&self, Extension(parts): Extension<Parts>) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let deleted = kept.remove(token.subject()).unwrap_or_default();
        Ok(said(format!("{} notes deleted", deleted.len())))
    }

    #[tool(description = "Deploys a version. For agents; a person may have to approve it first.")]
    async fn deploy(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(Deployment { target, version }): Parameters<Deployment>,
    ) -> Result<CallToolResult, ErrorData> {
        let token = caller(&parts)?;
        let arguments = json!({"version": version});
        let question = Question {
            action: "execute",
            resource: &format!("mcp:deploy:{target}"),
            arguments: arguments.as_object(),
            ..Question::default()
        };
        Ok(match self.resource.authorize(&token, question).await {
            Ok(decision) if decision.allowed => said(format!("Version {version} is on {target}.")),
            Ok(decision) => refused(&decision),
            Err(NoDecision::NoAgent) => failed("Only agents deploy here."),
            Err(_) => failed("Nobody could be asked whether this is allowed. Try again later."),
        })
    }
}

#[tool_handler]
impl ServerHandler for Notes {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_instructions("Notes, and a deployment that a person approves.")
    }
}

/// Whose call it is. The layer put it there, or the call would not have come this far.
fn caller(parts: &Parts) -> Result<AccessToken, ErrorData> {
    let token = parts.extensions.get::<AccessToken>().cloned();
    token.ok_or_else(|| ErrorData::internal_error("no token was looked at", None))
}

/// For a program to act on, and with the words a model can pass on to its person.
fn refused(decision: &Decision) -> CallToolResult {
    match decision.waits_for() {
        Some(approval) => {
            let text = format!(
                "A person has to approve this at {} until {}. Then call again with the same arguments.",
                approval.url, approval.expires_at
            );
            let mut result = CallToolResult::structured_error(json!({
                "error": "approval_required", "approvalId": approval.id, "url": approval.url,
                "expiresAt": approval.expires_at,
            }));
            result.content = vec![ContentBlock::text(text)];
            result
        }
        None => failed(&format!("Not allowed: {} ({})", decision.reason, decision.audit_id)),
    }
}

fn said(text: String) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}

fn failed(text: &str) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(text)])
}

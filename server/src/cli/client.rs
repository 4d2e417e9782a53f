//! `kavach client`: apps that ask for tokens.

use super::admin::finish;
use super::offline;
use clap::{Args, Subcommand};
use kavach_model::oauth::{AuthMethod, CreateClient};
use kavach_service::config::Config;
use kavach_service::oauth::clients;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Register an app; prints it as JSON, with its secret this once
    Create(Box<Create>),
    /// List every app, one a line: client_id, kind, name
    List,
    /// Delete an app; everything it was granted ends
    Delete {
        /// Its client_id
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What people are shown
    #[arg(long)]
    name: String,
    /// Where answers may go; may come more than once
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may be sent after signing out; may come more than once
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// How it proves who it is: none, client_secret_basic, client_secret_post or private_key_jwt
    #[arg(long, default_value = "none", value_parser = method, value_name = "METHOD")]
    auth: AuthMethod,
    /// Which grants it uses, with commas between; authorization_code,refresh_token when left out
    #[arg(long, value_delimiter = ',', value_name = "GRANTS")]
    grants: Vec<String>,
    /// What it may ask for, with spaces between; anything when left out
    #[arg(long)]
    scope: Option<String>,
    /// Its public keys as a JSON Web Key Set, for private_key_jwt
    #[arg(long, value_name = "JSON")]
    jwks: Option<String>,
    /// Where its public keys are, instead
    #[arg(long, value_name = "URL")]
    jwks_uri: Option<String>,
    /// A server whose tokens it may look into; may come more than once
    #[arg(long = "introspects", value_name = "RESOURCE")]
    introspects: Vec<String>,
    /// How its ID tokens are signed: RS256, ES256 or EdDSA
    #[arg(long, value_name = "ALG")]
    id_token_alg: Option<String>,
    /// It gets no tokens without a proof of possession (DPoP)
    #[arg(long)]
    dpop: bool,
    /// It must push its authorization requests (PAR)
    #[arg(long)]
    require_par: bool,
    /// Where it is told that a session is over (OpenID Connect Back-Channel Logout)
    #[arg(long, value_name = "URL")]
    backchannel_logout_uri: Option<String>,
    /// It must be told which session, which it is in any case
    #[arg(long)]
    backchannel_logout_session_required: bool,
}

fn method(text: &str) -> Result<AuthMethod, String> {
    AuthMethod::parse(text)
        .ok_or_else(|| "none, client_secret_basic, client_secret_post or private_key_jwt".to_owned())
}

pub(super) async fn run(config: Config, command: Client) -> Result<(), String> {
    match command {
        Client::Create(args) => {
            let request = request(*args)?;
            let offline = offline(config).await?;
            let made = clients::create_offline(&offline.0, request).await;
            finish(offline, made.map(|made| json!(made).to_string())).await
        }
        Client::List => {
            let offline = offline(config).await?;
            let listed = clients::list_offline(&offline.0).await.map(|all| {
                let lines = all.iter().map(|one| format!("{}\t{}\t{}", one.id, one.kind.as_str(), one.name));
                lines.collect::<Vec<_>>().join("\n")
            });
            finish(offline, listed).await
        }
        Client::Delete { id } => {
            let offline = offline(config).await?;
            let deleted = clients::delete_offline(&offline.0, &id).await;
            finish(offline, deleted.map(|()| "Deleted.".to_owned())).await
        }
    }
}

fn request(args: Create) -> Result<CreateClient, String> {
    let jwks = args.jwks.map(|text| serde_json::from_str(&text)).transpose();
    Ok(CreateClient {
        name: args.name,
        redirect_uris: args.redirect_uris,
        post_logout_redirect_uris: args.post_logout_redirect_uris,
        auth_method: Some(args.auth),
        grant_types: args.grants,
        scope: args.scope,
        jwks: jwks.map_err(|error| format!("--jwks: {error}"))?,
        jwks_uri: args.jwks_uri,
        introspects: args.introspects,
        id_token_signed_response_alg: args.id_token_alg,
        dpop_bound_access_tokens: args.dpop,
        require_pushed_authorization_requests: args.require_par,
        backchannel_logout_uri: args.backchannel_logout_uri,
        backchannel_logout_session_required: args.backchannel_logout_session_required,
    })
}

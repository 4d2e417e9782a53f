//! `kavach admin`: the first administrator and API keys, without a browser.

use super::{CreateAdmin, CreateKey, offline, read_password, text};
use kavach_service::config::Config;
use kavach_service::setup;

pub(super) async fn create(config: Config, args: &CreateAdmin) -> Result<(), String> {
    let password = read_password()?;
    let offline = offline(config).await?;
    let made = setup::create_admin_offline(&offline.0, &args.email, args.name.as_deref(), password).await;
    finish(offline, made.map(|id| id.to_string())).await
}

pub(super) async fn api_key(config: Config, args: &CreateKey) -> Result<(), String> {
    let offline = offline(config).await?;
    let made = setup::create_api_key_offline(&offline.0, &args.name, &args.scopes).await;
    finish(offline, made.map(|created| created.token.expose().to_owned())).await
}

pub(super) async fn finish(
    offline: super::Offline,
    made: kavach_service::Result<String>,
) -> Result<(), String> {
    match made {
        Ok(result) => offline.close(&result).await,
        Err(error) => {
            offline.0.shutdown().await;
            // What was refused has a sentence for people; the code before it is for programs.
            Err(match error {
                kavach_service::Error::Refused(refused) => refused.message,
                other => text(other),
            })
        }
    }
}

//! `kavach keys`: the keys that sign tokens.

use super::admin::finish;
use super::offline;
use clap::Subcommand;
use kavach_service::config::Config;
use kavach_service::oauth::keys::{self, KeyState};

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Make the next key of each algorithm, to sign once it was published for oauth.key_ahead
    ///
    /// Keys replace themselves in time; this is for when one must not wait. The keys before stay published until nothing
    /// they signed is valid any more.
    Rotate {
        /// Sign with it at once, because a key became known to others
        #[arg(long)]
        now: bool,
    },
    /// List every key, one a line: kid, algorithm, state, since when it signs
    List,
}

pub(super) async fn run(config: Config, command: Keys) -> Result<(), String> {
    let offline = offline(config).await?;
    let done = match command {
        Keys::Rotate { now } => keys::rotate(&offline.0, now).await,
        Keys::List => keys::list(&offline.0).await,
    };
    finish(offline, done.map(|keys| lines(&keys))).await
}

fn lines(keys: &[KeyState]) -> String {
    let line = |key: &KeyState| format!("{}\t{}\t{}\t{}", key.kid, key.algorithm, key.state, key.active_from);
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
}

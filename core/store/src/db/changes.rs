//! Word of changes other processes make, by PostgreSQL's LISTEN and NOTIFY.
//!
//! It makes news travel fast and nothing depends on it: whoever listens also looks by themselves now and then.

use crate::error::Result;
use sqlx::postgres::{PgListener, PgPool};

/// Word of changes of agents.
pub struct Changes(PgListener);

impl Changes {
    pub(super) async fn of(pool: &PgPool) -> Result<Self> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen("kavach_agents").await?;
        Ok(Self(listener))
    }

    /// Waits for the next change, or for the connection to be lost and made again: then there may have been some.
    pub async fn next(&mut self) -> Result<()> {
        Ok(self.0.try_recv().await.map(drop)?)
    }
}

//! Authenticator apps: the sealed secret, and the last time step that was accepted.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};

/// The app that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// Its secret, sealed.
    pub secret_sealed: String,
    /// When it was shown to work.
    pub confirmed_at: Timestamp,
}

impl Conn {
    /// Keeps the secret of an app that is being set up, in place of another that was. The app that counts stays.
    pub async fn propose_totp(&mut self, user_id: UserId, sealed: &str, now: Timestamp) -> Result<()> {
        self.execute(
            sql("INSERT INTO totp_secrets (user_id, last_step, next_sealed, next_created_at)
                 VALUES ($1, 0, $2, $3)
                 ON CONFLICT (user_id) DO UPDATE
                 SET next_sealed = $2, next_created_at = $3")
            .bind(user_id)
            .bind(sealed)
            .bind(now),
        )
        .await?;
        Ok(())
    }

    /// The sealed secret of the app that is being set up since a time.
    pub async fn find_proposed_totp(&mut self, user_id: UserId, since: Timestamp) -> Result<Option<String>> {
        let row = self
            .first(
                sql("SELECT next_sealed
                     FROM totp_secrets
                     WHERE user_id = $1 AND next_sealed IS NOT NULL AND next_created_at > $2")
                .bind(user_id)
                .bind(since),
            )
            .await?;
        row.map(|row| row.text("next_sealed")).transpose()
    }

    /// Has the app that is being set up count from now on, if it still is the one; the step of the code that showed it is
    /// used up.
    pub async fn confirm_totp(
        &mut self,
        user_id: UserId,
        sealed: &str,
        step: i64,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE totp_secrets
                     SET secret_sealed = next_sealed, last_step = $3, confirmed_at = $4, next_sealed = NULL,
                         next_created_at = NULL
                     WHERE user_id = $1 AND next_sealed = $2")
                .bind(user_id)
                .bind(sealed)
                .bind(step)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// The app that counts, if there is one.
    pub async fn find_totp(&mut self, user_id: UserId) -> Result<Option<TotpRow>> {
        let row = self
            .first(
                sql("SELECT secret_sealed, confirmed_at
                     FROM totp_secrets
                     WHERE user_id = $1 AND confirmed_at IS NOT NULL")
                .bind(user_id),
            )
            .await?;
        row.map(|row| {
            Ok(TotpRow { secret_sealed: row.text("secret_sealed")?, confirmed_at: row.time("confirmed_at")? })
        })
        .transpose()
    }

    /// Accepts the code of a time step: of any number of callers exactly one gets true, and none for a step that is not
    /// later than the last.
    pub async fn accept_totp_step(&mut self, user_id: UserId, sealed: &str, step: i64) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE totp_secrets
                     SET last_step = $3
                     WHERE user_id = $1 AND secret_sealed = $2 AND confirmed_at IS NOT NULL AND last_step < $3")
                .bind(user_id)
                .bind(sealed)
                .bind(step),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Forgets a person's app; whether one counted.
    pub async fn delete_totp(&mut self, user_id: UserId) -> Result<bool> {
        let row = self
            .first(sql("DELETE FROM totp_secrets WHERE user_id = $1 RETURNING confirmed_at").bind(user_id))
            .await?;
        Ok(row.map(|row| row.opt_time("confirmed_at")).transpose()?.flatten().is_some())
    }
}

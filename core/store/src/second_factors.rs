//! Second factors: what an account has.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::UserId;

/// Which second factors an account has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SecondFactors {
    /// A confirmed authenticator app.
    pub totp: bool,
    /// Backup codes that were not used yet.
    pub backup_codes: bool,
    /// Passkeys.
    pub passkeys: bool,
}

impl Conn {
    /// Takes the authenticator app and the backup codes of an account away.
    pub async fn drop_second_factors(&mut self, user_id: UserId) -> Result<()> {
        self.execute(sql("DELETE FROM totp_secrets WHERE user_id = $1").bind(user_id)).await?;
        self.execute(sql("DELETE FROM backup_codes WHERE user_id = $1").bind(user_id)).await?;
        Ok(())
    }

    /// Takes away what signs in at an account without its password: passkeys and who the person is elsewhere.
    pub async fn drop_other_proofs(&mut self, user_id: UserId) -> Result<()> {
        self.execute(sql("DELETE FROM passkeys WHERE user_id = $1").bind(user_id)).await?;
        self.execute(sql("DELETE FROM identities WHERE user_id = $1").bind(user_id)).await?;
        Ok(())
    }

    /// Which second factors an account has.
    pub async fn find_second_factors(&mut self, user_id: UserId) -> Result<SecondFactors> {
        let row = self
            .first(
                sql("SELECT
                        (SELECT COUNT(*) FROM totp_secrets WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS totp,
                        (SELECT COUNT(*) FROM backup_codes WHERE user_id = $1 AND consumed_at IS NULL) AS codes,
                        (SELECT COUNT(*) FROM passkeys WHERE user_id = $1) AS passkeys")
                .bind(user_id),
            )
            .await?;
        let Some(row) = row else { return Ok(SecondFactors::default()) };
        Ok(SecondFactors {
            totp: row.int("totp")? > 0,
            backup_codes: row.int("codes")? > 0,
            passkeys: row.int("passkeys")? > 0,
        })
    }
}

//! Where a person is reached: the address and the number of an account, and who holds them.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::email::EmailAddress;
use kavach_model::{Timestamp, UserId};

impl Conn {
    /// Takes away everything that was set on an account whose address was never proven, and marks the address as
    /// proven: whoever reads its mailbox is the first who ever showed that it is theirs. False when it was proven
    /// already.
    pub async fn drop_unproven(&mut self, id: UserId, email_key: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET password_hash = NULL, password_check = NULL, phone = NULL, phone_verified_at = NULL,
                         email_verified_at = $3, updated_at = $3
                     WHERE id = $1 AND email_key = $2 AND email_verified_at IS NULL")
                .bind(id)
                .bind(email_key)
                .bind(now),
            )
            .await?;
        if changed != 1 {
            return Ok(false);
        }
        for statement in [
            sql("DELETE FROM passkeys WHERE user_id = $1"),
            sql("DELETE FROM totp_secrets WHERE user_id = $1"),
            sql("DELETE FROM backup_codes WHERE user_id = $1"),
            sql("DELETE FROM identities WHERE user_id = $1"),
        ] {
            self.execute(statement.bind(id)).await?;
        }
        for statement in [
            sql("UPDATE api_keys SET revoked_at = $2 WHERE owner_id = $1 AND revoked_at IS NULL"),
            sql("UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL"),
            sql("UPDATE one_time_secrets SET consumed_at = $2 WHERE user_id = $1 AND consumed_at IS NULL"),
        ] {
            self.execute(statement.bind(id).bind(now)).await?;
        }
        Ok(true)
    }

    /// Gives an account another address, which was proven, and ends what was sent to prove the one before. An account
    /// that claims the address without ever having proven it loses the claim. False when somebody who has proven it
    /// holds it.
    pub async fn change_email(&mut self, id: UserId, email: &EmailAddress, now: Timestamp) -> Result<bool> {
        self.execute(
            sql("UPDATE users
                 SET email_key = NULL, updated_at = $3
                 WHERE email_key = $2 AND id <> $1 AND email_verified_at IS NULL")
            .bind(id)
            .bind(email.key.as_str())
            .bind(now),
        )
        .await?;
        let changed = self
            .execute(
                sql("UPDATE users
                     SET email = $2, email_key = $3, email_verified_at = $4, updated_at = $4
                     WHERE id = $1
                           AND NOT EXISTS (SELECT 1 FROM users other WHERE other.email_key = $3 AND other.id <> $1)")
                .bind(id)
                .bind(email.display.as_str())
                .bind(email.key.as_str())
                .bind(now),
            )
            .await?;
        if changed == 1 {
            self.execute(
                sql(
                    "UPDATE one_time_secrets SET consumed_at = $2 WHERE user_id = $1 AND consumed_at IS NULL",
                )
                .bind(id)
                .bind(now),
            )
            .await?;
        }
        Ok(changed == 1)
    }

    /// Gives an account another number, which was proven; false when somebody else holds it.
    pub async fn change_phone(&mut self, id: UserId, phone: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET phone = $2, phone_verified_at = $3, updated_at = $3
                     WHERE id = $1
                           AND NOT EXISTS (SELECT 1 FROM users other WHERE other.phone = $2 AND other.id <> $1)")
                .bind(id)
                .bind(phone)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Takes the number of an account away, unless it is the only way into it; false when nothing was taken.
    pub async fn remove_phone(&mut self, id: UserId, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET phone = NULL, phone_verified_at = NULL, updated_at = $2
                     WHERE id = $1 AND phone IS NOT NULL
                           AND (email_key IS NOT NULL
                                OR (username_key IS NOT NULL AND password_hash IS NOT NULL)
                                OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = $1)
                                OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = $1))")
                .bind(id)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }
}

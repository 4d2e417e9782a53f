//! Forgetting a person. The row stays, because agents and records name it; what it said of a person goes.

use crate::db::{Conn, sql};
use crate::error::Result;
use kavach_model::{Timestamp, UserId};

/// Everything that belongs to one person and says nothing without them.
const BELONGINGS: [&str; 11] = [
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM one_time_secrets WHERE user_id = $1",
    "DELETE FROM challenges WHERE user_id = $1",
    "DELETE FROM device_grants WHERE user_id = $1",
    "DELETE FROM oauth_grants WHERE user_id = $1",
    "DELETE FROM oauth_consents WHERE user_id = $1",
    "DELETE FROM passkeys WHERE user_id = $1",
    "DELETE FROM totp_secrets WHERE user_id = $1",
    "DELETE FROM backup_codes WHERE user_id = $1",
    "DELETE FROM identities WHERE user_id = $1",
    "DELETE FROM api_keys WHERE owner_id = $1",
];

impl Conn {
    /// Takes away what is known of a person, and every way to sign in as them; `name` is what lists show from now on.
    pub async fn erase_user(&mut self, id: UserId, name: &str, now: Timestamp) -> Result<()> {
        // What was sent to the address says more than that something was sent.
        self.execute(
            sql("DELETE FROM outbox
                 WHERE recipient <> ''
                       AND (recipient = (SELECT email FROM users WHERE id = $1)
                            OR recipient = (SELECT phone FROM users WHERE id = $1))")
            .bind(id),
        )
        .await?;
        self.execute(
            sql("UPDATE users
                 SET email = '', email_key = NULL, email_verified_at = NULL, username = NULL, username_key = NULL,
                     phone = NULL, phone_verified_at = NULL, anonymous_since = NULL, locale = NULL,
                     password_hash = NULL, password_check = NULL, name = $2, updated_at = $3
                 WHERE id = $1")
            .bind(id)
            .bind(name)
            .bind(now),
        )
        .await?;
        for belonging in BELONGINGS {
            self.execute(sql(belonging).bind(id)).await?;
        }
        Ok(())
    }
}

//! Who people are elsewhere. One issuer and subject are one account's; nothing here knows an address.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use crate::users::{read_user, user_columns};
use kavach_model::identity::Identity;
use kavach_model::user::User;
use kavach_model::{IdentityId, Timestamp, UserId};

/// An identity to be linked.
#[derive(Debug, Clone)]
pub struct NewIdentity<'a> {
    /// Its identifier.
    pub id: IdentityId,
    /// Whose it becomes.
    pub user_id: UserId,
    /// What to sign in with.
    pub provider: &'a str,
    /// Who says so.
    pub issuer: &'a str,
    /// Under which name there.
    pub subject: &'a str,
    /// What a person knows it by.
    pub display: &'a str,
    /// Now.
    pub created_at: Timestamp,
}

/// What there is to get into an account with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Identities elsewhere.
    pub identities: i64,
    /// Passkeys.
    pub passkeys: i64,
    /// Agents and API keys that work.
    pub agents_and_keys: i64,
    /// A password, with a name or an address to give beside it.
    pub password: bool,
    /// An address that mail reaches and that was shown to be the person's.
    pub verified_email: bool,
    /// A telephone number, likewise.
    pub phone: bool,
}

const COLUMNS: &str =
    "SELECT id, provider, issuer, subject, display, created_at, last_used_at FROM identities";

fn read(row: &Row) -> Result<Identity> {
    Ok(Identity {
        id: row.parsed("id")?,
        provider: row.text("provider")?,
        issuer: row.text("issuer")?,
        subject: row.text("subject")?,
        display: row.text("display")?,
        created_at: row.time("created_at")?,
        last_used_at: row.opt_time("last_used_at")?,
    })
}

impl Conn {
    /// Links an identity; false when it is somebody's already, and then nothing is stored.
    pub async fn insert_identity(&mut self, new: &NewIdentity<'_>) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO identities
                        (id, user_id, provider, issuer, subject, display, created_at, last_used_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
                     ON CONFLICT (issuer, subject) DO NOTHING")
                .bind(new.id)
                .bind(new.user_id)
                .bind(new.provider)
                .bind(new.issuer)
                .bind(new.subject)
                .bind(new.display)
                .bind(new.created_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// Whose an identity is.
    pub async fn find_identity(&mut self, issuer: &str, subject: &str) -> Result<Option<User>> {
        let query = sql(concat!(
            "SELECT ",
            user_columns!(),
            " FROM identities i
             JOIN users u ON u.id = i.user_id
             WHERE i.issuer = $1 AND i.subject = $2"
        ));
        let row = self.first(query.bind(issuer).bind(subject)).await?;
        row.as_ref().map(read_user).transpose()
    }

    /// Whose an identity is, noting that it was used.
    pub async fn use_identity(
        &mut self,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<Option<User>> {
        let query = sql("UPDATE identities SET last_used_at = $3 WHERE issuer = $1 AND subject = $2")
            .bind(issuer)
            .bind(subject)
            .bind(now);
        if self.execute(query).await? == 0 {
            return Ok(None);
        }
        let row = self
            .first(
                sql(concat!(
                    "SELECT ",
                    user_columns!(),
                    " FROM identities i
                     JOIN users u ON u.id = i.user_id
                     WHERE i.issuer = $1 AND i.subject = $2"
                ))
                .bind(issuer)
                .bind(subject),
            )
            .await?;
        row.as_ref().map(read_user).transpose()
    }

    /// A person's identities, oldest first.
    pub async fn list_identities(&mut self, user_id: UserId) -> Result<Vec<Identity>> {
        let query = sql(COLUMNS).filter("user_id = ", user_id).push(" ORDER BY id LIMIT 200");
        self.all(query).await?.iter().map(read).collect()
    }

    /// Unlinks one of a person's identities; what it was.
    pub async fn delete_identity(&mut self, user_id: UserId, id: IdentityId) -> Result<Option<Identity>> {
        let row = self
            .first(
                sql("DELETE FROM identities
                     WHERE id = $1 AND user_id = $2
                     RETURNING id, provider, issuer, subject, display, created_at, last_used_at")
                .bind(id)
                .bind(user_id),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Holds an account until the transaction ends, so that two of its ways in are not taken away at once.
    pub async fn hold_user(&mut self, id: UserId) -> Result<bool> {
        let query = sql("UPDATE users SET updated_at = updated_at WHERE id = $1").bind(id);
        Ok(self.execute(query).await? == 1)
    }

    /// What there is to get into an account with.
    pub async fn find_belongings(&mut self, user_id: UserId) -> Result<Belongings> {
        let row = self
            .first(
                sql("SELECT
                        (SELECT COUNT(*) FROM identities WHERE user_id = $1) AS identities,
                        (SELECT COUNT(*) FROM passkeys WHERE user_id = $1) AS passkeys,
                        (SELECT COUNT(*) FROM agents WHERE sponsor_id = $1 AND status <> 'revoked')
                            + (SELECT COUNT(*) FROM api_keys WHERE owner_id = $1 AND revoked_at IS NULL)
                            AS agents_and_keys,
                        (SELECT COUNT(*) FROM users
                         WHERE id = $1 AND password_hash IS NOT NULL
                               AND (email_key IS NOT NULL OR username_key IS NOT NULL)) AS password,
                        (SELECT COUNT(*) FROM users
                         WHERE id = $1 AND email_key IS NOT NULL AND email_verified_at IS NOT NULL) AS email,
                        (SELECT COUNT(*) FROM users WHERE id = $1 AND phone IS NOT NULL) AS phone")
                .bind(user_id),
            )
            .await?;
        let Some(row) = row else { return Ok(Belongings::default()) };
        Ok(Belongings {
            identities: row.int("identities")?,
            passkeys: row.int("passkeys")?,
            agents_and_keys: row.int("agents_and_keys")?,
            password: row.int("password")? > 0,
            verified_email: row.int("email")? > 0,
            phone: row.int("phone")? > 0,
        })
    }
}

//! Passkeys: public keys of people, and what else lets a person in.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::{Page, PageRequest, PasskeyId, Timestamp, UserId};

/// A passkey to be stored.
#[derive(Debug, Clone)]
pub struct NewPasskey<'a> {
    /// Its identifier here.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// The identifier its authenticator gave it, as base64url.
    pub credential_id: &'a str,
    /// What its person calls it.
    pub name: &'a str,
    /// The public key and what was learned when it was made, as JSON.
    pub credential: &'a str,
    /// The signature counter.
    pub sign_count: u32,
    /// Whether it is kept in more than one place.
    pub backed_up: bool,
    /// The model of the authenticator, where it says so.
    pub aaguid: Option<&'a str>,
    /// Now.
    pub created_at: Timestamp,
}

/// A passkey as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// Its identifier here.
    pub id: PasskeyId,
    /// Whose it is.
    pub user_id: UserId,
    /// The identifier its authenticator gave it, as base64url.
    pub credential_id: String,
    /// What its person calls it.
    pub name: String,
    /// The public key and what was learned when it was made, as JSON.
    pub credential: String,
    /// Whether it is kept in more than one place.
    pub backed_up: bool,
    /// The model of the authenticator.
    pub aaguid: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last signed.
    pub last_used_at: Option<Timestamp>,
}

/// By what a person can begin to sign in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// A password with an address to name the account by.
    pub email_password: bool,
    /// A password with a user name.
    pub username_password: bool,
    /// An address that was shown to be theirs.
    pub email: bool,
    /// A telephone number.
    pub phone: bool,
    /// Passkeys.
    pub passkeys: u64,
    /// Wallets.
    pub wallets: u64,
    /// Accounts at other providers.
    pub identities: u64,
}

const COLUMNS: &str =
    "SELECT id, user_id, credential_id, name, credential, backed_up, aaguid, created_at, last_used_at
     FROM passkeys";

fn read(row: &Row) -> Result<PasskeyRow> {
    Ok(PasskeyRow {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        credential_id: row.text("credential_id")?,
        name: row.text("name")?,
        credential: row.text("credential")?,
        backed_up: row.int("backed_up")? != 0,
        aaguid: row.opt_text("aaguid")?,
        created_at: row.time("created_at")?,
        last_used_at: row.opt_time("last_used_at")?,
    })
}

impl Conn {
    /// Stores a passkey; false when its authenticator's identifier is known already, and then nothing is stored.
    pub async fn insert_passkey(&mut self, new: &NewPasskey<'_>) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO passkeys
                        (id, user_id, credential_id, name, credential, sign_count, backed_up, aaguid, created_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                     ON CONFLICT DO NOTHING")
                .bind(new.id)
                .bind(new.user_id)
                .bind(new.credential_id)
                .bind(new.name)
                .bind(new.credential)
                .bind(i64::from(new.sign_count))
                .bind(i64::from(new.backed_up))
                .bind(new.aaguid)
                .bind(new.created_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// The passkey with an authenticator's identifier.
    pub async fn find_passkey(&mut self, credential_id: &str) -> Result<Option<PasskeyRow>> {
        let query = sql(COLUMNS).filter("credential_id = ", credential_id);
        self.first(query).await?.as_ref().map(read).transpose()
    }

    /// Notes a signature. False when the counter does not go forward, which means that somebody may hold a copy of the key;
    /// a counter that is always zero counts nothing.
    pub async fn use_passkey(
        &mut self,
        id: PasskeyId,
        sign_count: u32,
        backed_up: bool,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE passkeys
                     SET sign_count = $2, backed_up = $3, last_used_at = $4
                     WHERE id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))")
                .bind(id)
                .bind(i64::from(sign_count))
                .bind(i64::from(backed_up))
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// A person's passkeys, newest first.
    pub async fn list_passkeys(&mut self, user_id: UserId, page: &PageRequest) -> Result<Page<PasskeyRow>> {
        let mut query = sql(COLUMNS).filter("user_id = ", user_id);
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |row| row.id.to_string()))
    }

    /// Calls one of a person's passkeys something else.
    pub async fn rename_passkey(
        &mut self,
        user_id: UserId,
        id: PasskeyId,
        name: &str,
    ) -> Result<Option<PasskeyRow>> {
        let row = self
            .first(
                sql("UPDATE passkeys
                     SET name = $3
                     WHERE id = $1 AND user_id = $2
                     RETURNING id, user_id, credential_id, name, credential, backed_up, aaguid, created_at,
                               last_used_at")
                .bind(id)
                .bind(user_id)
                .bind(name),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Forgets one of a person's passkeys; whether there was one.
    pub async fn delete_passkey(&mut self, user_id: UserId, id: PasskeyId) -> Result<bool> {
        let deleted = self
            .execute(sql("DELETE FROM passkeys WHERE id = $1 AND user_id = $2").bind(id).bind(user_id))
            .await?;
        Ok(deleted == 1)
    }

    /// By what a person can begin to sign in. Whoever asks in a transaction is alone with the account until it ends, so
    /// that two parallel removals can not each leave the other's.
    pub async fn hold_ways_in(&mut self, user_id: UserId) -> Result<WaysIn> {
        self.execute(sql("UPDATE users SET updated_at = updated_at WHERE id = $1").bind(user_id)).await?;
        let row = self
            .first(
                sql("SELECT
                        CAST(CASE WHEN password_hash IS NOT NULL AND email_key IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS by_email,
                        CAST(CASE WHEN password_hash IS NOT NULL AND username_key IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS by_name,
                        CAST(CASE WHEN email_key IS NOT NULL AND email_verified_at IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS mail,
                        CAST(CASE WHEN phone_verified_at IS NOT NULL THEN 1 ELSE 0 END AS BIGINT) AS telephone,
                        (SELECT COUNT(*) FROM passkeys WHERE user_id = $1) AS passkeys,
                        (SELECT COUNT(*) FROM identities WHERE user_id = $1 AND provider = 'siwe') AS wallets,
                        (SELECT COUNT(*) FROM identities WHERE user_id = $1 AND provider <> 'siwe') AS identities
                     FROM users
                     WHERE id = $1")
                .bind(user_id),
            )
            .await?;
        let Some(row) = row else { return Ok(WaysIn::default()) };
        Ok(WaysIn {
            email_password: row.int("by_email")? > 0,
            username_password: row.int("by_name")? > 0,
            email: row.int("mail")? > 0,
            phone: row.int("telephone")? > 0,
            passkeys: row.int("passkeys")?.unsigned_abs(),
            wallets: row.int("wallets")?.unsigned_abs(),
            identities: row.int("identities")?.unsigned_abs(),
        })
    }
}

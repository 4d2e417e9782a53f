//! Accounts of people.

use crate::db::{Conn, Row, sql};
use crate::error::{Result, StoreError};
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{Page, PageRequest, Timestamp, UserId};

/// What a row of `users u` is read from, wherever it is joined in: see [`read_user`].
macro_rules! user_columns {
    () => {
        "u.id AS u_id, u.email AS u_email, u.email_verified_at AS u_email_verified_at, u.name AS u_name, \
         u.username AS u_username, u.phone AS u_phone, u.anonymous_since AS u_anonymous_since, \
         u.locale AS u_locale, u.role AS u_role, u.status AS u_status, u.created_at AS u_created_at, \
         u.updated_at AS u_updated_at"
    };
}
pub(crate) use user_columns;

/// Reads what [`user_columns`] selected.
pub(crate) fn read_user(row: &Row) -> Result<User> {
    Ok(User {
        id: row.parsed("u_id")?,
        email: Some(row.text("u_email")?).filter(|email| !email.is_empty()),
        email_verified: row.opt_int("u_email_verified_at")?.is_some(),
        username: row.opt_text("u_username")?,
        phone: row.opt_text("u_phone")?,
        anonymous: row.opt_int("u_anonymous_since")?.is_some(),
        name: row.text("u_name")?,
        locale: row.opt_text("u_locale")?,
        role: row.named("u_role", Role::parse)?,
        status: row.named("u_status", UserStatus::parse)?,
        created_at: row.time("u_created_at")?,
        updated_at: row.time("u_updated_at")?,
    })
}

/// What is left to do about a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// Nothing.
    Settled,
    /// The breach service gave no answer when the password was chosen: ask again when it is next typed.
    Due,
    /// It was found in a breach after it was chosen.
    Breached,
}

impl PasswordCheck {
    fn as_column(self) -> Option<String> {
        match self {
            Self::Settled => None,
            Self::Due => Some("due".to_owned()),
            Self::Breached => Some("breached".to_owned()),
        }
    }

    fn read(row: &Row) -> Result<Self> {
        match row.opt_text("password_check")?.as_deref() {
            None => Ok(Self::Settled),
            Some("due") => Ok(Self::Due),
            Some("breached") => Ok(Self::Breached),
            Some(_) => Err(StoreError::Inconsistent { column: "password_check" }),
        }
    }
}

/// An account with what only the services may see.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The account.
    pub user: User,
    /// Argon2id in PHC form; none when the person has no password.
    pub password_hash: Option<String>,
    /// What is left to do about that password.
    pub password_check: PasswordCheck,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Its identifier.
    pub id: UserId,
    /// The address as written, if any.
    pub email: Option<&'a str>,
    /// The address as a key; none for an account without one, or whose address somebody else holds.
    pub email_key: Option<&'a str>,
    /// When the address was shown to be the person's, if it was.
    pub email_verified_at: Option<Timestamp>,
    /// The user name, as written.
    pub username: Option<&'a str>,
    /// The user name as a key, under which nobody else can be.
    pub username_key: Option<&'a str>,
    /// A telephone number that was shown to be the person's, in E.164 form.
    pub phone: Option<&'a str>,
    /// Whether this is a guest.
    pub anonymous: bool,
    /// What to call the person.
    pub name: &'a str,
    /// What they may do.
    pub role: Role,
    /// Argon2id in PHC form; none for an account without a password.
    pub password_hash: Option<&'a str>,
    /// What is left to do about that password.
    pub password_check: PasswordCheck,
    /// Now.
    pub created_at: Timestamp,
}

impl<'a> NewUser<'a> {
    /// A member of whom nothing is known but a name: what else there is comes on top.
    pub const fn named(id: UserId, name: &'a str, created_at: Timestamp) -> Self {
        Self {
            id,
            email: None,
            email_key: None,
            email_verified_at: None,
            username: None,
            username_key: None,
            phone: None,
            anonymous: false,
            name,
            role: Role::Member,
            password_hash: None,
            password_check: PasswordCheck::Settled,
            created_at,
        }
    }
}

const ROW: &str = concat!("SELECT ", user_columns!(), ", u.password_hash, u.password_check FROM users u");

fn read(row: &Row) -> Result<UserRow> {
    Ok(UserRow {
        user: read_user(row)?,
        password_hash: row.opt_text("password_hash")?,
        password_check: PasswordCheck::read(row)?,
    })
}

impl Conn {
    /// The address at which a person is told what happens to their account and agents; none of an account that is off, or
    /// has no claim on its address.
    pub async fn notice_address(&mut self, user_id: UserId) -> Result<Option<String>> {
        let row = self
            .first(
                sql("SELECT email FROM users WHERE id = $1 AND email_key IS NOT NULL AND status = 'active'")
                    .bind(user_id),
            )
            .await?;
        row.map(|row| row.text("email")).transpose()
    }

    /// Makes an account; false when its address, user name or number is held already, and then nothing is stored.
    pub async fn insert_user(&mut self, new: &NewUser<'_>) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO users
                        (id, email, email_key, name, role, status, password_hash, created_at, updated_at,
                         password_check, email_verified_at, username, username_key, phone, phone_verified_at,
                         anonymous_since)
                     VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $7, $8, $9, $10, $11, $12, $13, $14)
                     ON CONFLICT DO NOTHING")
                .bind(new.id)
                .bind(new.email.unwrap_or_default())
                .bind(new.email_key)
                .bind(new.name)
                .bind(new.role.as_str())
                .bind(new.password_hash)
                .bind(new.created_at)
                .bind(new.password_check.as_column())
                .bind(new.email_verified_at)
                .bind(new.username)
                .bind(new.username_key)
                .bind(new.phone)
                .bind(new.phone.map(|_| new.created_at))
                .bind(new.anonymous.then_some(new.created_at)),
            )
            .await?;
        Ok(made == 1)
    }

    /// An account by its identifier.
    pub async fn find_user(&mut self, id: UserId) -> Result<Option<UserRow>> {
        self.first(sql(ROW).filter("u.id = ", id)).await?.as_ref().map(read).transpose()
    }

    /// The account that holds an address.
    pub async fn find_user_by_email(&mut self, email_key: &str) -> Result<Option<UserRow>> {
        self.first(sql(ROW).filter("u.email_key = ", email_key)).await?.as_ref().map(read).transpose()
    }

    /// The account that holds a user name.
    pub async fn find_user_by_username(&mut self, username_key: &str) -> Result<Option<UserRow>> {
        self.first(sql(ROW).filter("u.username_key = ", username_key)).await?.as_ref().map(read).transpose()
    }

    /// The account that holds a telephone number.
    pub async fn find_user_by_phone(&mut self, phone: &str) -> Result<Option<UserRow>> {
        self.first(sql(ROW).filter("u.phone = ", phone)).await?.as_ref().map(read).transpose()
    }

    /// Accounts, newest first.
    pub async fn list_users(&mut self, page: &PageRequest) -> Result<Page<User>> {
        let mut query = sql(concat!("SELECT ", user_columns!(), " FROM users u"));
        if let Some(cursor) = &page.cursor {
            query = query.filter("u.id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY u.id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(read_user)
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |user| user.id.to_string()))
    }

    /// Whether there is an administrator.
    pub async fn has_admin(&mut self) -> Result<bool> {
        Ok(self.first(sql("SELECT id FROM users WHERE role = 'admin' LIMIT 1")).await?.is_some())
    }

    /// Some administrator that works: the oldest.
    pub async fn oldest_admin(&mut self) -> Result<Option<UserRow>> {
        let query = sql(ROW).condition("u.role = 'admin'").condition("u.status = 'active'");
        self.first(query.push(" ORDER BY u.id LIMIT 1")).await?.as_ref().map(read).transpose()
    }

    /// Switches an account on or off; false when it is that way already. An account that is off has no sessions, and
    /// the last administrator is not switched off.
    pub async fn set_user_status(&mut self, id: UserId, status: UserStatus, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET status = $2, updated_at = $3
                     WHERE id = $1 AND status <> $2
                           AND ($2 = 'active' OR role <> 'admin'
                                OR EXISTS (SELECT 1 FROM users other
                                           WHERE other.role = 'admin' AND other.status = 'active'
                                                 AND other.id <> $1))")
                .bind(id)
                .bind(status.as_str())
                .bind(now),
            )
            .await?;
        if changed == 1 && status == UserStatus::Disabled {
            self.execute(
                sql("UPDATE sessions SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL")
                    .bind(id)
                    .bind(now),
            )
            .await?;
        }
        Ok(changed == 1)
    }

    /// Changes what to call a person.
    pub async fn rename_user(&mut self, id: UserId, name: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users SET name = $2, updated_at = $3 WHERE id = $1")
                    .bind(id)
                    .bind(name)
                    .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Keeps the language a person reads, as a BCP 47 tag.
    pub async fn set_locale(&mut self, id: UserId, locale: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users SET locale = $2, updated_at = $3 WHERE id = $1")
                    .bind(id)
                    .bind(locale)
                    .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Sets another password, if the stored hash still is the one that was read.
    pub async fn replace_password(
        &mut self,
        id: UserId,
        before: &str,
        after: &str,
        check: PasswordCheck,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET password_hash = $3, password_check = $4, updated_at = $5
                     WHERE id = $1 AND password_hash = $2")
                .bind(id)
                .bind(before)
                .bind(after)
                .bind(check.as_column())
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Sets a password whatever there was before, also where there was none.
    pub async fn set_password(
        &mut self,
        id: UserId,
        hash: &str,
        check: PasswordCheck,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql(
                    "UPDATE users SET password_hash = $2, password_check = $3, updated_at = $4 WHERE id = $1",
                )
                .bind(id)
                .bind(hash)
                .bind(check.as_column())
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Sets the password of an account that has none.
    pub async fn set_first_password(
        &mut self,
        id: UserId,
        hash: &str,
        check: PasswordCheck,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET password_hash = $2, password_check = $3, updated_at = $4
                     WHERE id = $1 AND password_hash IS NULL")
                .bind(id)
                .bind(hash)
                .bind(check.as_column())
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Makes a guest a member, in place: false when it is no guest, or when the address or the user name is held.
    pub async fn upgrade_guest(&mut self, new: &NewUser<'_>) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET email = $2, email_key = $3, name = $4, password_hash = $5, password_check = $6,
                         username = $7, username_key = $8, updated_at = $9, anonymous_since = NULL
                     WHERE id = $1 AND anonymous_since IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM users other
                                           WHERE other.email_key = $3 OR other.username_key = $8)")
                .bind(new.id)
                .bind(new.email.unwrap_or_default())
                .bind(new.email_key)
                .bind(new.name)
                .bind(new.password_hash)
                .bind(new.password_check.as_column())
                .bind(new.username)
                .bind(new.username_key)
                .bind(new.created_at),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Forgets guests who came before a time, have no session, nothing to sign in with and left no agent behind.
    pub async fn prune_guests(&mut self, before: Timestamp, now: Timestamp) -> Result<u64> {
        self.execute(
            sql("DELETE FROM users
                 WHERE anonymous_since < $1 AND password_hash IS NULL AND email_key IS NULL
                       AND username_key IS NULL AND phone IS NULL
                       AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = users.id)
                       AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = users.id)
                       AND NOT EXISTS (SELECT 1 FROM sessions s
                                       WHERE s.user_id = users.id AND s.revoked_at IS NULL AND s.expires_at > $2)
                       AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.sponsor_id = users.id)")
            .bind(before)
            .bind(now),
        )
        .await
    }

    /// Stores another hash of the same password, if the stored one still is what was read.
    pub async fn rehash_password(&mut self, id: UserId, before: &str, after: &str) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
                    .bind(id)
                    .bind(before)
                    .bind(after),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Notes what a check that was due has shown, once: false when it is not due any more.
    pub async fn settle_password_check(&mut self, id: UserId, outcome: PasswordCheck) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users SET password_check = $2 WHERE id = $1 AND password_check = 'due'")
                    .bind(id)
                    .bind(outcome.as_column()),
            )
            .await?;
        Ok(changed == 1)
    }

    /// Marks an address as the person's own, if it still is the address that was proven.
    pub async fn mark_email_verified(&mut self, id: UserId, email: &str, now: Timestamp) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET email_verified_at = $3, updated_at = $3
                     WHERE id = $1 AND email = $2 AND email_key IS NOT NULL")
                .bind(id)
                .bind(email)
                .bind(now),
            )
            .await?;
        Ok(changed == 1)
    }
}

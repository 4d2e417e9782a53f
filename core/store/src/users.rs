//! Accounts of people.

use crate::db::{Conn, Row, sql};
use crate::error::Result;
use kavach_model::user::{Role, User, UserStatus};
use kavach_model::{Page, PageRequest, Timestamp, UserId};

/// An account with what only the services may see.
#[derive(Debug, Clone)]
pub struct UserRow {
    /// The account.
    pub user: User,
    /// Argon2id in PHC form; none when the person has no password.
    pub password_hash: Option<String>,
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// Its identifier.
    pub id: UserId,
    /// The address as written.
    pub email: &'a str,
    /// The address as a key; none for an account whose address somebody else holds.
    pub email_key: Option<&'a str>,
    /// What to call the person.
    pub name: &'a str,
    /// What they may do.
    pub role: Role,
    /// Argon2id in PHC form.
    pub password_hash: &'a str,
    /// Now.
    pub created_at: Timestamp,
}

fn read(row: &Row) -> Result<UserRow> {
    Ok(UserRow {
        user: User {
            id: row.parsed("id")?,
            email: row.text("email")?,
            email_verified: row.opt_int("email_verified_at")?.is_some(),
            name: row.text("name")?,
            role: row.named("role", Role::parse)?,
            status: row.named("status", UserStatus::parse)?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
        },
        password_hash: row.opt_text("password_hash")?,
    })
}

impl Conn {
    /// Makes an account; false when its address is held already, and then nothing is stored.
    pub async fn insert_user(&mut self, new: &NewUser<'_>) -> Result<bool> {
        let made = self
            .execute(
                sql("INSERT INTO users
                        (id, email, email_key, name, role, status, password_hash, created_at, updated_at)
                     VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $7)
                     ON CONFLICT (email_key) DO NOTHING")
                .bind(new.id)
                .bind(new.email)
                .bind(new.email_key)
                .bind(new.name)
                .bind(new.role.as_str())
                .bind(new.password_hash)
                .bind(new.created_at),
            )
            .await?;
        Ok(made == 1)
    }

    /// An account by its identifier.
    pub async fn find_user(&mut self, id: UserId) -> Result<Option<UserRow>> {
        let row = self
            .first(
                sql("SELECT id, email, email_verified_at, name, role, status, password_hash, created_at, updated_at
                     FROM users
                     WHERE id = $1")
                .bind(id),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The account that holds an address.
    pub async fn find_user_by_email(&mut self, email_key: &str) -> Result<Option<UserRow>> {
        let row = self
            .first(
                sql("SELECT id, email, email_verified_at, name, role, status, password_hash, created_at, updated_at
                     FROM users
                     WHERE email_key = $1")
                .bind(email_key),
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Accounts, newest first.
    pub async fn list_users(&mut self, page: &PageRequest) -> Result<Page<User>> {
        let mut query = sql(
            "SELECT id, email, email_verified_at, name, role, status, password_hash, created_at, updated_at FROM users",
        );
        if let Some(cursor) = &page.cursor {
            query = query.filter("id < ", cursor.as_str());
        }
        let rows = self
            .all(query.push(" ORDER BY id DESC LIMIT ").parameter(i64::from(page.limit()) + 1))
            .await?
            .iter()
            .map(|row| read(row).map(|row| row.user))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page::from_rows(rows, page.limit(), |user| user.id.to_string()))
    }

    /// Whether there is an administrator.
    pub async fn has_admin(&mut self) -> Result<bool> {
        Ok(self.first(sql("SELECT id FROM users WHERE role = 'admin' LIMIT 1")).await?.is_some())
    }

    /// Some administrator that works: the oldest.
    pub async fn oldest_admin(&mut self) -> Result<Option<UserRow>> {
        let row = self
            .first(sql("SELECT id, email, email_verified_at, name, role, status, password_hash, created_at, updated_at
                     FROM users
                     WHERE role = 'admin' AND status = 'active'
                     ORDER BY id
                     LIMIT 1"))
            .await?;
        row.as_ref().map(read).transpose()
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

    /// Replaces a password hash, if it still is the one that was read.
    pub async fn replace_password(
        &mut self,
        id: UserId,
        before: &str,
        after: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .execute(
                sql("UPDATE users
                     SET password_hash = $3, updated_at = $4
                     WHERE id = $1 AND password_hash = $2")
                .bind(id)
                .bind(before)
                .bind(after)
                .bind(now),
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

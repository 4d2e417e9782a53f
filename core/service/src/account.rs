//! A person's own account as a whole: what is known of it, taken along, and ended.

use crate::agent::record_stopped;
use crate::audit;
use crate::authn::{identity, passkey, totp};
use crate::context::RequestContext;
use crate::deliver::logout;
use crate::deliver::outbox::{self, Notice};
use crate::error::Result;
use crate::{Kavach, session};
use kavach_model::account::{AccountExport, DeleteAccount, PasswordState};
use kavach_model::agent::AgentFilter;
use kavach_model::audit::{AuditKind, AuditRecord};
use kavach_model::user::{User, UserStatus};
use kavach_model::{ApiError, ErrorCode, Language, Page, PageRequest};
use kavach_store::{Branch, PasswordCheck};

/// What lists call somebody who is no longer here.
const NOBODY: &str = "Deleted account";
/// Records of activity in one export.
const MOST_ACTIVITY: usize = 10_000;

/// Where the caller stands with passwords.
pub async fn password_state(kv: &Kavach, cx: &RequestContext) -> Result<PasswordState> {
    let caller = cx.require_session()?;
    let row = kv.store().read().await?.find_user(caller.user.id).await?.ok_or(ErrorCode::NotFound)?;
    Ok(PasswordState {
        set: row.password_hash.is_some(),
        breached: row.password_check == PasswordCheck::Breached,
    })
}

/// What happened to the caller's account, newest first. Decisions about agents are in the audit log.
pub async fn activity(kv: &Kavach, cx: &RequestContext, page: &PageRequest) -> Result<Page<AuditRecord>> {
    let caller = cx.require_session()?;
    if page.cursor.as_ref().is_some_and(|cursor| cursor.parse::<i64>().is_err()) {
        return Err(ApiError::invalid("cursor", "is not a cursor of this list").into());
    }
    Ok(kv.store().read().await?.list_activity(caller.user.id, page).await?)
}

/// The caller's agents, newest first, also those of an administrator, who elsewhere sees everybody's.
pub async fn agents(
    kv: &Kavach,
    cx: &RequestContext,
    page: &PageRequest,
) -> Result<Page<kavach_model::agent::Agent>> {
    let caller = cx.require_session()?;
    let now = kv.clock().now();
    let mut conn = kv.store().read().await?;
    let rows = conn.list_agents(Some(caller.user.id), &AgentFilter::default(), page).await?;
    let mut data = Vec::with_capacity(rows.data.len());
    for row in rows.data {
        let tokens = conn.list_agent_tokens(row.id, now).await?;
        data.push(row.into_agent(tokens));
    }
    Ok(Page { data, next_cursor: rows.next_cursor })
}

/// Everything that is kept of the caller, for somebody who just proved who they are.
pub async fn export(kv: &Kavach, cx: &RequestContext) -> Result<AccountExport> {
    let caller = cx.require_fresh()?;
    let now = kv.clock().now();
    let row = kv.store().read().await?.find_user(caller.user.id).await?;
    let user = row.ok_or(ErrorCode::NotFound)?.user;
    let mut sessions = Pages::default();
    while let Some(page) = sessions.next() {
        sessions.take(session::list(kv, cx, &page).await?);
    }
    let mut passkeys = Pages::default();
    while let Some(page) = passkeys.next() {
        passkeys.take(passkey::list(kv, cx, &page).await?);
    }
    let mut keys = Pages::default();
    while let Some(page) = keys.next() {
        keys.take(kv.store().read().await?.list_api_keys(Some(user.id), now, &page).await?);
    }
    let mut own = Pages::default();
    while let Some(page) = own.next() {
        own.take(agents(kv, cx, &page).await?);
    }
    let mut events = Pages::default();
    while let Some(page) = events.next().filter(|_| events.rows.len() < MOST_ACTIVITY) {
        events.take(activity(kv, cx, &page).await?);
    }
    Ok(AccountExport {
        exported_at: now,
        password: password_state(kv, cx).await?,
        two_step: totp::status(kv, cx).await?,
        identities: identity::list(kv, cx).await?,
        user,
        passkeys: passkeys.rows,
        sessions: sessions.rows,
        api_keys: keys.rows,
        agents: own.rows,
        activity_truncated: events.next.is_some(),
        activity: events.rows,
    })
}

/// All rows of a list, page by page.
struct Pages<T> {
    rows: Vec<T>,
    next: Option<PageRequest>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), next: Some(PageRequest::default()) }
    }
}

impl<T> Pages<T> {
    fn next(&self) -> Option<PageRequest> {
        self.next.clone()
    }

    fn take(&mut self, page: Page<T>) {
        self.rows.extend(page.data);
        self.next = page.next_cursor.and_then(|cursor| PageRequest::new(None, Some(cursor)).ok());
    }
}

/// What somebody types to show that they mean this account.
pub fn name_to_type(user: &User) -> String {
    user.email.clone().or_else(|| user.username.clone()).unwrap_or_else(|| user.id.to_string())
}

/// Ends the account for good: its agents are revoked, what is known of the person is erased, and no way to sign in is
/// left. What was recorded stays, under an identifier that names nobody any more. The address that was is told.
pub async fn delete(kv: &Kavach, cx: &RequestContext, request: DeleteAccount) -> Result<()> {
    let caller = cx.require_fresh()?;
    let user = &caller.user;
    if !request.account.trim().eq_ignore_ascii_case(&name_to_type(user)) {
        return Err(ApiError::invalid("account", "is not what this account is called").into());
    }
    let now = kv.clock().now();
    let language = user.locale.as_deref().and_then(Language::parse).unwrap_or(cx.meta.language);
    let mut tx = kv.store().write().await?;
    tx.hold_agents().await?;
    // Not an address that is somebody else's; and nobody is known by it any more a moment later.
    let told = tx.notice_address(user.id).await?;
    if !tx.set_user_status(user.id, UserStatus::Disabled, now).await? {
        return Err(ApiError::new(ErrorCode::Conflict).message("This is the last administrator.").into());
    }
    logout::sessions_ended(kv, &mut tx, user.id, now).await?;
    let stopped = tx.revoke_branch(Branch::Of(user.id), now).await?;
    record_stopped(kv, cx, &mut tx, AuditKind::AgentRevoked, user.id, &stopped, now).await?;
    let mut event = cx.event(AuditKind::UserDeleted, now);
    event.user_id = Some(user.id);
    tx.append_audit(&[audit::draft(kv, event, Some(user.id))]).await?;
    tx.erase_user(user.id, NOBODY, now).await?;
    if let Some(to) = &told {
        outbox::enqueue_in(kv, &mut tx, Notice::AccountDeleted { to, at: now }, language, now).await?;
    }
    tx.commit().await?;
    kv.sessions().forget_all();
    kv.logout_wake().notify_one();
    kv.outbox_wake().notify_one();
    kv.decisions().look_after_change(kv.store(), now).await;
    Ok(())
}

//! Who asks, and from where: the only source of identity there is.

use crate::crypto::token::TokenHash;
use crate::error::Result;
use crate::session;
use crate::{Error, Kavach};
use kavach_model::api_key::{ApiKey, Scope};
use kavach_model::audit::{AuditEvent, AuditKind};
use kavach_model::session::Session;
use kavach_model::user::{Role, User};
use kavach_model::{AgentId, ErrorCode, Language, PrincipalId, Timestamp, Token, TokenId, TokenKind, UserId};
use std::net::IpAddr;
use std::sync::Arc;

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct RequestMeta {
    /// The client, as far as trusted proxies tell.
    pub client_ip: IpAddr,
    /// What program asks.
    pub user_agent: Option<String>,
    /// The request, as the log knows it.
    pub request_id: String,
    /// SHA-256 of what the browser holds, where the door gave it something to hold: challenges are bound to it.
    pub browser: Option<String>,
    /// The language the person reads.
    pub language: Language,
    /// The answer to a captcha, if one was sent along.
    pub captcha: Option<String>,
}

/// Credentials as they came in.
#[derive(Clone, Copy, Default)]
pub struct Presented<'a> {
    /// Value of the session cookie.
    pub cookie: Option<&'a str>,
    /// Value of `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
}

/// A person with a live session.
#[derive(Debug, Clone)]
pub struct SessionCaller {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub user: User,
    pub(crate) token_hash: TokenHash,
}

/// An agent with a live token of its own.
#[derive(Debug, Clone, Copy)]
pub struct AgentCaller {
    /// Who.
    pub agent_id: AgentId,
    /// Which of its tokens.
    pub token_id: TokenId,
    /// The person who answers for it.
    pub sponsor_id: UserId,
}

/// An API key, acting for its owner within its scopes.
#[derive(Debug, Clone)]
pub struct ApiKeyCaller {
    /// The key.
    pub key: ApiKey,
    /// Its owner.
    pub owner: User,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody we know.
    Anonymous,
    /// A person.
    Session(Arc<SessionCaller>),
    /// A person with one factor proven and the second due.
    Pending(Arc<SessionCaller>),
    /// An agent.
    Agent(AgentCaller),
    /// An API key.
    ApiKey(Box<ApiKeyCaller>),
}

impl Caller {
    fn of(caller: Arc<SessionCaller>) -> Self {
        if caller.session.pending { Self::Pending(caller) } else { Self::Session(caller) }
    }
}

/// A request: who asks, and from where.
#[derive(Debug, Clone)]
pub struct RequestContext {
    /// From where.
    pub meta: RequestMeta,
    /// Who.
    pub caller: Caller,
}

/// How much of the instance a person may see and manage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everything.
    All,
    /// What they answer for.
    Own(UserId),
}

impl Reach {
    pub(crate) fn sponsor(self) -> Option<UserId> {
        match self {
            Self::All => None,
            Self::Own(user) => Some(user),
        }
    }

    pub(crate) fn covers(self, sponsor: UserId) -> bool {
        self.sponsor().is_none_or(|own| own == sponsor)
    }
}

/// Finds out who asks. A bearer that is not valid is an error; a stale cookie is nobody.
pub async fn authenticate(
    kv: &Kavach,
    meta: RequestMeta,
    presented: Presented<'_>,
) -> Result<RequestContext> {
    let caller = match (presented.bearer, presented.cookie) {
        (Some(bearer), _) => from_bearer(kv, &meta, bearer).await?,
        (None, Some(cookie)) => match session::find(kv, &meta, cookie).await? {
            Some(caller) => Caller::of(caller),
            None => Caller::Anonymous,
        },
        (None, None) => Caller::Anonymous,
    };
    Ok(RequestContext { meta, caller })
}

async fn from_bearer(kv: &Kavach, meta: &RequestMeta, bearer: &str) -> Result<Caller> {
    let unauthenticated = || Error::from(ErrorCode::Unauthenticated);
    match TokenKind::of(bearer) {
        Some(TokenKind::Session) => {
            session::find(kv, meta, bearer).await?.map(Caller::of).ok_or_else(unauthenticated)
        }
        Some(TokenKind::Agent) => {
            let token = Token::parse(TokenKind::Agent, bearer).ok_or_else(unauthenticated)?;
            crate::authorize::live_agent(kv, &token).await?.map(Caller::Agent).ok_or_else(unauthenticated)
        }
        Some(TokenKind::ApiKey) => {
            let token = Token::parse(TokenKind::ApiKey, bearer).ok_or_else(unauthenticated)?;
            // Boxed, because requests with other tokens would carry it along.
            let caller = Box::pin(from_api_key(kv, &token)).await?;
            caller.map(Caller::ApiKey).ok_or_else(unauthenticated)
        }
        _ => Err(unauthenticated()),
    }
}

async fn from_api_key(kv: &Kavach, token: &Token) -> Result<Option<Box<ApiKeyCaller>>> {
    let now = kv.clock().now();
    let found = kv.store().read().await?.find_api_key(TokenHash::of(token).as_str(), now).await?;
    Ok(found.map(|row| {
        kv.jobs().touch_api_key(row.key.id, row.key.last_used_at, now);
        Box::new(ApiKeyCaller { key: row.key, owner: row.owner })
    }))
}

impl RequestContext {
    /// A request of the program itself, for the command line.
    pub fn offline() -> Self {
        Self {
            meta: RequestMeta {
                client_ip: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
                user_agent: None,
                request_id: "command-line".to_owned(),
                browser: None,
                language: Language::English,
                captcha: None,
            },
            caller: Caller::Anonymous,
        }
    }

    /// The person of a session.
    pub fn user(&self) -> Option<&User> {
        match &self.caller {
            Caller::Session(caller) => Some(&caller.user),
            _ => None,
        }
    }

    /// Whether a person who may manage everything is signed in.
    pub fn is_admin(&self) -> bool {
        self.user().is_some_and(|user| user.role == Role::Admin)
    }

    /// Whether no credential came with the request.
    pub fn is_anonymous(&self) -> bool {
        matches!(self.caller, Caller::Anonymous)
    }

    /// The session that waits for its second factor.
    pub fn pending(&self) -> Option<&SessionCaller> {
        match &self.caller {
            Caller::Pending(caller) => Some(caller),
            _ => None,
        }
    }

    pub(crate) fn require_session(&self) -> Result<&SessionCaller> {
        match &self.caller {
            Caller::Session(caller) => Ok(caller),
            Caller::Pending(_) => Err(ErrorCode::MfaRequired.into()),
            Caller::Anonymous => Err(ErrorCode::Unauthenticated.into()),
            Caller::Agent(_) | Caller::ApiKey(_) => Err(ErrorCode::Forbidden.into()),
        }
    }

    pub(crate) fn require_fresh(&self) -> Result<&SessionCaller> {
        let caller = self.require_session()?;
        if caller.session.fresh { Ok(caller) } else { Err(ErrorCode::ReauthenticationRequired.into()) }
    }

    /// The person who asks, by session or by an API key that has the scope.
    pub(crate) fn require_person(&self, scope: Scope) -> Result<&User> {
        match &self.caller {
            Caller::Session(caller) => Ok(&caller.user),
            Caller::ApiKey(caller) if caller.key.scopes.contains(&scope) => Ok(&caller.owner),
            Caller::ApiKey(_) | Caller::Agent(_) => Err(ErrorCode::Forbidden.into()),
            Caller::Pending(_) => Err(ErrorCode::MfaRequired.into()),
            Caller::Anonymous => Err(ErrorCode::Unauthenticated.into()),
        }
    }

    /// How far the person who asks may reach.
    pub(crate) fn require_reach(&self, scope: Scope) -> Result<Reach> {
        let user = self.require_person(scope)?;
        Ok(match user.role {
            Role::Admin => Reach::All,
            Role::Member => Reach::Own(user.id),
        })
    }

    pub(crate) fn require_admin(&self, scope: Scope) -> Result<&User> {
        let user = self.require_person(scope)?;
        if user.role == Role::Admin { Ok(user) } else { Err(ErrorCode::Forbidden.into()) }
    }

    /// An administrator who just proved who they are.
    pub(crate) fn require_fresh_admin(&self) -> Result<UserId> {
        let caller = self.require_session()?;
        if caller.user.role != Role::Admin {
            return Err(ErrorCode::Forbidden.into());
        }
        Ok(self.require_fresh()?.user.id)
    }

    pub(crate) fn actor_id(&self) -> Option<PrincipalId> {
        match &self.caller {
            Caller::Anonymous => None,
            Caller::Session(caller) | Caller::Pending(caller) => Some(PrincipalId::User(caller.user.id)),
            Caller::ApiKey(caller) => Some(PrincipalId::User(caller.owner.id)),
            Caller::Agent(caller) => Some(PrincipalId::Agent(caller.agent_id)),
        }
    }

    /// The person in whose view of the audit log this request belongs, when it is about nobody else.
    pub(crate) fn sponsor_id(&self) -> Option<UserId> {
        match &self.caller {
            Caller::Anonymous => None,
            Caller::Session(caller) | Caller::Pending(caller) => Some(caller.user.id),
            Caller::ApiKey(caller) => Some(caller.owner.id),
            Caller::Agent(caller) => Some(caller.sponsor_id),
        }
    }

    /// An audit event of this request, with everything the request itself tells.
    pub(crate) fn event(&self, kind: AuditKind, at: Timestamp) -> AuditEvent {
        let mut event = AuditEvent::new(kind, at);
        event.request_id.clone_from(&self.meta.request_id);
        event.actor_id = self.actor_id();
        match &self.caller {
            Caller::Anonymous => {}
            Caller::Session(caller) | Caller::Pending(caller) => event.session_id = Some(caller.session.id),
            Caller::ApiKey(caller) => event.token_id = Some(caller.key.id.to_string()),
            Caller::Agent(caller) => event.token_id = Some(caller.token_id.to_string()),
        }
        event.ip = Some(crate::names::address(self.meta.client_ip));
        event.user_agent = self.meta.user_agent.as_deref().map(|text| crate::names::printable(text, 200));
        event
    }
}

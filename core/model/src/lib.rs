//! The nouns of Kavach: identifiers, times, entities, the types that travel on the wire, and the pure
//! permission rules.
//!
//! Architecture invariant: this crate does no I/O and compiles to WASM, so that the console previews a
//! permission with the very code that decides.

pub mod account;
pub mod agent;
pub mod api_key;
pub mod approval;
pub mod audit;
pub mod audit_query;
pub mod authorize;
pub mod authzen;
pub mod canopy;
pub mod captcha;
pub mod checkpoint;
pub mod codes;
pub mod delegation;
pub mod delivery;
pub mod device;
pub mod email;
pub mod error;
pub mod explain;
pub mod id;
pub mod identity;
pub mod kill_switch;
pub mod language;
pub mod merkle;
pub mod oauth;
pub mod outbox;
pub mod overview;
pub mod page;
pub mod passkey;
pub mod permission;
pub mod recovery;
pub mod replay;
pub mod secret;
pub mod session;
pub mod sign_in;
pub mod time;
pub mod trace;
pub mod tree;
pub mod two_step;
pub mod user;

pub use error::{ApiError, ErrorCode};
pub use id::{
    AgentId, ApiKeyId, ApprovalId, AuditId, ClientId, DelegationId, GrantId, IdentityId, PasskeyId,
    PrincipalId, ResourceId, SessionId, StopId, TokenId, TraceId, UserId,
};
pub use language::Language;
pub use page::{Page, PageRequest};
pub use secret::{Secret, Token, TokenKind};
pub use time::Timestamp;

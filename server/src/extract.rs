//! What handlers take from a request. Every refusal is a [`crate::answer::Failure`] that names what is wrong.

pub mod caller;
pub mod id;
pub mod json;
pub mod query;

pub use caller::{AgentBearer, Caller, Meta};
pub use id::Id;
pub use json::{Json, JsonOrList, NoBody, OptionalJson};
pub use query::Query;

//! Guards: what stands between a request and a credential, whatever the method of signing in.

pub mod breached_password;
pub mod captcha;
pub mod client_ip;
pub(crate) mod flood;
pub mod password_policy;
pub(crate) mod rate_limit;

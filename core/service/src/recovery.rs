//! Ways back into an account.

pub mod enrolment;
mod new_password;
pub mod password_reset;

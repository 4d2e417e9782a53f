//! Cryptography as the use cases need it: passwords, random tokens and sealed values.
//!
//! Every primitive is a library's; what is decided here is which one, with which parameters.

pub(crate) mod cose;
pub mod password;
pub mod seal;
pub mod token;

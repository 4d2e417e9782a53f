//! What a use case answers instead of its result.

use crate::crypto::password::HashError;
use kavach_model::{ApiError, ErrorCode};
use kavach_store::StoreError;

/// Shorthand for the services.
pub type Result<T> = std::result::Result<T, Error>;

/// What a use case answers instead of its result.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused, with a reason for the caller.
    #[error(transparent)]
    Refused(#[from] ApiError),
    /// The store could not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours; the text is for the log.
    #[error("{0}")]
    Fault(String),
}

impl Error {
    /// The code the caller will see.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(error) => error.code,
            Self::Store(StoreError::Unavailable(_)) => ErrorCode::Unavailable,
            Self::Store(_) | Self::Fault(_) => ErrorCode::Internal,
        }
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code.into())
    }
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        Self::Refused(error.code().into())
    }
}

/// The wire never learns what broke inside; the log does.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let code = error.code();
        match error {
            Error::Refused(error) => error,
            Error::Store(StoreError::Unavailable(cause)) => {
                tracing::warn!(cause, "the database is not available");
                code.into()
            }
            Error::Store(cause) => {
                tracing::error!(%cause, "the store failed");
                code.into()
            }
            Error::Fault(cause) => {
                tracing::error!(cause, "a use case failed");
                code.into()
            }
        }
    }
}

//! The error type of server functions: a known code, and nothing else.
//!
//! Leptos can carry a server function's error in a URL and print it. Ours decodes to one of our own codes
//! whatever the text was, so there is nothing to print that is not ours.

use kavach_model::ErrorCode;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use std::convert::Infallible;

/// Why a server function did not even begin. What its service answers travels as a [`crate::flash::Flash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub ErrorCode);

/// Writes a [`Refused`] as its code.
pub struct CodeText;

impl ContentType for CodeText {
    const CONTENT_TYPE: &'static str = "text/plain";
}

impl FormatType for CodeText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<Refused> for CodeText {
    type Error = Infallible;

    fn encode(refused: &Refused) -> Result<Bytes, Infallible> {
        Ok(Bytes::from_static(refused.0.as_str().as_bytes()))
    }
}

impl Decodes<Refused> for CodeText {
    type Error = Infallible;

    fn decode(bytes: Bytes) -> Result<Refused, Infallible> {
        let code = str::from_utf8(&bytes).ok().and_then(ErrorCode::parse);
        Ok(Refused(code.unwrap_or(ErrorCode::Internal)))
    }
}

impl FromServerFnError for Refused {
    type Encoder = CodeText;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => ErrorCode::InvalidRequest,
            _ => ErrorCode::Internal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_text_decodes_to_a_code_of_ours() {
        for text in
            ["call 555-0100 to unlock your account", "<script>alert(1)</script>", "", "\u{0}", "INTERNAL"]
        {
            assert_eq!(Refused::de(Bytes::copy_from_slice(text.as_bytes())), Refused(ErrorCode::Internal));
        }
        assert_eq!(Refused::de(Bytes::from_static(&[0xFF, 0xFE])), Refused(ErrorCode::Internal));
    }

    #[test]
    fn a_known_code_survives_the_wire() {
        for code in ErrorCode::ALL {
            assert_eq!(Refused::de(Refused(*code).ser()), Refused(*code));
        }
    }
}

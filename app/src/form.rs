//! A plain HTML form, from POST to the page after it.
//!
//! A form is always answered with 303 See Other: on success to the next page, otherwise back to the page with the
//! form, which finds what went wrong and what was typed in a [`Flash`]. Reloading never sends anything twice.

use crate::context::Here;
use crate::error::Refused;
use crate::flash::Flash;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use crate::sentences;
use kavach_model::{ApiError, ErrorCode};

/// A form that was posted.
pub struct Form {
    /// The request.
    pub here: Here,
    page: String,
    draft: Flash,
    secret_field: Option<(ErrorCode, &'static str)>,
    dead_end: Option<(ErrorCode, &'static str)>,
}

impl Form {
    /// The form `name`, which stands on `page`.
    pub fn posted(name: &str, page: impl Into<String>) -> Result<Self, Refused> {
        let here = Here::get().ok_or(Refused(ErrorCode::Internal))?;
        let draft = Flash { form: name.to_owned(), ..Flash::default() };
        Ok(Self { here, page: page.into(), draft, secret_field: None, dead_end: None })
    }

    /// Keeps what was typed, in case the form comes back. Never called with a secret.
    #[must_use]
    pub fn keep(mut self, field: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.draft.values.push((field.to_owned(), value.to_owned()));
        }
        self
    }

    /// With the answer to a captcha, where the form had one.
    #[must_use]
    pub fn with_captcha(mut self, token: String) -> Self {
        self.here.cx.meta.captcha = Some(token);
        self
    }

    /// Answers: to the page `next` names, or back with the reason.
    pub fn answer<T, E: Into<ApiError>>(
        self,
        result: Result<T, E>,
        next: impl FnOnce(&Here, T) -> String,
    ) -> Result<(), Refused> {
        match result {
            Ok(value) => {
                let next = next(&self.here, value);
                self.here.see_other(&next);
            }
            Err(error) => self.come_back(error.into()),
        }
        Ok(())
    }

    /// The same form, which blames wrong credentials on the field they were typed into.
    #[must_use]
    pub fn with_password_in(mut self, field: &'static str) -> Self {
        self.secret_field = Some((ErrorCode::InvalidCredentials, field));
        self
    }

    /// The same for another secret, and the error that is about it.
    #[must_use]
    pub fn with_secret_in(mut self, code: ErrorCode, field: &'static str) -> Self {
        self.secret_field = Some((code, field));
        self
    }

    /// The same form, which is not shown again after this error, because no other try can go well: another page is.
    #[must_use]
    pub fn with_dead_end(mut self, code: ErrorCode, page: &'static str) -> Self {
        self.dead_end = Some((code, page));
        self
    }

    fn come_back(mut self, error: ApiError) {
        match error.code {
            // Not an error of the form: it comes back as it was, after a detour.
            ErrorCode::ReauthenticationRequired => self.by_way_of("/account/confirm"),
            ErrorCode::MfaRequired => self.by_way_of("/sign-in/second-factor"),
            ErrorCode::Unauthenticated if self.here.user().is_none() => self.by_way_of("/sign-in"),
            code => {
                let details = error.details.unwrap_or_default();
                self.draft.code = Some(code);
                self.draft.field = match self.secret_field {
                    Some((about, field)) if code == about => Some(field.to_owned()),
                    _ => details.field,
                };
                self.draft.retry_after = details.retry_after;
                self.draft.leave(&self.here);
                let page = self.dead_end.filter(|(end, _)| *end == code).map(|(_, page)| page);
                self.here.see_other(page.unwrap_or(&self.page));
            }
        }
    }

    fn by_way_of(self, path: &str) {
        let back = ReturnTo::or_home(Some(&self.page));
        self.draft.leave(&self.here);
        self.here.see_other(&with_query(path, &[("return_to", back.as_str())]));
    }
}

/// What a page shows of a form that came back: nothing when it did not.
#[derive(Debug, Clone, Default)]
pub struct FormState(Option<Flash>);

impl FormState {
    /// The state of the form `name`, taken from the note it left.
    pub fn of(here: &Here, name: &str) -> Self {
        Self(Flash::take(here, &[name]))
    }

    /// The state of whichever of several forms on one page came back.
    pub fn of_any(here: &Here, names: &[&str]) -> Self {
        Self(Flash::take(here, names))
    }

    /// The same, for one form of several.
    #[must_use]
    pub fn only(&self, name: &str) -> Self {
        Self(self.0.clone().filter(|flash| flash.form == name))
    }

    /// What had been typed; None when the form did not come back, when it went well, or when it was too long to keep.
    pub fn typed(&self, field: &str) -> Option<String> {
        let came_back = self.0.as_ref().filter(|flash| flash.notice.is_none() && !flash.values.is_empty())?;
        Some(came_back.value(field).to_owned())
    }

    /// What had been typed, or nothing.
    pub fn value(&self, field: &str) -> String {
        self.typed(field).unwrap_or_default()
    }

    /// What is wrong with a field.
    pub fn error(&self, field: &str) -> Option<String> {
        let flash = self.0.as_ref()?;
        let code = flash.code?;
        let at = flash.field.as_deref()?;
        (at == field).then(|| sentences::field_error(code, at))
    }

    /// Which error it came back with.
    pub fn code(&self) -> Option<ErrorCode> {
        self.0.as_ref()?.code
    }

    /// What is wrong as a whole.
    pub fn problem(&self) -> Option<String> {
        let flash = self.0.as_ref()?;
        let code = flash.code?;
        Some(match flash.retry_after {
            Some(seconds) if code == ErrorCode::RateLimited => sentences::retry_after(seconds),
            _ if code == ErrorCode::InvalidCredentials && flash.field.is_some() => {
                sentences::wrong_password()
            }
            _ => sentences::error(code),
        })
    }

    /// What went well.
    pub fn notice(&self) -> Option<String> {
        self.0.as_ref()?.notice.map(|notice| notice.sentence())
    }

    /// The field at fault, as a path.
    pub fn field(&self) -> Option<&str> {
        self.0.as_ref()?.field.as_deref()
    }
}

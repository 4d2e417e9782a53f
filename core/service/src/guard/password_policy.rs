//! Which passwords may be set: long enough, not made of the person's or the product's own name, not known to
//! attackers. No rules of composition and no expiry (NIST SP 800-63B-4, 3.1.1.2).
//!
//! Applied where a password is chosen, never where one is verified.

use super::breached_password::{Breach, BreachedPasswords, Degraded, common};
use crate::crypto::password;
use kavach_model::{ApiError, ErrorCode, Secret};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Shorter parts of names are too common in words to be refused.
const MIN_CONTEXT_CHARS: usize = 4;

/// The rules and the services they ask.
pub struct PasswordPolicy<'a> {
    /// The fewest characters.
    pub min_chars: usize,
    /// Names of the product and of the installation, which everybody can guess.
    pub product_names: &'a [&'a str],
    /// Asked when everything else is well.
    pub breached: &'a BreachedPasswords,
    /// Whether a password is refused when the breach service gives no answer.
    pub fail_closed: bool,
}

/// Who chooses the password; their own names are the first guess.
#[derive(Debug, Clone, Copy, Default)]
pub struct Person<'a> {
    /// Their address, whose local part counts.
    pub email: Option<&'a str>,
    /// Their name, every part of which counts.
    pub name: Option<&'a str>,
}

/// A password that may be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a degraded check is to be audited"]
pub struct Accepted {
    /// The breach service gave no answer and the policy is to go on without: write it to the audit log.
    pub degraded: Option<Degraded>,
}

impl PasswordPolicy<'_> {
    /// Judges a password. A refusal names the field `password`; use [`ApiError::field`] for another.
    pub async fn check(&self, password: &Secret, person: Person<'_>) -> Result<Accepted, ApiError> {
        let Some(normal) = password::normalize(password) else {
            return Err(refused(ErrorCode::PasswordTooLong, ErrorCode::PasswordTooLong.sentence()));
        };
        // A single code point may expand to eighteen; it is still only one that must be guessed.
        let chars = normal.chars().count().min(password.expose().chars().count());
        let short = chars < self.min_chars;
        if common::is_common(&normal) {
            return Err(refused(ErrorCode::PasswordBreached, self.breached_sentence(short)));
        }
        if short {
            return Err(refused(ErrorCode::PasswordTooShort, self.short_sentence(chars)));
        }
        if self.is_contextual(&normal, person) {
            return Err(refused(ErrorCode::PasswordContextual, ErrorCode::PasswordContextual.sentence()));
        }
        match self.breached.check(&normal).await {
            Breach::Unknown => Ok(Accepted { degraded: None }),
            Breach::Known(_) => Err(refused(ErrorCode::PasswordBreached, self.breached_sentence(false))),
            Breach::Degraded(_) if self.fail_closed => Err(ApiError::new(ErrorCode::Unavailable)
                .message("The password could not be checked against known breaches. Try again in a minute.")),
            Breach::Degraded(reason) => Ok(Accepted { degraded: Some(reason) }),
        }
    }

    fn is_contextual(&self, normal: &str, person: Person<'_>) -> bool {
        let password = fold(normal);
        let local_part = person.email.map(|email| email.split_once('@').map_or(email, |(local, _)| local));
        let mut words = BTreeSet::from_iter(person.email.map(fold));
        for text in self.product_names.iter().copied().chain(local_part).chain(person.name) {
            let text = fold(text);
            words.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
            words.insert(text);
        }
        words.iter().any(|word| word.chars().count() >= MIN_CONTEXT_CHARS && password.contains(word.as_str()))
    }

    fn short_sentence(&self, chars: usize) -> String {
        let plural = if chars == 1 { "character" } else { "characters" };
        let min = self.min_chars;
        format!(
            "The password has {chars} {plural} and needs at least {min}. Four or five words make a good one."
        )
    }

    fn breached_sentence(&self, short: bool) -> String {
        const KNOWN: &str =
            "This password is known from data breaches and among the first that attackers try";
        if short {
            format!("{KNOWN}; it is also shorter than {} characters. Choose another.", self.min_chars)
        } else {
            format!("{KNOWN}. Choose another.")
        }
    }
}

fn refused(code: ErrorCode, sentence: impl Into<String>) -> ApiError {
    ApiError::new(code).message(sentence).field("password")
}

fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::config::Hibp;
    use crate::crypto::password::MAX_CHARS;
    use crate::outbound::{FetchError, HttpFetch, Request, Response};
    use futures::FutureExt;
    use futures::future::BoxFuture;
    use kavach_model::Timestamp;
    use std::sync::Arc;

    const ADA: Person<'_> =
        Person { email: Some("grace.hopper@example.com"), name: Some("Ada Lovelace-King") };

    struct Away;

    impl HttpFetch for Away {
        fn fetch(&self, _: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
            std::future::ready(Err(FetchError::Failed)).boxed()
        }
    }

    fn breached(enabled: bool) -> BreachedPasswords {
        let config = Hibp { enabled, ..Hibp::default() };
        let clock = Arc::new(ManualClock::new(Timestamp::from_millis(0)));
        BreachedPasswords::new(&config, Arc::new(Away), clock)
    }

    fn policy(breached: &BreachedPasswords) -> PasswordPolicy<'_> {
        PasswordPolicy { min_chars: 15, product_names: &["Kavach"], breached, fail_closed: false }
    }

    async fn judge(password: &str) -> Result<Accepted, ApiError> {
        policy(&breached(false)).check(&Secret::new(password), ADA).await
    }

    async fn refusal(password: &str) -> ApiError {
        judge(password).await.expect_err(password)
    }

    #[tokio::test]
    async fn secret123_is_refused_with_both_of_its_reasons() {
        let error = refusal("secret123").await;
        assert_eq!(error.code, ErrorCode::PasswordBreached);
        assert!(
            error.message.contains("breaches") && error.message.contains("15 characters"),
            "{}",
            error.message
        );
        assert_eq!(error.details.unwrap().field.as_deref(), Some("password"));
    }

    #[tokio::test]
    async fn fifteen_characters_are_needed_and_many_more_are_welcome() {
        let error = refusal("Xk9 rain boat!").await;
        assert_eq!(error.code, ErrorCode::PasswordTooShort);
        assert!(error.message.contains("has 14 characters and needs at least 15"), "{}", error.message);
        assert_eq!(refusal("").await.code, ErrorCode::PasswordTooShort);
        assert_eq!(refusal("\u{fdfa}").await.code, ErrorCode::PasswordTooShort, "expands to 18 characters");
        let long = format!("rain boat lamp {}", "é".repeat(MAX_CHARS - 15));
        for good in [
            "Xk9 rain boat!!",
            "rain boat lamp sock",
            "дождь лодка лампа",
            "雨 舟 灯 靴 窓 猫 犬 鳥 海 空",
            &long,
        ] {
            assert_eq!(judge(good).await, Ok(Accepted { degraded: None }), "{good}");
        }
        assert_eq!(refusal(&"ab cd".repeat(MAX_CHARS)).await.code, ErrorCode::PasswordTooLong);
    }

    #[tokio::test]
    async fn own_names_are_refused_in_any_case() {
        for password in [
            "my KAVACH is a castle",
            "ＫＡＶＡＣＨ of the north",
            "lovelace lamp sock rain",
            "grace under pressure",
            "the hopper is full again",
            "King of the northern sea",
        ] {
            assert_eq!(refusal(password).await.code, ErrorCode::PasswordContextual, "{password}");
        }
        // "Ada" has three letters and is part of many words.
        let allowed = judge("an armada of rain boats").await;
        assert_eq!(allowed, Ok(Accepted { degraded: None }));
    }

    #[tokio::test]
    async fn a_breach_service_that_is_away_lets_pass_and_says_so_or_refuses_as_configured() {
        let breached = breached(true);
        let mut policy = policy(&breached);
        let good = Secret::new("rain boat lamp sock");
        assert_eq!(policy.check(&good, ADA).await, Ok(Accepted { degraded: Some(Degraded::Failed) }));
        let common = policy.check(&Secret::new("passwordpassword"), ADA).await.unwrap_err();
        assert_eq!(common.code, ErrorCode::PasswordBreached, "the offline list needs no service");
        policy.fail_closed = true;
        assert_eq!(policy.check(&good, ADA).await.unwrap_err().code, ErrorCode::Unavailable);
    }

    #[tokio::test]
    async fn a_whole_address_is_refused_however_short_its_parts() {
        let service = breached(false);
        let person = Person { email: Some("eve@example.com"), name: None };
        let refused = policy(&service).check(&Secret::new("eve@EXAMPLE.com"), person).await;
        assert_eq!(refused.map_err(|error| error.code), Err(ErrorCode::PasswordContextual));
    }
}

//! The mails Kavach writes, each as plain text and as HTML that common mail programs show alike.
//!
//! Nothing a stranger typed stands in them but the address they go to: otherwise anybody could send their own words to
//! anybody, signed by us. Names are left out for that reason. Links are made by the caller from the configured
//! public URL.

use super::mail::Mail;
use kavach_model::Timestamp;
use std::fmt::Write;
use std::time::Duration;

/// Asks the owner of the address to confirm it.
pub fn verify_email(to: &str, link: &str, valid_for: Duration) -> Mail {
    let letter = Letter {
        subject: "Confirm your e-mail address",
        before: &[&format!(
            "Somebody, most likely you, gave {to} as their e-mail address at Kavach. Is it yours?"
        )],
        action: ("Confirm this address", link),
        after: &[
            &format!("The link works once, for {}.", in_words(valid_for)),
            "If it was not you, do nothing: without the link the address is not confirmed.",
        ],
    };
    letter.to(to)
}

/// Tells the owner of an account that somebody tried to sign up with its address. The person at the form is told
/// nothing.
pub fn sign_up_existing(to: &str, sign_in_link: &str) -> Mail {
    let letter = Letter {
        subject: "You already have an account",
        before: &[
            &format!("Somebody, most likely you, tried to sign up at Kavach with {to}."),
            "There is an account with this address already, so nothing was changed. Sign in with the password you have.",
        ],
        action: ("Sign in", sign_in_link),
        after: &[
            "If it was not you, there is nothing to do: whoever it was has learned nothing about your account.",
        ],
    };
    letter.to(to)
}

/// Tells somebody that their password is another now.
pub fn password_changed(to: &str, at: Timestamp, account_link: &str) -> Mail {
    let letter = Letter {
        subject: "Your password was changed",
        before: &[
            &format!("The password of the Kavach account {to} was changed at {}.", minute(at)),
            "All other sessions of the account have ended.",
        ],
        action: ("Look at your account", account_link),
        after: &[
            "If it was not you, somebody else knows your password: tell the administrator of this service at once, and change it wherever else you use it.",
        ],
    };
    letter.to(to)
}

/// Tells somebody that the password they use is known from a data breach.
pub fn password_breached(to: &str, account_link: &str) -> Mail {
    let letter = Letter {
        subject: "Choose another password",
        before: &[
            &format!(
                "The password of the Kavach account {to} stands in a list of passwords that were stolen elsewhere."
            ),
            "Nobody broke into your account with it as far as we know, but attackers try such passwords first. Choose another one.",
        ],
        action: ("Change the password", account_link),
        after: &["If you use the same password anywhere else, change it there as well."],
    };
    letter.to(to)
}

/// Tells somebody that their account can be entered another way as well.
pub fn identity_linked(to: &str, what: &str, at: Timestamp, account_link: &str) -> Mail {
    let letter = Letter {
        subject: "A new way to sign in was added",
        before: &[&format!("Since {} you can sign in to the Kavach account {to} with {what}.", minute(at))],
        action: ("Look at your account", account_link),
        after: &["If it was not you, take it away on your account page and change your password."],
    };
    letter.to(to)
}

/// Tells somebody that their account cannot be entered that way any more.
pub fn identity_unlinked(to: &str, what: &str, at: Timestamp, account_link: &str) -> Mail {
    let letter = Letter {
        subject: "A way to sign in was removed",
        before: &[
            &format!("Since {} {what} does not open the Kavach account {to} any more.", minute(at)),
            "All other sessions of the account have ended.",
        ],
        action: ("Look at your account", account_link),
        after: &[
            "If it was not you, somebody else is signed in to your account: change your password at once.",
        ],
    };
    letter.to(to)
}

/// Tells the person who answers for an agent that it waits for an answer. What it asks for is shown on the page, to whoever
/// signs in, and not here; opening the link decides nothing.
pub fn approval_required(to: &str, approval_link: &str, valid_for: Duration) -> Mail {
    let letter = Letter {
        subject: "An agent asks for your approval",
        before: &[&format!(
            "An agent that the Kavach account {to} answers for wants to do something that a person must approve first."
        )],
        action: ("Look at what it asks for", approval_link),
        after: &[
            &format!("You can decide for {}; after that the answer is no.", in_words(valid_for)),
            "Approve only what you expect. Without your answer nothing is done.",
        ],
    };
    letter.to(to)
}

/// Tells somebody that they may administer this instance now.
pub fn new_admin(to: &str, console_link: &str) -> Mail {
    let letter = Letter {
        subject: "You are an administrator now",
        before: &[&format!("The Kavach account {to} has been made an administrator.")],
        action: ("Open the console", console_link),
        after: &["If you did not expect this, tell whoever runs this service."],
    };
    letter.to(to)
}

/// What all of them are made of: paragraphs, one thing to do, paragraphs.
struct Letter<'a> {
    subject: &'a str,
    before: &'a [&'a str],
    action: (&'a str, &'a str),
    after: &'a [&'a str],
}

impl Letter<'_> {
    fn to(&self, to: &str) -> Mail {
        Mail { to: to.to_owned(), subject: self.subject.to_owned(), text: self.text(), html: self.html() }
    }

    fn text(&self) -> String {
        let (label, link) = self.action;
        let action = format!("{label}:\n{link}");
        let paragraphs: Vec<&str> =
            self.before.iter().copied().chain([action.as_str()]).chain(self.after.iter().copied()).collect();
        format!("{}\n\n-- \nKavach\n", paragraphs.join("\n\n"))
    }

    /// No style sheet, no picture, nothing fetched. No background of our own, so dark mail programs stay dark.
    fn html(&self) -> String {
        const P: &str = r#"<p style="margin:0 0 16px">"#;
        let paragraphs = |texts: &[&str]| {
            texts.iter().fold(String::new(), |mut html, text| {
                let _ = writeln!(html, "{P}{}</p>", escape(text));
                html
            })
        };
        let (label, link) = (escape(self.action.0), escape(self.action.1));
        format!(
            r#"<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:520px;margin:0 auto">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{title}</h1>
{before}<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none">{label}</a></p>
<p style="margin:0 0 16px;font-size:14px">Or open this address: <a href="{link}" style="word-break:break-all">{link}</a></p>
{after}<p style="margin:24px 0 0;font-size:14px;opacity:0.7">Kavach</p>
</div>
</body>
</html>
"#,
            title = escape(self.subject),
            before = paragraphs(self.before),
            after = paragraphs(self.after),
        )
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `24 hours`, `15 minutes`: the largest unit that gives a whole number.
fn in_words(duration: Duration) -> String {
    let minutes = duration.as_secs() / 60;
    let (count, unit) = match minutes {
        0..=1 => (1, "minute"),
        _ if minutes.is_multiple_of(60) => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// `2026-11-23 09:30 UTC`.
fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).map_or(text.clone(), |minute| format!("{} UTC", minute.replace('T', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://id.example/verify?token=kv_mail_abc&next=%2Faccount";

    fn every_mail(to: &str) -> [Mail; 6] {
        [
            verify_email(to, LINK, Duration::from_secs(86_400)),
            sign_up_existing(to, LINK),
            password_changed(to, Timestamp::from_millis(1_764_000_000_123), LINK),
            password_breached(to, LINK),
            approval_required(to, LINK, Duration::from_secs(900)),
            new_admin(to, LINK),
        ]
    }

    #[test]
    fn both_forms_carry_the_link_and_the_text_has_it_on_a_line_of_its_own() {
        for mail in every_mail("ada@example.com") {
            assert!(mail.text.lines().any(|line| line == LINK), "{}", mail.text);
            assert_eq!(mail.html.matches(&format!("href=\"{}\"", escape(LINK))).count(), 2, "{}", mail.html);
            assert!(mail.html.contains(&mail.subject) && !mail.subject.is_empty());
            assert_eq!(mail.to, "ada@example.com");
        }
    }

    #[test]
    fn an_address_cannot_bring_markup() {
        for mail in every_mail("<img/src='x'onerror=\"a&b\">@example.com") {
            assert!(!mail.html.contains("<img"), "{}", mail.html);
            assert!(!mail.html.contains("'x'"), "{}", mail.html);
        }
        assert_eq!(escape("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
    }

    #[test]
    fn nothing_is_fetched_when_a_mail_is_opened() {
        for mail in every_mail("ada@example.com") {
            for loading in ["<img", "<link", "<style", "<script", "url(", "src="] {
                assert!(!mail.html.contains(loading), "{loading}");
            }
        }
    }

    #[test]
    fn times_are_said_in_words() {
        assert_eq!(in_words(Duration::from_secs(86_400)), "24 hours");
        assert_eq!(in_words(Duration::from_secs(3_600)), "1 hour");
        assert_eq!(in_words(Duration::from_secs(900)), "15 minutes");
        assert_eq!(in_words(Duration::from_secs(5)), "1 minute");
        assert_eq!(minute(Timestamp::from_millis(1_764_000_000_123)), "2025-11-24 16:00 UTC");
    }
}

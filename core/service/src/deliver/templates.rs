//! The mails Kavach writes, each as plain text and as HTML that common mail programs show alike.
//!
//! Nothing a stranger typed stands in them but the address they go to: otherwise anybody could send their own words to
//! anybody, signed by us. Names are left out for that reason. Links are made by the caller from the configured
//! public URL. What they say is in the catalogue of texts, under the letter's name.

use super::mail::Mail;
use super::texts;
use crate::config::branding::Branding;
use crate::i18n::FluentValue;
use kavach_model::{Language, Timestamp};
use std::fmt::Write;
use std::time::Duration;

/// A letter: its name in the catalogue, what is filled in, and what there is to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter<'a> {
    /// The part of its keys between `mail-` and `-subject`.
    pub(super) name: &'a str,
    /// Where the button leads; none for a letter that has a code and no link.
    pub(super) link: Option<&'a str>,
    /// A code to type.
    pub(super) code: Option<&'a str>,
    /// A program it is about, by the name that whoever runs this service gave it.
    pub(super) client: Option<&'a str>,
    /// How long link or code work.
    pub(super) valid_for: Option<Duration>,
    /// When what it tells of happened.
    pub(super) at: Option<Timestamp>,
}

impl<'a> Letter<'a> {
    /// A letter with a button.
    pub(super) const fn linking(name: &'a str, link: &'a str) -> Self {
        Self { name, link: Some(link), code: None, client: None, valid_for: None, at: None }
    }

    /// The letter, written to an address in a language, in the name of the service.
    pub(super) fn write(&self, to: &str, language: Language, branding: &Branding) -> Mail {
        let text = Text::of(self, to, language, branding);
        Mail { to: to.to_owned(), subject: text.subject.clone(), text: text.plain(), html: text.html() }
    }
}

/// A letter in the words of one language.
struct Text<'a> {
    language: Language,
    branding: &'a Branding,
    subject: String,
    before: Vec<String>,
    action: Option<(String, &'a str)>,
    code: Option<&'a str>,
    after: Vec<String>,
}

impl<'a> Text<'a> {
    fn of(letter: &Letter<'a>, to: &str, language: Language, branding: &'a Branding) -> Self {
        let key = |part: &str| format!("mail-{}-{part}", letter.name);
        let time = letter.valid_for.map(|duration| texts::time(language, duration)).unwrap_or_default();
        let at = letter.at.map(texts::minute).unwrap_or_default();
        let args = [
            ("product", FluentValue::from(branding.name.as_str())),
            ("to", FluentValue::from(to)),
            ("time", FluentValue::from(time)),
            ("at", FluentValue::from(at)),
            ("client", FluentValue::from(letter.client.unwrap_or_default())),
        ];
        Self {
            language,
            branding,
            subject: texts::text(language, &key("subject"), &args),
            before: texts::paragraphs(language, &key("before"), &args),
            action: letter.link.map(|link| (texts::text(language, &key("action"), &args), link)),
            code: letter.code,
            after: texts::paragraphs(language, &key("after"), &args),
        }
    }

    fn say(&self, key: &str) -> String {
        texts::text(self.language, key, &[])
    }

    fn plain(&self) -> String {
        let mut parts = self.before.clone();
        if let Some((label, link)) = &self.action {
            parts.push(format!("{label}:\n{link}"));
        }
        if let Some(code) = self.code {
            parts.push(match self.action {
                Some(_) => format!("{}\n{code}", self.say("mail-or-type")),
                None => format!("{}: {code}", self.say("mail-code")),
            });
        }
        parts.extend(self.after.iter().cloned());
        format!("{}\n\n-- \n{}\n", parts.join("\n\n"), self.branding.name)
    }

    /// No style sheet, no picture, nothing fetched. No background of our own, so dark mail programs stay dark.
    fn html(&self) -> String {
        const P: &str = r#"<p style="margin:0 0 16px">"#;
        let paragraphs = |texts: &[String]| {
            texts.iter().fold(String::new(), |mut html, text| {
                let _ = writeln!(html, "{P}{}</p>", escape(text));
                html
            })
        };
        let action = self.action.as_ref().map_or_else(String::new, |(label, link)| {
            let (label, link) = (escape(label), escape(link));
            let [behind, text] = self.branding.button();
            format!(
                r#"<p style="margin:24px 0"><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:{behind};color:{text};font-weight:600;text-decoration:none">{label}</a></p>
<p style="margin:0 0 16px;font-size:14px">{or_open} <a href="{link}" style="word-break:break-all">{link}</a></p>
"#,
                or_open = escape(&self.say("mail-or-open")),
            )
        });
        let code = self.code.map_or_else(String::new, |code| {
            let label = match self.action {
                Some(_) => format!(r#"<p style="margin:0 0 8px;font-size:14px">{}</p>"#, escape(&self.say("mail-or-type"))),
                None => String::new(),
            };
            format!(
                r#"{label}<p dir="ltr" style="margin:0 0 24px;font-family:ui-monospace,Consolas,monospace;font-size:28px;font-weight:600;letter-spacing:4px">{}</p>
"#,
                escape(code)
            )
        });
        format!(
            r#"<!DOCTYPE html>
<html lang="{lang}" dir="{dir}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body style="margin:0;padding:24px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
<div style="max-width:520px;margin:0 auto">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3">{title}</h1>
{before}{action}{code}{after}<p style="margin:24px 0 0;font-size:14px;opacity:0.7">{product}</p>
</div>
</body>
</html>
"#,
            product = escape(&self.branding.name),
            lang = self.language.tag(),
            dir = self.language.direction(),
            title = escape(&self.subject),
            before = paragraphs(&self.before),
            after = paragraphs(&self.after),
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

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://id.example/verify?token=kv_mail_abc&next=%2Faccount";
    const NAMES: &[&str] = &[
        "verify-email",
        "sign-up-existing",
        "password-changed",
        "password-set",
        "identity-linked",
        "identity-unlinked",
        "reset-password",
        "enrolment-link",
        "device-approved",
        "totp-enabled",
        "totp-disabled",
        "backup-codes-created",
        "backup-code-used",
        "passkey-added",
        "passkey-removed",
        "password-breached",
        "approval-required",
        "new-admin",
        "magic-link",
        "unproven-dropped",
        "email-change",
        "email-change-requested",
        "email-changed",
        "phone-changed",
        "phone-removed",
        "test",
    ];

    fn every_mail(to: &str) -> impl Iterator<Item = Mail> {
        NAMES.iter().map(move |name| {
            let letter = Letter {
                valid_for: Some(Duration::from_secs(900)),
                at: Some(Timestamp::from_millis(1_764_000_000_123)),
                ..Letter::linking(name, LINK)
            };
            letter.write(to, Language::English, &Branding::default())
        })
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
    fn every_letter_has_all_its_words() {
        for mail in every_mail("ada@example.com") {
            for missing in ["mail-", "{", "$"] {
                assert!(!mail.text.contains(missing) && !mail.subject.contains(missing), "{}", mail.text);
            }
            assert!(!mail.subject.contains(char::is_control), "{}", mail.subject);
        }
    }

    #[test]
    fn a_letter_about_an_account_that_is_gone_leads_nowhere() {
        for language in Language::ALL {
            let at = Some(Timestamp::from_millis(1_764_000_000_123));
            let letter = Letter { link: None, at, ..Letter::linking("account-deleted", "") };
            let mail = letter.write("ada@example.com", *language, &Branding::default());
            for missing in ["mail-", "{", "$", "http"] {
                assert!(!mail.text.contains(missing) && !mail.subject.contains(missing), "{}", mail.text);
            }
            assert!(
                mail.text.contains("ada@example.com") && mail.text.contains("2025-11-24"),
                "{}",
                mail.text
            );
            assert!(!mail.html.contains("href"), "{}", mail.html);
        }
    }

    #[test]
    fn a_code_stands_in_both_forms() {
        let code = Letter { link: None, code: Some("123456"), ..Letter::linking("email-otp", "") };
        let both = Letter { code: Some("123456"), ..Letter::linking("magic-link", LINK) };
        for letter in [code, both] {
            let mail = letter.write("ada@example.com", Language::English, &Branding::default());
            assert!(mail.text.contains("123456") && mail.html.contains(">123456<"), "{}", mail.html);
            assert!(!mail.subject.contains("123456"), "a locked screen shows subjects");
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
}

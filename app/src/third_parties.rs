//! What pages load from others, where the configuration says so: One Tap, captchas. Everything else loads nothing from
//! anybody.
//!
//! The policy of a page is widened by exactly the origins its configuration names, and only on the pages that show
//! them. Our own modules bring the others' scripts in when they are needed, so a page that only might need a captcha
//! loads none.

use kavach_model::captcha::CaptchaProvider;
use kavach_model::sign_in::Method;
use kavach_service::config::{Config, origin_of};

/// Pages that may ask for a captcha.
const GUARDED: [&str; 7] = [
    "/sign-in",
    "/sign-up",
    "/sign-in/link",
    "/sign-in/code",
    "/sign-in/phone",
    "/sign-up/username",
    "/recover",
];

/// What one page takes from others.
#[derive(Debug, Default)]
pub struct ThirdParties {
    modules: Vec<&'static str>,
    scripts: Vec<String>,
    frames: Vec<String>,
    styles: Vec<String>,
    connects: Vec<String>,
    windows: bool,
}

impl ThirdParties {
    /// What the page at this path takes.
    pub fn on(path: &str, config: &Config) -> Self {
        let path = path.trim_end_matches('/');
        let mut taken = Self::default();
        if path == "/sign-in/wallet" {
            taken.connects.push("'self'".to_owned());
        }
        if ["/sign-in", "/account/identities/google"].contains(&path) && one_tap(config) {
            let origin = config.google.script_origin().to_owned();
            taken.modules.push("one-tap.js");
            taken.take_all(&[origin]);
            taken.windows = true;
        }
        if let Some(provider) = config.captcha.provider.filter(|_| GUARDED.contains(&path)) {
            taken.modules.push("captcha.js");
            let own = config.captcha.script_url.as_deref().map(|url| vec![origin_of(url).to_owned()]);
            taken.take_all(&own.unwrap_or_else(|| origins(provider)));
        }
        taken
    }

    fn take_all(&mut self, origins: &[String]) {
        for list in [&mut self.scripts, &mut self.frames, &mut self.styles, &mut self.connects] {
            list.extend_from_slice(origins);
        }
    }

    /// Our own modules that bring them in.
    pub fn modules(&self) -> Vec<&'static str> {
        self.modules.clone()
    }

    /// Whether they open windows that must find their way back.
    pub fn opens_windows(&self) -> bool {
        self.windows
    }

    /// A page's policy with what it takes from others.
    pub fn widen(&self, policy: &str, nonce: &str) -> String {
        let mut directives: Vec<(String, String)> = policy
            .split(';')
            .filter_map(|directive| directive.trim().split_once(' '))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let own = if self.modules.is_empty() { Vec::new() } else { vec![format!("'nonce-{nonce}'")] };
        let scripts: Vec<String> = own.iter().chain(&self.scripts).cloned().collect();
        for (name, sources) in [
            ("script-src", &scripts),
            ("frame-src", &self.frames),
            ("style-src", &self.styles),
            ("connect-src", &self.connects),
        ] {
            allow(&mut directives, name, sources);
        }
        let written: Vec<String> = directives.iter().map(|(name, value)| format!("{name} {value}")).collect();
        written.join("; ")
    }
}

/// Adds sources to a directive; what was allowed before stays.
fn allow(directives: &mut Vec<(String, String)>, name: &str, sources: &[String]) {
    if sources.is_empty() {
        return;
    }
    let position = directives.iter().position(|(known, _)| known == name);
    let index = position.unwrap_or_else(|| {
        directives.push((name.to_owned(), "'none'".to_owned()));
        directives.len() - 1
    });
    let (_, value) = &mut directives[index];
    let mut all: Vec<&str> = value.split(' ').filter(|source| *source != "'none'").collect();
    for source in sources {
        if !all.contains(&source.as_str()) {
            all.push(source);
        }
    }
    *value = all.join(" ");
}

/// Whether One Tap is shown.
pub fn one_tap(config: &Config) -> bool {
    config.google.client_id.is_some() && config.methods.is_on(Method::GoogleOneTap)
}

/// Where a captcha's script comes from, unless the configuration says otherwise.
pub fn captcha_script(provider: CaptchaProvider, config: &Config) -> String {
    if let Some(url) = &config.captcha.script_url {
        return url.clone();
    }
    let key = config.captcha.site_key.as_deref().unwrap_or_default();
    match provider {
        CaptchaProvider::Turnstile => {
            "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit".to_owned()
        }
        CaptchaProvider::RecaptchaV2 => "https://www.google.com/recaptcha/api.js?render=explicit".to_owned(),
        CaptchaProvider::RecaptchaV3 => format!("https://www.google.com/recaptcha/api.js?render={key}"),
        CaptchaProvider::Hcaptcha => "https://js.hcaptcha.com/1/api.js?render=explicit".to_owned(),
        CaptchaProvider::Pow => String::new(),
    }
}

/// What each provider's documentation asks a policy to allow.
fn origins(provider: CaptchaProvider) -> Vec<String> {
    let listed: &[&str] = match provider {
        CaptchaProvider::Turnstile => &["https://challenges.cloudflare.com"],
        CaptchaProvider::RecaptchaV2 | CaptchaProvider::RecaptchaV3 => &[
            "https://www.google.com/recaptcha/",
            "https://www.gstatic.com/recaptcha/",
            "https://recaptcha.google.com/recaptcha/",
        ],
        CaptchaProvider::Hcaptcha => &["https://hcaptcha.com", "https://*.hcaptcha.com"],
        CaptchaProvider::Pow => &[],
    };
    listed.iter().map(|origin| (*origin).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripts::Scripts;

    fn policy(path: &str, config: &Config) -> String {
        ThirdParties::on(path, config).widen(&Scripts::of(path).policy("n"), "n")
    }

    #[test]
    fn nothing_is_taken_from_others_unless_configured() {
        let config = Config::default();
        for path in ["/sign-in", "/sign-up", "/account", "/console"] {
            assert_eq!(policy(path, &config), Scripts::of(path).policy("n"), "{path}");
        }
    }

    #[test]
    fn one_tap_widens_the_pages_that_show_it_and_no_other() {
        let mut config = Config::default();
        config.google.client_id = Some("id".to_owned());
        let widened = policy("/sign-in", &config);
        assert!(widened.contains("script-src 'nonce-n' https://accounts.google.com;"), "{widened}");
        assert!(widened.contains("frame-src https://accounts.google.com"), "{widened}");
        assert!(widened.contains("frame-ancestors 'none'") && !widened.contains("unsafe"), "{widened}");
        assert!(policy("/account/identities/google", &config).contains("https://accounts.google.com"));
        assert!(!policy("/account/identities", &config).contains("google"));
        assert!(!policy("/account", &config).contains("google"));
        assert!(!policy("/sign-in/wallet", &config).contains("google"));
        config.methods.google_one_tap = false;
        assert!(!policy("/sign-in", &config).contains("google"));
    }

    #[test]
    fn the_built_in_captcha_takes_nothing_from_anybody() {
        let mut config = Config::default();
        config.captcha.provider = Some(CaptchaProvider::Pow);
        let widened = policy("/sign-in", &config);
        assert!(widened.contains("script-src 'nonce-n';"), "{widened}");
        assert!(!widened.contains("https://"), "{widened}");
    }
}

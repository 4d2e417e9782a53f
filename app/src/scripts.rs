//! Which script a page loads, and the content security policy that allows exactly that.
//!
//! Most pages load none. What does not run cannot be abused.

/// What a page loads beyond its stylesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// Nothing.
    None,
    /// One small module, by its file name.
    Module(&'static str),
    /// One small module that asks our API.
    Calling(&'static str),
    /// WASM, for its islands.
    Islands,
}

impl Scripts {
    /// What the page at this path loads.
    pub fn of(path: &str) -> Self {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments.as_slice() {
            ["sign-up" | "setup" | "enroll"]
            | ["sign-up", "username"]
            | ["recover", "reset"]
            | ["account", "security" | "upgrade"] => Self::Module("password.js"),
            ["sign-in"]
            | ["sign-in", "second-factor"]
            | ["sign-up", "passkey"]
            | ["account", "passkeys" | "confirm"] => Self::Calling("passkey.js"),
            ["approve", _] | ["console", "approvals", _] => Self::Calling("passkey.js"),
            ["console", "approvals"] => Self::Calling("inbox.js"),
            ["account", "two-step"] | ["account", "two-step", "codes"] => Self::Module("copy.js"),
            ["sign-in", "wallet"] => Self::Module("wallet.js"),
            ["account", "identities", "wallet"] => Self::Calling("wallet.js"),
            ["sign-in", "link" | "code" | "phone"] => Self::Module("resend.js"),
            ["console", "agents", "new"] | ["console", "agents", _, "edit" | "lend"] => Self::Islands,
            ["console", "agents", "tree"] | ["console", "agents", _, "tree"] => Self::Calling("tree.js"),
            ["console", "audit"] | ["console", "audit", _] => Self::Calling("audit.js"),
            ["console", "agents", _, "token"] | ["console", "keys", _, "token"] => Self::Module("copy.js"),
            ["console", "clients", "secret"] => Self::Module("copy.js"),
            _ => Self::None,
        }
    }

    /// The file of the module that begins it.
    pub const fn file(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Module(file) | Self::Calling(file) => Some(file),
            Self::Islands => Some("islands.js"),
        }
    }

    /// The content security policy of the page.
    pub fn policy(self, nonce: &str) -> String {
        let script = match self {
            Self::None => "'none'".to_owned(),
            Self::Module(_) | Self::Calling(_) => format!("'nonce-{nonce}'"),
            Self::Islands => format!("'nonce-{nonce}' 'wasm-unsafe-eval'"),
        };
        let connect = if matches!(self, Self::Islands | Self::Calling(_)) { "'self'" } else { "'none'" };
        // Every form here posts to this site and is sent on within it, but on the pages of [`leads_elsewhere`].
        format!(
            "default-src 'none'; script-src {script}; style-src 'self'; img-src 'self' data:; \
             connect-src {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

/// Whether the forms of a page end on another site, or in an app. Browsers apply `form-action` to the whole chain of
/// redirects, and a client may send people on from where it is answered, so no list of places would be long enough: such
/// a page has no `form-action`.
pub fn leads_elsewhere(path: &str) -> bool {
    ["/consent", "/oauth/logout"].contains(&path.trim_end_matches('/'))
}

/// A policy without `form-action`.
pub fn without_form_action(policy: &str) -> String {
    policy.replace(" form-action 'self';", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_pages_load_nothing() {
        for path in ["/", "/verify-email", "/console", "/console/kill-switch", "/x"] {
            assert_eq!(Scripts::of(path), Scripts::None, "{path}");
            assert!(Scripts::of(path).policy("n").contains("script-src 'none'"));
        }
    }

    #[test]
    fn wasm_runs_where_an_island_is_and_nowhere_else() {
        assert_eq!(Scripts::of("/console/agents/new"), Scripts::Islands);
        assert_eq!(Scripts::of("/console/agents/agt_1/edit"), Scripts::Islands);
        assert!(Scripts::Islands.policy("n").contains("script-src 'nonce-n' 'wasm-unsafe-eval'"));
        assert!(!Scripts::of("/sign-up").policy("n").contains("wasm"));
    }

    #[test]
    fn passkeys_ask_the_api_and_nothing_else() {
        for path in
            ["/sign-in", "/sign-up/passkey", "/account/passkeys", "/account/confirm", "/approve/apr_1"]
        {
            assert_eq!(Scripts::of(path), Scripts::Calling("passkey.js"), "{path}");
        }
        let policy = Scripts::Calling("passkey.js").policy("n");
        assert!(policy.contains("script-src 'nonce-n';") && policy.contains("connect-src 'self';"));
        assert!(Scripts::Module("copy.js").policy("n").contains("connect-src 'none';"));
    }

    #[test]
    fn no_policy_allows_inline_code_or_framing() {
        for scripts in
            [Scripts::None, Scripts::Module("copy.js"), Scripts::Calling("passkey.js"), Scripts::Islands]
        {
            let policy = scripts.policy("n");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
            assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"));
        }
    }
}

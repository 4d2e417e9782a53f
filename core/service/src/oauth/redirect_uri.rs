//! Redirect URIs: what a client may register, and whether the one in a request is one of them.
//!
//! OAuth 2.1 (draft 13) sections 2.3.1 and 8.4.2, RFC 8252 section 7, RFC 9700 section 2.1. They are compared character by
//! character, never as prefixes or after any normalisation. The one exception is the port of a loopback address: native
//! apps listen wherever there is room.

use serde::{Deserialize, Serialize};
use std::fmt;
use url::{Host, Url};

/// Longest one that is taken, in bytes.
pub const LONGEST: usize = 2_048;

/// Schemes of browsers, files, mail and networks: none of them is an app that waits for an answer.
const NOT_OF_APPS: [&str; 33] = [
    "about",
    "blob",
    "cid",
    "chrome",
    "chrome-extension",
    "content",
    "data",
    "dav",
    "dns",
    "edge",
    "file",
    "filesystem",
    "ftp",
    "ftps",
    "gopher",
    "intent",
    "jar",
    "javascript",
    "ldap",
    "ldaps",
    "mailto",
    "mid",
    "ms-appx",
    "news",
    "resource",
    "sms",
    "ssh",
    "tel",
    "telnet",
    "vbscript",
    "view-source",
    "ws",
    "wss",
];

/// One that passed the rules, exactly as it was registered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// Where an answer goes: people are told before they agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A web site; its host as people know it.
    Site(String),
    /// Whatever listens on the person's own machine.
    ThisMachine,
    /// An app on the person's machine that claimed a scheme, which any other may claim too.
    App(String),
}

/// Why one is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRedirectUri {
    /// It is no absolute URI, or not written as it will be used.
    #[error("is not an absolute URI of printable ASCII characters, without `.` and `..` segments")]
    Malformed,
    /// It is longer than [`LONGEST`].
    #[error("is longer than 2,048 bytes")]
    TooLong,
    /// RFC 6749, section 3.1.2.
    #[error("has a fragment")]
    Fragment,
    /// A name or a password before the host.
    #[error("has a user or a password in it")]
    UserInfo,
    /// Comparing is exact, so a pattern would match nothing but itself.
    #[error("has a `*` in it: each address is registered by itself")]
    Wildcard,
    /// Plain http to another machine.
    #[error("is http, which only this machine (127.0.0.1, [::1], localhost) may have")]
    Insecure,
    /// A scheme no app may have.
    #[error("has a scheme that is not an app's")]
    Scheme,
}

impl RedirectUri {
    /// Checks one that is to be registered, or that a client's document names.
    pub fn parse(text: &str) -> Result<Self, InvalidRedirectUri> {
        use InvalidRedirectUri as No;
        if text.len() > LONGEST {
            return Err(No::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic())
            || text.contains(['\\', '"', '<', '>', '^', '`', '{', '|', '}'])
        {
            return Err(No::Malformed);
        }
        if text.contains('#') {
            return Err(No::Fragment);
        }
        if text.contains('*') {
            return Err(No::Wildcard);
        }
        let (scheme, rest) = text.split_once(':').ok_or(No::Malformed)?;
        let url = Url::parse(text).map_err(|_| No::Malformed)?;
        // Written otherwise than it is read: somebody else would read it otherwise again.
        if url.scheme() != scheme {
            return Err(No::Malformed);
        }
        match scheme {
            "https" | "http" => {
                let after = rest.strip_prefix("//").ok_or(No::Malformed)?;
                let authority = after.split(['/', '?']).next().unwrap_or_default();
                if authority.contains('@') {
                    return Err(No::UserInfo);
                }
                if authority.is_empty()
                    || authority.starts_with(':')
                    || authority.contains('%')
                    || has_dot_segments(after)
                {
                    return Err(No::Malformed);
                }
                if !is_written_as_read(&url, authority) {
                    return Err(No::Malformed);
                }
                if scheme == "http" && !is_loopback(&url) {
                    return Err(No::Insecure);
                }
            }
            scheme if NOT_OF_APPS.contains(&scheme) || scheme.len() < 2 => return Err(No::Scheme),
            _ => {
                if url.has_authority() && (!url.username().is_empty() || url.password().is_some()) {
                    return Err(No::UserInfo);
                }
                if rest.is_empty() || has_dot_segments(rest) {
                    return Err(No::Malformed);
                }
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// As it was registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request that says `asked` means this one.
    pub fn admits(&self, asked: &str) -> bool {
        if self.0 == asked {
            return true;
        }
        match (without_loopback_port(&self.0), without_loopback_port(asked)) {
            (Some(registered), Some(asked)) => registered == asked,
            _ => false,
        }
    }

    /// Where it leads.
    pub fn destination(&self) -> Destination {
        let Ok(url) = Url::parse(&self.0) else { return Destination::App(String::new()) };
        match url.scheme() {
            "https" | "http" if is_loopback(&url) => Destination::ThisMachine,
            "https" | "http" => Destination::Site(url.host_str().unwrap_or_default().to_owned()),
            scheme => Destination::App(scheme.to_owned()),
        }
    }

    /// What a policy names to let a form end there (CSP `form-action`): an origin, or a scheme.
    pub fn form_action(&self) -> String {
        match Url::parse(&self.0) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => String::new(),
        }
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = InvalidRedirectUri;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether host and port are in the text the way a browser writes them, so that nobody reads another host out of it.
fn is_written_as_read(url: &Url, authority: &str) -> bool {
    let Some(host) = url.host_str() else { return false };
    let Some(rest) = authority.strip_prefix(host) else { return false };
    match rest.strip_prefix(':') {
        // A default port that is spelt out is read as none.
        Some(port) => port.parse().is_ok_and(|port: u16| url.port_or_known_default() == Some(port)),
        None => rest.is_empty(),
    }
}

fn has_dot_segments(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An http address of this machine without its port; None for any other. Clients register `localhost` as often as the
/// addresses RFC 8252 recommends, and mean the same by it.
fn without_loopback_port(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("http://")?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    ["127.0.0.1", "[::1]", "localhost"].into_iter().find_map(|host| {
        let port = authority.strip_prefix(host)?;
        let is_port =
            |digits: &str| digits.len() <= 5 && digits.parse::<u16>().is_ok() && !digits.starts_with('+');
        (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some((host, path))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_this_machine_and_apps_may_be_answered() {
        for (text, destination) in [
            ("https://app.example/callback", Destination::Site("app.example".to_owned())),
            ("https://app.example:8443/cb?tenant=1", Destination::Site("app.example".to_owned())),
            ("https://xn--bcher-kva.example/cb", Destination::Site("xn--bcher-kva.example".to_owned())),
            ("http://127.0.0.1:7777/cb", Destination::ThisMachine),
            ("http://127.0.0.1/cb", Destination::ThisMachine),
            ("http://[::1]:7777/cb", Destination::ThisMachine),
            ("http://localhost:33418/", Destination::ThisMachine),
            ("https://localhost/cb", Destination::ThisMachine),
            ("cursor://anysphere.cursor-retrieval/oauth/callback", Destination::App("cursor".to_owned())),
            ("com.example.app:/oauth2redirect", Destination::App("com.example.app".to_owned())),
        ] {
            assert_eq!(RedirectUri::parse(text).map(|uri| uri.destination()), Ok(destination), "{text}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        use InvalidRedirectUri::{Fragment, Insecure, Malformed, Scheme, TooLong, UserInfo, Wildcard};
        let long = format!("https://app.example/{}", "a".repeat(LONGEST));
        for (text, why) in [
            ("", Malformed),
            ("/callback", Malformed),
            ("app.example/cb", Malformed),
            ("//app.example/cb", Malformed),
            ("https:app.example/cb", Malformed),
            ("https:/app.example/cb", Malformed),
            ("https:///app.example/cb", Malformed),
            ("https://", Malformed),
            ("https://:443/cb", Malformed),
            ("https://app.example/cb#", Fragment),
            ("https://app.example/cb#at=1", Fragment),
            ("https://app.example@evil.example/cb", UserInfo),
            ("https://user:word@app.example/cb", UserInfo),
            ("https://app.example%40evil.example/cb", Malformed),
            ("https://app.example\\@evil.example/cb", Malformed),
            ("https://app.example/cb/../other", Malformed),
            ("https://app.example/cb/%2e%2E/other", Malformed),
            ("https://app.example/./cb", Malformed),
            ("https://*.app.example/cb", Wildcard),
            ("https://app.example/*", Wildcard),
            ("http://app.example/cb", Insecure),
            ("http://127.0.0.1.evil.example/cb", Insecure),
            ("http://localhost.evil.example/cb", Insecure),
            ("http://10.0.0.1/cb", Insecure),
            ("http://0.0.0.0/cb", Insecure),
            ("http://127.1/cb", Malformed),
            ("http://0x7f000001/cb", Malformed),
            ("http://2130706433/cb", Malformed),
            ("http://LOCALHOST/cb", Malformed),
            ("HTTPS://app.example/cb", Malformed),
            ("https://APP.example/cb", Malformed),
            ("https://b\u{fc}cher.example/cb", Malformed),
            ("https://app.example/c b", Malformed),
            ("https://app.example/cb\n", Malformed),
            ("https://app.example/cb\u{202e}", Malformed),
            ("javascript:alert(1)", Scheme),
            ("JAVASCRIPT:alert(1)", Malformed),
            ("data:text/html,x", Scheme),
            ("vbscript:x", Scheme),
            ("file:///etc/passwd", Scheme),
            ("blob:https://app.example/1", Scheme),
            ("view-source:https://app.example/", Scheme),
            ("about:blank", Scheme),
            ("ws://app.example/cb", Scheme),
            ("wss://app.example/cb", Scheme),
            ("mailto:ada@example.com", Scheme),
            ("intent://x#Intent;end", Fragment),
            ("com.example.app:", Malformed),
            ("com.example.app:/a/../b", Malformed),
            (&long, TooLong),
        ] {
            assert_eq!(RedirectUri::parse(text).err(), Some(why), "{text}");
        }
    }

    #[test]
    fn a_request_names_a_registered_one_to_the_letter() {
        let registered = RedirectUri::parse("https://app.example/cb").unwrap();
        assert!(registered.admits("https://app.example/cb"));
        for asked in [
            "https://app.example/cb/",
            "https://app.example/cb?",
            "https://app.example/cb?x=1",
            "https://app.example/CB",
            "https://APP.example/cb",
            "https://app.example:443/cb",
            "https://app.example:8443/cb",
            "https://app.example//cb",
            "https://app.example/cb%2f",
            "https://app.example/%63b",
            "https://app.example/cb/../cb",
            "https://app.example/x/../cb",
            "https://app.example/cb#",
            "https://app.example/cb;x",
            "https://app.example/cb/evil",
            "https://app.example/cbevil",
            "https://app.example.evil.example/cb",
            "https://evil.example/https://app.example/cb",
            "https://app.example@evil.example/cb",
            "https://sub.app.example/cb",
            "http://app.example/cb",
            "https://app.example./cb",
            " https://app.example/cb",
            "https://app.example/cb ",
            "https://app.example/cb\n",
            "https://app.example/cb\t",
            "",
        ] {
            assert!(!registered.admits(asked), "{asked}");
        }
    }

    #[test]
    fn only_the_port_of_this_machine_may_differ() {
        for (registered, asked, admitted) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:50123/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:50123/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1/cb", true),
            ("http://[::1]/cb", "http://[::1]:50123/cb", true),
            ("http://localhost:3000/cb", "http://localhost:3001/cb", true),
            ("http://127.0.0.1/cb?x=1", "http://127.0.0.1:5/cb?x=1", true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5/cb?x=1", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5/other", false),
            ("http://127.0.0.1/cb", "http://localhost:5/cb", false),
            ("http://localhost/cb", "http://127.0.0.1:5/cb", false),
            ("http://127.0.0.1/cb", "http://[::1]:5/cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:5/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:+5/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5@evil.example/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.example:5/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:/cb", false),
            ("http://localhost/cb", "http://localhost.evil.example/cb", false),
            ("https://localhost/cb", "https://localhost:5/cb", false),
            ("com.example.app:/cb", "com.example.app:/cb2", false),
        ] {
            let uri = RedirectUri::parse(registered).unwrap();
            assert_eq!(uri.admits(asked), admitted, "{registered} and {asked}");
        }
    }

    #[test]
    fn a_policy_names_an_origin_or_a_scheme() {
        let policy = |text: &str| RedirectUri::parse(text).unwrap().form_action();
        assert_eq!(policy("https://app.example/cb?x=1"), "https://app.example");
        assert_eq!(policy("http://127.0.0.1:7777/cb"), "http://127.0.0.1:7777");
        assert_eq!(policy("cursor://x/y"), "cursor:");
    }
}

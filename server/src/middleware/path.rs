//! Paths have one spelling. Any other is not found, so that no rule can be walked around by writing a path
//! differently.

/// Whether a path is spelt plainly: no empty or dot segment, no escape, no parameter, no backslash.
///
/// None of our paths needs an escape; identifiers and file names are plain. Case needs no rule here: routes are
/// compared byte by byte.
pub fn is_plain(path: &str) -> bool {
    let odd = |byte: u8| matches!(byte, b'%' | b';' | b'\\') || !byte.is_ascii_graphic();
    if !path.starts_with('/') || path.bytes().any(odd) {
        return false;
    }
    let mut segments = path[1..].split('/').peekable();
    while let Some(segment) = segments.next() {
        let trailing_slash = segment.is_empty() && segments.peek().is_none();
        if matches!(segment, "." | "..") || (segment.is_empty() && !trailing_slash) {
            return false;
        }
    }
    true
}

/// Whether a path is answered in JSON, errors too: everything of the API, and what says so.
pub fn is_json(path: &str) -> bool {
    path == "/api"
        || (is_api(path) && !is_page(path))
        || path.starts_with("/.well-known/")
        || path.ends_with(".json")
}

/// Where browsers come among the endpoints of OAuth.
fn is_page(path: &str) -> bool {
    matches!(path, "/oauth/authorize" | "/oauth/logout")
}

/// Whether programs call it, with tokens of their own.
pub fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/access/") || path.starts_with("/oauth/")
}

/// Whether a path is for the machines that watch over the process, which call it by address.
pub fn is_operational(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_spelling() {
        for plain in [
            "/",
            "/api/auth/session",
            "/assets/0a1b/pkg/kavach.js",
            "/console/",
            "/.well-known/openid-configuration",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in [
            "//api/auth/session",
            "/api//auth",
            "/api/./auth",
            "/api/../auth",
            "/api/auth;x/session",
            "/api%2fauth",
            "/api/auth/%73ession",
            "/api\\auth",
            "/.",
            "/..",
            "//",
            "",
            "*",
            "/a/%2e%2e/b",
            "/a\u{e9}",
        ] {
            assert!(!is_plain(odd), "{odd}");
        }
    }
}

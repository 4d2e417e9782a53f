use super::*;

const OURS: &[&str] = &[
    "/console",
    "/account",
    "/account/confirm",
    "/console/agents",
    "/approve/apr_01jd3x6n9qk8v2m4c7t0wzr5ab",
    "/console/agents/agt_01jd3x6n9qk8v2m4c7t0wzr5ab",
    "/console/agents/agt_01jd3x6n9qk8v2m4c7t0wzr5ab/rotate",
    "/console/agents?status=active&q=deploy+bot",
    "/console/audit?resource=mcp:github:*&since=2026-11-23",
    "/console/audit?q=caf%C3%A9",
];

const FOREIGN: &[&str] = &[
    "",
    " ",
    "/",
    "//",
    "///",
    "//evil",
    "//evil.example",
    "///evil.example",
    "////evil.example/console",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "\\console",
    "/console\\..\\evil",
    "https:evil.example",
    "https:/evil.example",
    "https://evil.example",
    "HTTPS://evil.example/console",
    "http://localhost:3000/console",
    "https://evil.example/console",
    "https://console@evil.example",
    "https://[::1]/console",
    "ftp://evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>",
    "blob:https://evil.example",
    "mailto:a@evil.example",
    "console",
    "console/agents",
    "./console",
    "../console",
    "/./console",
    "/../console",
    "/console/..//evil.example",
    "/console/../../evil",
    "/console/%2e%2e/evil",
    "/console/.",
    "/console/",
    "/console//evil.example",
    "/console//",
    "/@evil.example",
    "@evil.example",
    "/console@evil.example",
    "/console:80@evil.example",
    "/console.evil.example",
    "/consoleevil",
    "/Console",
    "/\tevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: a=b",
    "/console\r\nLocation: https://evil.example",
    "/console\u{0}",
    "\t/console",
    " /console",
    "/console ",
    "\u{feff}/console",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%2f/evil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "%2fconsole",
    "%2f%2fevil.example",
    "/console%2f..%2fevil",
    "/console%00",
    "/console%0d%0aLocation:%20//evil.example",
    "/console?next=%0d%0aLocation:%20//evil.example",
    "/console?a=%09",
    "/console?a=%7f",
    "/console?a=%",
    "/console?a=%4",
    "/console?a=%zz",
    "/console?a=b c",
    "/console?a=\"><script>",
    "/console?a='",
    "/console?a=b?c",
    "/console?a=//evil.example",
    "/console?a=b#c",
    "/console?a=b\\c",
    "/console?a=@",
    "/console#//evil.example",
    "#/console",
    "?/console",
    "?return_to=/console",
    "/;/evil.example",
    "/console;//evil.example",
    "/。/evil",
    "/\u{ff0f}evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
    "//evil%E3%80%82example",
    "/cοnsole",
    "/\u{202e}elosnoc",
    "/sign-in",
    "/sign-out",
    "/_fn/sign-out",
    "/api/auth/session",
    "/assets/x",
    "/verify-email?token=x",
    "//console",
    "/console:8080",
    "http:///evil.example",
    "http:\\\\evil.example",
    "https:\u{a0}//evil.example",
    "//1.1.1.1",
    "//0x7f000001",
    "//evil.example:443/console",
    "//user:pass@evil.example/console",
    "/*/evil",
    "/~evil",
    "/$evil",
];

#[test]
fn our_own_paths_are_kept_to_the_letter() {
    for path in OURS {
        assert_eq!(ReturnTo::parse(path).as_ref().map(ReturnTo::as_str), Some(*path));
    }
}

#[test]
fn everything_else_leads_home() {
    assert!(FOREIGN.len() >= 60);
    for text in FOREIGN {
        assert_eq!(ReturnTo::parse(text), None, "{text:?}");
        assert_eq!(ReturnTo::or_home(Some(text)).as_str(), "/console");
    }
    assert!(ReturnTo::or_home(None).is_home());
}

#[test]
fn no_single_byte_put_anywhere_makes_a_path_leave_the_site() {
    for byte in 0..=255u8 {
        for position in 0..="/console/agents".len() {
            let mut text = b"/console/agents".to_vec();
            text.insert(position, byte);
            let Ok(text) = String::from_utf8(text) else { continue };
            if let Some(kept) = ReturnTo::parse(&text) {
                assert!(kept.as_str().starts_with("/console") && !kept.as_str().contains("//"), "{text:?}");
                assert!(kept.as_str().bytes().all(|byte| (0x21..0x7F).contains(&byte)), "{text:?}");
            }
        }
    }
}

#[test]
fn an_endless_path_is_refused() {
    assert_eq!(ReturnTo::parse(&format!("/console/{}", "a".repeat(MAX_LENGTH))), None);
}

//! What the pages must not do, seen from outside. What they show is the business of the browser tests.

use crate::world::{World, worlds};

/// Text from an address, as Leptos would have carried it.
const FOREIGN: &str = "__path=%2F_fn%2Fsign_in&__err=Q2FsbCArMS01NTUtMDEwMCB0byB1bmxvY2sgeW91ciBhY2NvdW50";

async fn page(world: &World, path: &str) -> crate::world::Reply {
    let reply = world.get(path).header("accept", "text/html").send().await;
    assert!(!reply.status.is_server_error(), "{}: {}", reply.asked, reply.text());
    reply
}

#[tokio::test]
async fn a_foreign_error_in_the_address_is_not_shown() {
    for world in worlds().await {
        for path in ["/sign-in", "/sign-up", "/setup", "/account", "/verify-email", "/console"] {
            for query in [FOREIGN, "error=Call%20us", "code=%3Cscript%3E", "notice=unlock", "__err=Y2FsbA"] {
                let reply = page(&world, &format!("{path}?{query}")).await;
                for foreign in ["555-0100", "Call us", "<script>", "unlock your", "Y2FsbA", "Q2FsbCAr"] {
                    assert!(!reply.text().contains(foreign), "{} shows {foreign}", reply.asked);
                }
            }
        }
    }
}

#[tokio::test]
async fn no_page_can_be_framed_or_cached_and_sign_in_pages_load_no_wasm() {
    for world in worlds().await {
        for path in ["/", "/sign-in", "/sign-up", "/setup", "/nowhere"] {
            let reply = page(&world, path).await;
            let policy = reply.header("content-security-policy").unwrap_or_default().to_owned();
            assert!(
                policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"),
                "{path}: {policy}"
            );
            assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        }
        for path in ["/sign-in", "/sign-up"] {
            let html = page(&world, path).await.text();
            assert!(html.contains("<form") && !html.contains(".wasm"), "{path}: {html}");
            // Files of ours with a nonce may run; nothing that stands in the page itself.
            for script in html.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains("nonce=") && tag.contains("src=\"/assets/"), "{path}: <script{tag}>");
                assert!(script.split_once('>').unwrap().1.starts_with("</script>"), "{path}");
            }
        }
    }
}

#[tokio::test]
async fn a_page_is_in_the_language_asked_for_chosen_or_preferred() {
    for world in worlds().await {
        for (path, cookie, accept, tag) in [
            ("/sign-in", "", "de-AT,de;q=0.9,en;q=0.5", r#"lang="de" dir="ltr""#),
            ("/sign-in", "", "tlh", r#"lang="en" dir="ltr""#),
            ("/sign-in", "kavach_language=ar", "de", r#"lang="ar" dir="rtl""#),
            ("/sign-in", "kavach_language=xx", "de", r#"lang="de" dir="ltr""#),
            ("/sign-in?ui_locales=fr%20en", "kavach_language=ar", "de", r#"lang="fr" dir="ltr""#),
            ("/console", "kavach_language=ar", "de", ""),
        ] {
            let request = world.get(path).header("accept", "text/html").header("accept-language", accept);
            let html = request.header("cookie", cookie).send().await.text();
            assert!(html.contains(tag), "{path} {cookie} {accept}: {}", html.get(..300).unwrap_or(&html));
        }
    }
}

#[tokio::test]
async fn forms_of_other_sites_do_nothing() {
    for world in worlds().await {
        let ada = world.sign_up("ada@example.com").await;
        let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
        assert!(functions.len() >= 10, "{functions:?}");
        for (path, method) in functions {
            assert!(path.starts_with("/_fn/") && method == "POST", "{method} {path}");
            let form =
                || world.ask("POST", path).cookie(&ada.token).raw("application/x-www-form-urlencoded", "");
            for ask in [
                form(),
                form().header("origin", "http://evil.example"),
                form().header("origin", "null"),
                form().header("sec-fetch-site", "cross-site"),
                form().same_origin().header("sec-fetch-site", "cross-site"),
            ] {
                let reply = ask.send().await;
                assert_eq!(reply.status, 403, "{}: {}", reply.asked, reply.text());
            }
            let got = world.get(path).cookie(&ada.token).send().await;
            assert!(matches!(got.status.as_u16(), 404 | 405), "{} {}", got.asked, got.status);
        }
        world.get("/api/auth/session").bearer(&ada.token).send().await.expect(200);
        // The same form from our own page works.
        let form = world
            .ask("POST", "/_fn/sign-out")
            .cookie(&ada.token)
            .raw("application/x-www-form-urlencoded", "");
        let reply = form.same_origin().send().await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        world.get("/api/auth/session").bearer(&ada.token).send().await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn nobody_sees_the_console_without_signing_in() {
    for world in worlds().await {
        for path in ["/console", "/console/agents", "/console/audit", "/account"] {
            let reply = page(&world, path).await;
            assert_eq!(reply.status, 303, "{path}");
            assert!(reply.header("location").is_some_and(|to| to.starts_with("/sign-in")), "{path}");
            assert_eq!(reply.text(), "");
        }
    }
}

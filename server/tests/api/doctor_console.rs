//! The doctor that administrators use in the console: whom it serves, and where it never reaches.

use crate::world::{World, worlds, worlds_with};
use std::net::TcpListener;

/// Has a server looked at in a browser; where the browser is sent.
async fn run(world: &World, token: &str, address: &str) -> String {
    let body = crate::oauth_flow::form(&[("address", address)]);
    let ask = world.ask("POST", "/_fn/doctor/run").cookie(token).same_origin();
    let reply = ask.raw(crate::oauth_flow::FORM, body).send().await;
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.header("location").unwrap().to_owned()
}

async fn page(world: &World, token: &str, path: &str) -> crate::world::Reply {
    world.get(path).cookie(token).header("accept", "text/html").send().await
}

#[tokio::test]
async fn the_doctor_of_the_console_reaches_no_private_address_of_an_instance_for_the_world() {
    for world in worlds_with(|config| config.public_url = "https://id.example.com".to_owned()).await {
        let admin = world.admin("admin@example.com").await;
        let canary = TcpListener::bind("127.0.0.1:0").unwrap();
        canary.set_nonblocking(true).unwrap();
        let port = canary.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
            for scheme in ["http", "https"] {
                let to = run(&world, &admin.token, &format!("{scheme}://{host}:{port}/mcp")).await;
                let shown = page(&world, &admin.token, &to).await;
                assert_eq!(shown.status, 200, "{host}");
                assert!(shown.text().contains("Clients do not get through"), "{host}: {}", shown.text());
            }
        }
        assert!(canary.accept().is_err(), "nobody came");
    }
}

#[tokio::test]
async fn what_the_doctor_found_is_for_the_administrator_who_asked() {
    for world in worlds().await {
        let admin = world.admin("admin@example.com").await;
        let ada = world.sign_up("ada@example.com").await;
        let to = run(&world, &admin.token, "https://mcp.invalid/mcp").await;
        let report = to.strip_prefix("/console/doctor?report=").unwrap_or_else(|| panic!("{to}"));
        let shown = page(&world, &admin.token, &to).await;
        assert!(shown.text().contains("mcp.invalid"), "{}", shown.text());
        let log =
            world.get("/api/auth/audit?kind=resource.examined").bearer(&admin.token).send().await.json();
        assert_eq!(log["data"][0]["resource"], "https://mcp.invalid/mcp", "recorded before it was looked at");

        assert_eq!(page(&world, &ada.token, &to).await.status, 403);
        let other = world.admin("other@example.com").await;
        assert_eq!(page(&world, &other.token, &to).await.status, 404, "{report}");
        assert_eq!(run(&world, &ada.token, "https://mcp.invalid/mcp").await, "/console/doctor", "refused");
        for path in ["/console/clients", "/console/resources", "/console/connections"] {
            assert_eq!(page(&world, &ada.token, path).await.status, 403, "{path}");
            assert_eq!(page(&world, &admin.token, path).await.status, 200, "{path}");
        }
    }
}

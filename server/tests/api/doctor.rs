//! `kavach doctor URL` against a resource and an authorization server that are right, and then wrong in one thing each.

use crate::process::run;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use kavach_service::oauth::doctor::{self, Report};
use kavach_service::outbound::{GuardedClient, Trust};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

const PROTECTED: &str = "/.well-known/oauth-protected-resource";
const OAUTH: &str = "/.well-known/oauth-authorization-server/t1";
const OPENID: [&str; 2] = ["/.well-known/openid-configuration/t1", "/t1/.well-known/openid-configuration"];

/// One host with everything: the resource at `/mcp`, its metadata, and an authorization server at `/t1`.
struct Host {
    base: String,
    unauthorized: (u16, Option<String>),
    wrong_token: (u16, Option<String>),
    documents: BTreeMap<String, Document>,
}

#[derive(Clone)]
struct Document {
    json: Value,
    kind: &'static str,
    cors: bool,
}

impl Host {
    fn sound(base: &str) -> Self {
        let metadata = json!({
            "resource": format!("{base}/mcp"), "authorization_servers": [format!("{base}/t1")],
            "scopes_supported": ["read"], "bearer_methods_supported": ["header"],
        });
        let server = json!({
            "issuer": format!("{base}/t1"),
            "authorization_endpoint": format!("{base}/t1/authorize"), "token_endpoint": format!("{base}/t1/token"),
            "jwks_uri": format!("{base}/t1/keys"), "registration_endpoint": format!("{base}/t1/register"),
            "response_types_supported": ["code"], "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"], "token_endpoint_auth_methods_supported": ["none"],
            "client_id_metadata_document_supported": true, "scopes_supported": ["read", "offline_access"],
            "authorization_response_iss_parameter_supported": true,
            "dpop_signing_alg_values_supported": ["ES256"],
        });
        let mut documents = BTreeMap::new();
        for path in [format!("{PROTECTED}/mcp"), PROTECTED.to_owned()] {
            documents.insert(path, Document { json: metadata.clone(), kind: "application/json", cors: true });
        }
        for path in [OAUTH, OPENID[0], OPENID[1]] {
            let document =
                Document { json: server.clone(), kind: "application/json; charset=utf-8", cors: true };
            documents.insert(path.to_owned(), document);
        }
        let advised = format!(r#"resource_metadata="{base}{PROTECTED}/mcp""#);
        Self {
            base: base.to_owned(),
            unauthorized: (401, Some(format!(r#"Bearer scope="read", {advised}, DPoP algs="ES256""#))),
            wrong_token: (401, Some(format!(r#"Bearer error="invalid_token", {advised}"#))),
            documents,
        }
    }

    /// Changes the metadata of the resource at every place.
    fn resource(&mut self, change: impl Fn(&mut Value)) {
        self.change(|path| path.starts_with(PROTECTED), |document| change(&mut document.json));
    }

    /// Changes the metadata of the authorization server at every place.
    fn server(&mut self, change: impl Fn(&mut Value)) {
        self.change(|path| !path.starts_with(PROTECTED), |document| change(&mut document.json));
    }

    fn change(&mut self, which: impl Fn(&str) -> bool, change: impl Fn(&mut Document)) {
        let documents = self.documents.iter_mut().filter(|(path, _)| which(path));
        documents.for_each(|(_, document)| change(document));
    }

    fn challenge(&mut self, change: impl Fn(&str) -> String) {
        self.unauthorized.1 = self.unauthorized.1.as_deref().map(change);
    }
}

async fn answer(State(host): State<Arc<Host>>, uri: Uri, headers: HeaderMap) -> Response {
    if uri.path() == "/mcp" {
        let (status, challenge) =
            if headers.contains_key("authorization") { &host.wrong_token } else { &host.unauthorized };
        let mut response = StatusCode::from_u16(*status).unwrap().into_response();
        if let Some(challenge) = challenge {
            response.headers_mut().insert("www-authenticate", challenge.parse().unwrap());
        }
        return response;
    }
    let Some(document) = host.documents.get(uri.path()) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = document.json.to_string().into_response();
    response.headers_mut().insert("content-type", HeaderValue::from_static(document.kind));
    if document.cors {
        let name = HeaderName::from_static("access-control-allow-origin");
        response.headers_mut().insert(name, HeaderValue::from_static("*"));
    }
    response
}

/// Serves a host until the test ends; returns its address.
async fn serve(change: impl FnOnce(&mut Host)) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let mut host = Host::sound(&base);
    change(&mut host);
    let router = Router::new().fallback(answer).with_state(Arc::new(host));
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

async fn examine(address: &str, trust: Trust) -> Report {
    let _ = rustls::crypto::ring::default_provider().install_default();
    doctor::examine(&GuardedClient::new(&[]).unwrap(), address, trust).await
}

type Fault = (&'static str, &'static [&'static str], fn(&mut Host));

/// What is wrong, what must be said of it and nothing else, and whether clients get through nevertheless.
const WARNINGS: &[Fault] = &[
    ("no challenge", &["challenge.missing"], |host| host.unauthorized.1 = None),
    ("a challenge for something else", &["challenge.missing"], |host| {
        host.unauthorized.1 = Some(r#"Basic realm="x""#.to_owned());
    }),
    ("DPoP before Bearer", &["challenge.order"], |host| {
        host.challenge(|old| old.replacen("Bearer", "DPoP", 1))
    }),
    ("an error without a token", &["challenge.error"], |host| {
        host.challenge(|old| old.replacen("Bearer", r#"Bearer error="invalid_token","#, 1));
    }),
    ("no resource_metadata", &["challenge.metadata"], |host| {
        host.unauthorized.1 = Some(r#"Bearer scope="read""#.to_owned());
    }),
    ("no scope", &["challenge.scope"], |host| {
        host.challenge(|old| old.replace(r#"scope="read","#, r#"realm="x","#))
    }),
    ("offline_access in the challenge", &["challenge.offline_access"], |host| {
        host.challenge(|old| old.replace("read", "read offline_access"));
    }),
    ("no error for a wrong token", &["token.invalid"], |host| host.wrong_token.1 = Some("Bearer".to_owned())),
    ("no metadata at the root", &["metadata.place"], |host| drop(host.documents.remove(PROTECTED))),
    ("metadata that differs", &["metadata.differs"], |host| {
        host.change(
            |path| path == PROTECTED,
            |document| document.json["scopes_supported"] = json!(["other"]),
        );
    }),
    ("metadata of another type", &["metadata.type"], |host| {
        host.change(|path| path.starts_with(PROTECTED), |document| document.kind = "text/html");
    }),
    ("metadata without CORS", &["metadata.cors"], |host| {
        host.change(|path| path.starts_with(PROTECTED), |document| document.cors = false);
    }),
    ("offline_access in the metadata", &["metadata.offline_access"], |host| {
        host.resource(|json| json["scopes_supported"] = json!(["offline_access"]));
    }),
    ("the resource above", &["metadata.resource"], |host| {
        let base = host.base.clone();
        host.resource(|json| json["resource"] = json!(base));
    }),
    ("no RFC 8414 document", &["server.place"], |host| drop(host.documents.remove(OAUTH))),
    ("no OpenID document, path inserted", &["server.place"], |host| drop(host.documents.remove(OPENID[0]))),
    ("no OpenID document, path first", &["server.place"], |host| drop(host.documents.remove(OPENID[1]))),
    ("documents that differ", &["server.differs"], |host| {
        host.change(|path| path == OPENID[0], |document| document.json["x"] = json!(1));
    }),
    ("plain PKCE", &["server.pkce_plain"; 3], |host| {
        host.server(|json| json["code_challenge_methods_supported"] = json!(["S256", "plain"]));
    }),
    ("no keys", &["server.endpoint"], |host| host.server(|json| drop(take(json, "jwks_uri")))),
    ("no renewal", &["server.refresh"], |host| {
        host.server(|json| json["grant_types_supported"] = json!(["authorization_code"]));
    }),
    ("no metadata documents of clients", &["server.registration"], |host| {
        host.server(|json| drop(take(json, "client_id_metadata_document_supported")));
    }),
    ("no registration", &["server.registration"], |host| {
        host.server(|json| drop(take(json, "registration_endpoint")));
    }),
    ("no iss", &["server.iss"], |host| {
        host.server(|json| drop(take(json, "authorization_response_iss_parameter_supported")));
    }),
    ("no CORS", &["server.cors"], |host| {
        host.change(|path| !path.starts_with(PROTECTED), |document| document.cors = false);
    }),
];

const PROBLEMS: &[Fault] = &[
    ("open to everybody", &["resource.open"], |host| host.unauthorized.0 = 200),
    ("403 instead of 401", &["challenge.status"], |host| host.unauthorized.0 = 403),
    ("a redirect to a page", &["challenge.status"], |host| host.unauthorized.0 = 302),
    ("a path in the challenge", &["challenge.metadata"], |host| {
        let base = host.base.clone();
        host.challenge(|old| old.replace(&base, ""));
    }),
    ("a challenge that leads nowhere", &["metadata.advised"], |host| {
        host.challenge(|old| old.replace("/mcp\"", "/gone\""));
    }),
    ("any token is good", &["token.unchecked"], |host| host.wrong_token.0 = 200),
    ("500 for a wrong token", &["token.status"], |host| host.wrong_token.0 = 500),
    ("no metadata", &["metadata.advised", "metadata.place", "metadata.missing"], |host| {
        host.documents.retain(|path, _| !path.starts_with(PROTECTED));
    }),
    ("metadata that is no object", &["metadata.advised", "metadata.place", "metadata.missing"], |host| {
        host.resource(|json| *json = json!([]));
    }),
    ("another resource", &["metadata.resource"], |host| {
        host.resource(|json| json["resource"] = json!("https://other.example/mcp"));
    }),
    ("no resource", &["metadata.resource"], |host| host.resource(|json| drop(take(json, "resource")))),
    ("no authorization server", &["metadata.servers"], |host| {
        host.resource(|json| json["authorization_servers"] = json!([]));
    }),
    ("an authorization server that is no address", &["server.address"], |host| {
        host.resource(|json| json["authorization_servers"] = json!(["id.example"]));
    }),
    ("tokens in addresses", &["metadata.query"], |host| {
        host.resource(|json| json["bearer_methods_supported"] = json!(["header", "query"]));
    }),
    (
        "no metadata of the server",
        &["server.place", "server.place", "server.place", "server.missing"],
        |host| {
            host.documents.retain(|path, _| path.starts_with(PROTECTED));
        },
    ),
    ("a slash on the issuer", &["server.issuer"; 3], |host| {
        let base = host.base.clone();
        host.server(|json| json["issuer"] = json!(format!("{base}/t1/")));
    }),
    ("another issuer", &["server.issuer"; 3], |host| {
        host.server(|json| json["issuer"] = json!("https://evil.example"))
    }),
    ("no issuer", &["server.issuer"; 3], |host| host.server(|json| drop(take(json, "issuer")))),
    ("another issuer at one place", &["server.differs", "server.issuer"], |host| {
        host.change(
            |path| path == OPENID[1],
            |document| document.json["issuer"] = json!("https://evil.example"),
        );
    }),
    ("no PKCE", &["server.pkce"; 3], |host| {
        host.server(|json| drop(take(json, "code_challenge_methods_supported")));
    }),
    ("no PKCE in one document", &["server.differs", "server.pkce"], |host| {
        host.change(
            |path| path == OPENID[0],
            |document| drop(take(&mut document.json, "code_challenge_methods_supported")),
        );
    }),
    ("no authorization endpoint", &["server.endpoint"], |host| {
        host.server(|json| drop(take(json, "authorization_endpoint")));
    }),
    ("no token endpoint", &["server.endpoint"], |host| {
        host.server(|json| drop(take(json, "token_endpoint")))
    }),
    ("a token endpoint over http", &["server.endpoint"], |host| {
        host.server(|json| json["token_endpoint"] = json!("http://id.example/token"));
    }),
    ("no code", &["server.code"], |host| {
        host.server(|json| json["response_types_supported"] = json!(["token"]))
    }),
    ("no code among the grants", &["server.code"], |host| {
        host.server(|json| json["grant_types_supported"] = json!(["client_credentials"]));
    }),
    ("no way to become a client", &["server.registration"], |host| {
        host.server(|json| {
            take(json, "registration_endpoint");
            take(json, "client_id_metadata_document_supported");
        });
    }),
    ("no public clients", &["server.public_clients"], |host| {
        host.server(|json| drop(take(json, "token_endpoint_auth_methods_supported")));
    }),
    ("proofs with a shared secret", &["server.dpop"], |host| {
        host.server(|json| json["dpop_signing_alg_values_supported"] = json!(["HS256"]));
    }),
];

fn take(json: &mut Value, name: &str) -> Option<Value> {
    json.as_object_mut().unwrap().remove(name)
}

#[tokio::test]
async fn what_is_right_needs_no_change() {
    let base = serve(|_| {}).await;
    let report = examine(&format!("{base}/mcp"), Trust::Operator).await;
    assert!(report.is_sound() && report.codes().is_empty(), "{report:#?}");
    assert!(report.findings.len() >= 8, "it says what it looked at");
}

#[tokio::test]
async fn each_thing_wrong_is_found_by_itself() {
    for (sound, faults) in [(true, WARNINGS), (false, PROBLEMS)] {
        for (what, codes, change) in faults {
            let base = serve(change).await;
            let report = examine(&format!("{base}/mcp"), Trust::Operator).await;
            assert_eq!(report.codes(), *codes, "{what}: {report:#?}");
            assert_eq!(report.is_sound(), sound, "{what}: {report:#?}");
            let with_change = report.findings.iter().filter(|finding| finding.change.is_some());
            assert!(with_change.clone().all(|finding| !finding.found.is_empty()), "{what}");
        }
    }
}

#[tokio::test]
async fn an_address_that_is_none_or_unsafe_is_told() {
    for address in
        ["", "mcp.example", "https://mcp.example/#x", "https://ada@mcp.example/", "file:///etc/passwd"]
    {
        assert_eq!(examine(address, Trust::Operator).await.codes(), ["resource.address"], "{address:?}");
    }
    let report = examine("http://nobody.invalid/mcp", Trust::Operator).await;
    assert!(report.codes().starts_with(&["resource.http", "resource.unreachable"]), "{report:?}");
}

#[tokio::test]
async fn a_stranger_cannot_send_the_doctor_into_the_network() {
    let base = serve(|_| {}).await;
    let report = examine(&format!("{base}/mcp"), Trust::Stranger).await;
    assert!(report.codes().contains(&"resource.unreachable") && !report.is_sound(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_says_what_to_change_and_fails_when_clients_do_not_get_through() {
    let (good, bad) = (
        serve(|_| {}).await,
        serve(|host| host.server(|json| json["issuer"] = json!("https://evil.example"))).await,
    );
    let directory = tempfile::tempdir().unwrap();
    let run = |arguments: Vec<String>| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = run(directory.path(), &arguments, "", &[]);
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let (succeeded, told) = run(vec!["doctor".to_owned(), format!("{good}/mcp")]);
    assert!(succeeded && !told.contains("to change"), "{told}");
    let (succeeded, told) = run(vec!["doctor".to_owned(), format!("{bad}/mcp")]);
    assert!(!succeeded && told.contains("PROBLEM") && told.contains("to change: write the issuer"), "{told}");
    let (_, told) = run(vec!["doctor".to_owned(), format!("{bad}/mcp"), "--json".to_owned()]);
    let report: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(report["findings"][0]["gravity"], "fine");
    assert!(report["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "server.issuer"));
    assert!(!directory.path().join("data").exists(), "it touches nothing");
}

//! The other side of OAuth: a browser with a person in it, and a client.

use crate::world::{Person, Reply, World, text};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const VERIFIER: &str = "a-verifier-that-is-long-enough-to-be-one-0123456789";
pub const REDIRECT: &str = "https://app.example/cb";
pub const RESOURCE: &str = "https://mcp.example/mcp";

/// A client as its own program knows it.
#[derive(Debug, Clone)]
pub struct Client {
    pub id: String,
    pub secret: Option<String>,
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

/// The claims of a token, whoever signed it.
pub fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// The parameters of an address.
pub fn parameters(location: &str) -> HashMap<String, String> {
    let query = location.split_once('?').map_or("", |(_, query)| query);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl World {
    /// Registers a client as an administrator.
    pub async fn client(&self, admin: &Person, change: Value) -> Client {
        let mut body = json!({"name": "App", "redirectUris": [REDIRECT]});
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let made = self.post("/api/auth/clients", body).bearer(&admin.token).send().await.expect(201);
        Client { id: text(&made["id"]), secret: made["secret"].as_str().map(str::to_owned) }
    }

    /// Adds a server with two scopes.
    pub async fn resource(&self, admin: &Person, address: &str) {
        let body = json!({
            "resource": address, "name": "Repositories", "permissionRoot": "mcp:github",
            "scopes": [{"name": "read", "description": "Read your repositories", "default": true}, {"name": "write"}],
        });
        self.post("/api/auth/resources", body).bearer(&admin.token).send().await.expect(201);
    }

    /// The cookie a browser has before anybody signs in.
    pub async fn browser(&self) -> String {
        let reply = self.get("/sign-in").header("accept", "text/html").send().await;
        let cookie = reply.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// A person's browser opens an address of ours.
    pub async fn visit(&self, person: &Person, browser: &str, path: &str) -> Reply {
        self.get(path)
            .cookie(&person.token)
            .header("cookie", browser)
            .header("accept", "text/html")
            .send()
            .await
    }

    /// A person's browser posts a form of ours.
    pub async fn press(&self, person: &Person, browser: &str, path: &str, pairs: &[(&str, &str)]) -> Reply {
        let ask = self.ask("POST", path).cookie(&person.token).header("cookie", browser).same_origin();
        ask.raw(FORM, form(pairs)).send().await
    }

    /// What a client sends a browser to, with changes: an empty value takes a parameter away.
    pub fn request(&self, client: &Client, changes: &[(&str, &str)]) -> String {
        let challenge = challenge();
        let usual = [
            ("client_id", client.id.as_str()),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
            ("state", "st"),
        ];
        let changed = |name: &str| changes.iter().any(|(known, _)| *known == name);
        let kept = usual.iter().filter(|(name, _)| !changed(name));
        let added = changes.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<(&str, &str)> = kept.chain(added).copied().collect();
        format!("/oauth/authorize?{}", form(&pairs))
    }

    /// A person lets a client in: where their browser is sent in the end.
    pub async fn let_in(&self, person: &Person, client: &Client, changes: &[(&str, &str)]) -> String {
        self.agree(person, &self.request(client, changes)).await
    }

    /// The same, for an address a client made by itself.
    pub async fn agree(&self, person: &Person, asked: &str) -> String {
        let browser = self.browser().await;
        let reply = self.visit(person, &browser, asked).await;
        let location = reply
            .header("location")
            .unwrap_or_else(|| panic!("{} {}", reply.status, reply.text()))
            .to_owned();
        let Some(request) = location.strip_prefix("/consent?request=") else { return location };
        let page = self.visit(person, &browser, &location).await;
        assert_eq!(page.status, 200, "{}: {}", page.asked, page.text());
        let pressed = self.press(person, &browser, "/_fn/consent/allow", &[("request", request)]).await;
        assert_eq!(pressed.status, 303, "{}", pressed.text());
        pressed.header("location").unwrap().to_owned()
    }

    /// The same, as far as the code.
    pub async fn code(&self, person: &Person, client: &Client, changes: &[(&str, &str)]) -> String {
        let location = self.let_in(person, client, changes).await;
        parameters(&location).remove("code").unwrap_or_else(|| panic!("no code: {location}"))
    }

    /// A client asks an endpoint.
    pub async fn post_form(&self, path: &str, client: &Client, pairs: &[(&str, &str)]) -> Reply {
        let mut pairs = pairs.to_vec();
        let mut ask = self.ask("POST", path);
        match &client.secret {
            Some(secret) => {
                ask = ask.header(
                    "authorization",
                    format!("Basic {}", STANDARD.encode(format!("{}:{secret}", client.id))),
                );
            }
            None => pairs.push(("client_id", &client.id)),
        }
        ask.raw(FORM, form(&pairs)).send().await
    }

    pub async fn token(&self, client: &Client, pairs: &[(&str, &str)]) -> Reply {
        self.post_form("/oauth/token", client, pairs).await
    }

    /// A client redeems a code.
    pub async fn redeem(&self, client: &Client, code: &str) -> Reply {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &pairs).await
    }

    /// A client uses a refresh token.
    pub async fn refresh(&self, client: &Client, token: &str) -> Reply {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// All the way: what the token endpoint answered.
    pub async fn tokens(&self, person: &Person, client: &Client, changes: &[(&str, &str)]) -> Value {
        let code = self.code(person, client, changes).await;
        let reply = self.redeem(client, &code).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    pub async fn introspect(&self, client: &Client, token: &str) -> Value {
        let reply = self.post_form("/oauth/introspect", client, &[("token", token)]).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }
}

impl Reply {
    /// The error of an OAuth endpoint, with its status.
    pub fn error(&self) -> (u16, String) {
        (self.status.as_u16(), text(&self.json()["error"]))
    }
}

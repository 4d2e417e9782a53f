//! The `oauth2` crate as a client, its requests answered by the router.

use crate::oauth_flow::{Client as Registered, FORM, REDIRECT, RESOURCE, claims, parameters};
use crate::world::{Person, World, worlds};
use http::StatusCode;
use oauth2::basic::{BasicClient, BasicTokenType};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl,
    Scope, StandardDeviceAuthorizationResponse, TokenIntrospectionResponse as _, TokenResponse as _,
    TokenUrl,
};
use serde_json::json;
use std::convert::Infallible;

type Configured = BasicClient<EndpointSet, EndpointSet, EndpointSet, EndpointSet, EndpointSet>;

/// A client with every endpoint of the instance.
fn configured(world: &World, client: &Registered) -> Configured {
    let at = |path: &str| format!("{}{path}", world.kavach.config().public_url);
    let configured: BasicClient<
        EndpointNotSet,
        EndpointNotSet,
        EndpointNotSet,
        EndpointNotSet,
        EndpointNotSet,
    > = BasicClient::new(ClientId::new(client.id.clone()));
    let configured = configured
        .set_auth_uri(AuthUrl::new(at("/oauth/authorize")).unwrap())
        .set_token_uri(TokenUrl::new(at("/oauth/token")).unwrap())
        .set_device_authorization_url(DeviceAuthorizationUrl::new(at("/oauth/device_authorization")).unwrap())
        .set_introspection_url(IntrospectionUrl::new(at("/oauth/introspect")).unwrap())
        // The crate takes https only for this one, and the router does not look at it.
        .set_revocation_url(RevocationUrl::new("https://localhost/oauth/revoke".to_owned()).unwrap())
        .set_redirect_uri(RedirectUrl::new(REDIRECT.to_owned()).unwrap());
    match &client.secret {
        Some(secret) => configured.set_client_secret(ClientSecret::new(secret.clone())),
        None => configured,
    }
}

/// Answers a request of the crate.
async fn answer(world: &World, request: HttpRequest) -> Result<HttpResponse, Infallible> {
    let mut ask = world.ask("POST", request.uri().path()).raw(FORM, request.body().clone());
    for name in ["authorization", "accept"] {
        if let Some(value) = request.headers().get(name) {
            ask = ask.header(name, value);
        }
    }
    let reply = ask.send().await;
    let mut response = http::Response::new(reply.body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    Ok(response)
}

async fn world_with(world: &World, change: serde_json::Value) -> (Person, Registered) {
    let admin = world.admin("admin@example.com").await;
    world.resource(&admin, RESOURCE).await;
    let client = world.client(&admin, change).await;
    (admin, client)
}

#[tokio::test]
async fn a_code_is_redeemed_renewed_and_given_back() {
    for world in worlds().await {
        let (_, registered) = world_with(&world, json!({"authMethod": "client_secret_basic"})).await;
        let ada = world.sign_up("ada@example.com").await;
        let client = configured(&world, &registered);
        let http = |request| answer(&world, request);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["read", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("resource", RESOURCE)
            .set_pkce_challenge(challenge)
            .url();
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        let back = parameters(&world.agree(&ada, &path).await);
        assert_eq!(&back["state"], state.secret());

        let tokens = client
            .exchange_code(AuthorizationCode::new(back["code"].clone()))
            .set_pkce_verifier(verifier)
            .request_async(&http)
            .await
            .unwrap();
        assert_eq!(tokens.token_type(), &BasicTokenType::Bearer);
        assert_eq!(claims(tokens.access_token().secret())["aud"], RESOURCE);
        let again = client.exchange_code(AuthorizationCode::new(back["code"].clone()));
        assert!(again.request_async(&http).await.is_err(), "a code is good once");

        // Using the code twice has ended everything that came of it, so there is a second one.
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, _) = client
            .authorize_url(CsrfToken::new_random)
            .add_scopes(["read", "offline_access"].map(|scope| Scope::new(scope.to_owned())))
            .add_extra_param("resource", RESOURCE)
            .set_pkce_challenge(challenge)
            .url();
        let back = parameters(&world.agree(&ada, &format!("{}?{}", url.path(), url.query().unwrap())).await);
        let code = client.exchange_code(AuthorizationCode::new(back["code"].clone()));
        let tokens = code.set_pkce_verifier(verifier).request_async(&http).await.unwrap();
        let renewed = client
            .exchange_refresh_token(tokens.refresh_token().unwrap())
            .request_async(&http)
            .await
            .unwrap();
        let looked = client.introspect(renewed.access_token()).request_async(&http).await.unwrap();
        assert!(looked.active());
        assert_eq!(looked.sub(), Some(ada.id.as_str()));
        let revoke = client.revoke_token(renewed.refresh_token().unwrap().clone().into()).unwrap();
        revoke.request_async(&http).await.unwrap();
        let looked = client.introspect(renewed.access_token()).request_async(&http).await.unwrap();
        assert!(!looked.active());
    }
}

#[tokio::test]
async fn a_program_gets_a_token_of_its_own() {
    for world in worlds().await {
        let change = json!({
            "authMethod": "client_secret_basic", "grantTypes": ["client_credentials"], "redirectUris": [],
        });
        let (_, registered) = world_with(&world, change).await;
        let tokens = configured(&world, &registered)
            .exchange_client_credentials()
            .add_scope(Scope::new("read".to_owned()))
            .add_extra_param("resource", RESOURCE)
            .request_async(&|request| answer(&world, request))
            .await
            .unwrap();
        assert_eq!(claims(tokens.access_token().secret())["sub"], registered.id);
        assert_eq!(tokens.scopes().unwrap(), &vec![Scope::new("read".to_owned())]);
    }
}

#[tokio::test]
async fn a_device_is_told_where_to_send_its_person() {
    for world in worlds().await {
        let grants = ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"];
        let (_, registered) = world_with(&world, json!({"grantTypes": grants, "redirectUris": []})).await;
        let client = configured(&world, &registered);
        let begun: StandardDeviceAuthorizationResponse = client
            .exchange_device_code()
            .add_scope(Scope::new("read".to_owned()))
            .add_extra_param("resource", RESOURCE)
            .request_async(&|request| answer(&world, request))
            .await
            .unwrap();
        assert!(begun.verification_uri().starts_with(&world.kavach.config().public_url));
        // The person has not answered: the crate understands that it has to wait, and does.
        let (told, waits) = tokio::sync::oneshot::channel();
        let told = std::cell::Cell::new(Some(told));
        let wait = |_| {
            let _ = told.take().map(|told| told.send(()));
            std::future::pending::<()>()
        };
        let http = |request| answer(&world, request);
        let poll = client.exchange_device_access_token(&begun).request_async(&http, wait, None);
        tokio::select! {
            ended = poll => panic!("{ended:?}"),
            waits = waits => waits.unwrap(),
        }
    }
}

#[tokio::test]
async fn refusals_are_errors_the_crate_can_read() {
    for world in worlds().await {
        let (_, registered) = world_with(&world, json!({"authMethod": "client_secret_basic"})).await;
        let wrong = Registered { secret: Some("kv_secret_wrong".to_owned()), ..registered };
        let refused = configured(&world, &wrong)
            .exchange_code(AuthorizationCode::new("nonsense".to_owned()))
            .request_async(&|request| async {
                let response = answer(&world, request).await;
                assert_eq!(response.as_ref().unwrap().status(), StatusCode::UNAUTHORIZED);
                response
            })
            .await
            .unwrap_err();
        assert!(
            matches!(refused, oauth2::RequestTokenError::ServerResponse(error) if error.error().to_string() == "invalid_client")
        );
    }
}

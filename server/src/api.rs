//! The public JSON API under `/api/auth`. A handler extracts, calls one use case, and wraps what came back; it
//! decides nothing.

pub mod account;
pub mod agents;
pub mod anonymous;
pub mod api_keys;
pub mod approvals;
pub mod audit;
pub mod audit_proof;
pub mod authorize;
pub mod authzen;
pub mod captcha;
pub mod clients;
pub mod codes;
pub mod contact;
pub mod delegations;
pub mod deliveries;
pub mod google;
pub mod identities;
pub mod kill_switch;
pub mod methods;
pub mod overview;
pub mod passkeys;
pub mod recovery;
pub mod resources;
pub mod sessions;
pub mod sign_in;
pub mod siwe;
pub mod traces;
pub mod two_step;
pub mod username;
pub mod users;
pub mod verify_email;

use crate::answer::Failure;
use crate::state::AppState;
use kavach_model::ErrorCode;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes that people use who are not signed in yet, with their descriptions.
pub fn sign_in_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_up))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(anonymous::sign_in))
        .routes(routes!(recovery::forgot))
        .routes(routes!(recovery::reset))
        .routes(routes!(recovery::redeem))
        .routes(routes!(username::sign_up))
        .routes(routes!(username::sign_in))
        .routes(routes!(codes::send_link))
        .routes(routes!(codes::verify_link))
        .routes(routes!(codes::send_email_code))
        .routes(routes!(codes::verify_email_code))
        .routes(routes!(codes::send_phone_code))
        .routes(routes!(codes::verify_phone_code))
        .routes(routes!(methods::methods))
        .routes(routes!(passkeys::sign_up_options))
        .routes(routes!(passkeys::sign_up))
        .routes(routes!(passkeys::sign_in_options))
        .routes(routes!(passkeys::sign_in))
        .routes(routes!(captcha::challenge))
        .routes(routes!(google::nonce))
        .routes(routes!(google::one_tap))
        .routes(routes!(google::link))
        .routes(routes!(siwe::nonce))
        .routes(routes!(siwe::verify))
        .routes(routes!(siwe::link))
}

/// Every other route of the API, with its description.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_out))
        .routes(routes!(sign_in::reauthenticate))
        .routes(routes!(sign_in::change_password))
        .routes(routes!(sign_in::set_password))
        .routes(routes!(two_step::status))
        .routes(routes!(two_step::enroll))
        .routes(routes!(two_step::confirm))
        .routes(routes!(two_step::disable))
        .routes(routes!(two_step::verify))
        .routes(routes!(two_step::create_backup_codes))
        .routes(routes!(two_step::verify_backup_code))
        .routes(routes!(passkeys::confirm_options))
        .routes(routes!(passkeys::register_options))
        .routes(routes!(passkeys::register))
        .routes(routes!(passkeys::list))
        .routes(routes!(passkeys::rename, passkeys::remove))
        .routes(routes!(sessions::current))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::revoke))
        .routes(routes!(sessions::revoke_others))
        .routes(routes!(verify_email::send))
        .routes(routes!(verify_email::confirm))
        .routes(routes!(identities::list))
        .routes(routes!(identities::unlink))
        .routes(routes!(account::update, account::delete))
        .routes(routes!(account::export))
        .routes(routes!(contact::change_email))
        .routes(routes!(contact::confirm_email))
        .routes(routes!(contact::change_phone, contact::remove_phone))
        .routes(routes!(contact::confirm_phone))
        .routes(routes!(agents::create, agents::list))
        .routes(routes!(agents::get, agents::update, agents::revoke))
        .routes(routes!(agents::rotate))
        .routes(routes!(agents::suspend))
        .routes(routes!(agents::resume))
        .routes(routes!(agents::tree))
        .routes(routes!(agents::blast_radius))
        .routes(routes!(agents::effective_permissions))
        .routes(routes!(delegations::create, delegations::list))
        .routes(routes!(delegations::revoke))
        .routes(routes!(kill_switch::pull, kill_switch::list))
        .routes(routes!(kill_switch::lift))
        .routes(routes!(authorize::decide))
        .routes(routes!(authorize::by_token))
        .routes(routes!(authorize::batch))
        .routes(routes!(authorize::explain))
        .routes(routes!(authorize::replay))
        .routes(routes!(authzen::evaluate))
        .routes(routes!(authzen::evaluate_all))
        .routes(routes!(authzen::configuration))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::get))
        .routes(routes!(approvals::status))
        .routes(routes!(approvals::approve))
        .routes(routes!(approvals::approve_options))
        .routes(routes!(approvals::deny))
        .routes(routes!(audit::list))
        .routes(routes!(audit::get))
        .routes(routes!(audit::export))
        .routes(routes!(audit::stream))
        .routes(routes!(audit_proof::checkpoint))
        .routes(routes!(audit_proof::inclusion))
        .routes(routes!(audit_proof::consistency))
        .routes(routes!(overview::get))
        .routes(routes!(api_keys::create, api_keys::list))
        .routes(routes!(api_keys::revoke))
        .routes(routes!(clients::create, clients::list))
        .routes(routes!(clients::delete))
        .routes(routes!(clients::disable))
        .routes(routes!(clients::enable))
        .routes(routes!(resources::create, resources::list))
        .routes(routes!(resources::delete))
        .routes(routes!(traces::list))
        .routes(routes!(traces::get))
        .routes(routes!(users::list))
        .routes(routes!(users::get))
        .routes(routes!(users::disable))
        .routes(routes!(users::enable))
        .routes(routes!(users::hand_over))
        .routes(routes!(recovery::enrolment_link))
        .routes(routes!(anonymous::upgrade))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::retry))
        .routes(routes!(deliveries::test_mail))
        .routes(routes!(deliveries::test_sms))
}

/// Whatever else is asked for below `/api`.
pub async fn not_found() -> Failure {
    ErrorCode::NotFound.into()
}

/// A route of ours, asked in a way it is not made for.
pub async fn method_not_allowed() -> Failure {
    ErrorCode::MethodNotAllowed.into()
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows wanted: 1 to 200, 50 when absent.
    limit: Option<u32>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

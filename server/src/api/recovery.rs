//! Ways back into an account: choosing another password by mail, and by a link an administrator makes.

use crate::answer::{Answer, Data, Done, Failure, done};
use crate::extract::{Caller, Id, Json, OptionalJson};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use kavach_model::UserId;
use kavach_model::recovery::{
    CreateEnrolmentLink, EnrolmentLink, ForgotPassword, RedeemEnrolment, ResetPassword,
};
use kavach_service::Kavach;
use kavach_service::recovery::{enrolment, password_reset};

/// Ask for a new password
///
/// Sends a link to the address if there is an account with it. The answer is the same if there is none.
#[utoipa::path(
    post, path = "/api/auth/password/forgot", operation_id = "forgotPassword", tag = "Sign-in", security(()),
    request_body = ForgotPassword,
    responses((status = 202, description = "If there is such an account, a mail is on its way", body = Data<Done>)),
)]
pub async fn forgot(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<ForgotPassword>,
) -> Result<Response, Failure> {
    password_reset::forgot(&kv, &cx, body).await?;
    Ok((StatusCode::ACCEPTED, done()).into_response())
}

/// Choose a new password
///
/// With the token of the link; once, within half an hour. Nobody is signed in by it, every session of the account ends,
/// and a second factor is asked for as ever.
#[utoipa::path(
    post, path = "/api/auth/password/reset", operation_id = "resetPassword", tag = "Sign-in", security(()),
    request_body = ResetPassword,
    responses((status = 200, description = "The password is set: sign in with it", body = Data<Done>)),
)]
pub async fn reset(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<ResetPassword>,
) -> Answer<Done> {
    password_reset::reset(&kv, &cx, body).await?;
    Ok(done())
}

/// Make an enrolment link
///
/// For a person who cannot get in any other way: whoever has the link sets the password of the account, once, within a
/// day. It is shown this once, and the person is told by mail that it was made. For administrators who just proved who
/// they are.
#[utoipa::path(
    post, path = "/api/auth/users/{id}/enrolment-link", operation_id = "createEnrolmentLink", tag = "People",
    security(("cookie" = []), ("session" = [])),
    params(("id" = UserId, Path, description = "Which person")),
    request_body = Option<CreateEnrolmentLink>,
    responses((status = 200, description = "Hand it to the person", body = Data<EnrolmentLink>)),
)]
pub async fn enrolment_link(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Id(id): Id<UserId>,
    OptionalJson(body): OptionalJson<CreateEnrolmentLink>,
) -> Answer<EnrolmentLink> {
    Ok(Data { data: enrolment::issue(&kv, &cx, id, body).await? })
}

/// Use an enrolment link
///
/// Sets the password of the account it was made for. Nobody is signed in by it.
#[utoipa::path(
    post, path = "/api/auth/enrolment/redeem", operation_id = "redeemEnrolment", tag = "Sign-in", security(()),
    request_body = RedeemEnrolment,
    responses((status = 200, description = "The password is set: sign in with it", body = Data<Done>)),
)]
pub async fn redeem(
    State(kv): State<Kavach>,
    Caller(cx): Caller,
    Json(body): Json<RedeemEnrolment>,
) -> Answer<Done> {
    enrolment::redeem(&kv, &cx, body).await?;
    Ok(done())
}

//! What is said and recorded when somebody we ask does not answer.

use crate::context::RequestContext;
use crate::error::Result;
use crate::{Error, Kavach, audit};
use kavach_model::audit::AuditKind;
use kavach_model::{ApiError, ErrorCode};

/// Records that a provider does not answer; what to say to the person.
pub(super) async fn note(kv: &Kavach, cx: &RequestContext, provider: &str, name: &str) -> Result<Error> {
    let mut event = cx.event(AuditKind::ProviderUnavailable, kv.clock().now());
    event.context = Some(serde_json::Map::from_iter([("provider".to_owned(), provider.into())]));
    kv.audit().record(vec![audit::draft(kv, event, None)]).await?;
    let sentence =
        format!("{name} does not answer right now. Try again in a moment, or sign in another way.");
    Ok(ApiError::new(ErrorCode::Unavailable).message(sentence).into())
}

//! Who asks that a device be let in (RFC 8628, section 3.1): a client that can prove who it is does so here already, and not
//! only when it comes for its tokens. Nobody else can then show people its name.

use super::client_auth::{self, Presented};
use super::{Failure, clients};
use crate::Kavach;
use crate::context::RequestContext;
use crate::device::{self, DeviceResult};
use kavach_model::device::{DeviceAuthorization, DeviceError};
use kavach_model::oauth::Refusal;

/// A device asks to be let in.
pub async fn begin(
    kv: &Kavach,
    cx: &RequestContext,
    presented: Presented,
    scopes: &[String],
) -> DeviceResult<DeviceAuthorization> {
    let id = if presented.is_proof() {
        match client_auth::authenticate(kv, cx, presented).await {
            Ok(party) => party.id(),
            Err(Failure::Refused(error)) if error.refusal == Refusal::InvalidClient => {
                return Ok(Err(DeviceError::InvalidClient));
            }
            Err(Failure::Refused(_)) => return Ok(Err(DeviceError::InvalidRequest)),
            Err(Failure::Service(error)) => return Err(error),
        }
    } else {
        let Some(id) = presented.client_id else { return Ok(Err(DeviceError::InvalidRequest)) };
        if clients::find(kv, &id).await?.is_some_and(|client| client.is_confidential()) {
            return Ok(Err(DeviceError::InvalidClient));
        }
        id
    };
    device::begin(kv, cx, &id, scopes).await
}

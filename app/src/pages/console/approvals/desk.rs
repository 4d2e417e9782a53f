//! The inbox: a card for each question, one card for several that an agent asked together, and the forms to answer. Nothing
//! in a card was written by an agent but what is marked as its words.

use super::ask::{self, Answering};
use crate::components::{Alert, EmptyState, PasskeyMessage, Tone};
use crate::context::Here;
use crate::form::FormState;
use crate::pages::console::names::Names;
use kavach_model::ApiError;
use kavach_model::approval::Approval;
use leptos::prelude::*;

/// All that waits. Script keeps it as it is on the server, and reads keys.
pub(super) async fn desk(
    here: &Here,
    waiting: Vec<Vec<Approval>>,
    names: &Names,
    state: &FormState,
) -> Result<AnyView, ApiError> {
    let proofs = kavach_service::authn::reauthenticate::proofs(&here.kv, &here.cx).await?;
    let config = &here.kv.config().approval;
    let answering = Answering {
        now: here.now(),
        names,
        state,
        by_form: !config.require_passkey,
        by_passkey: proofs.passkey,
        minutes: config.redeem_within.as_secs() / 60,
    };
    let missing = (config.require_passkey && !proofs.passkey && !waiting.is_empty()).then(|| {
        view! {
            <Alert tone=Tone::Warn>
                <p>
                    "Approving takes a passkey here, and you have none. "
                    <a class="link" href="/account/passkeys">"Add one"</a> " first."
                </p>
            </Alert>
        }
    });
    let message = (proofs.passkey && !waiting.is_empty())
        .then(|| view! { <div id="passkey-message"><PasskeyMessage /></div> });
    let cards = waiting.iter().map(|batch| match batch.as_slice() {
        [one] => ask::card(one, &answering),
        several => ask::batch(several, &answering),
    });
    let cards = cards.collect_view();
    let nothing = waiting.is_empty().then(|| {
        view! {
            <div class="rounded-xl border border-line bg-surface shadow-card">
                <EmptyState
                    title="Nothing waits for you"
                    hint="When a permission asks for approval, the agent's call waits here until a person answers, and the person who answers for the agent gets a mail."
                />
            </div>
        }
    });
    Ok(view! {
        <section id="inbox" aria-label="Waiting for you" class="space-y-4">
            {missing} {message} {cards} {nothing}
        </section>
    }
    .into_any())
}

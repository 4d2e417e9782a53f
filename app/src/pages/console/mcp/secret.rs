//! The secret of a new client, shown for the only time.

use super::super::token::gone;
use super::client_page;
use crate::components::{Alert, ButtonLink, Card, CopyField, PageHeader, Tone};
use crate::layouts::{Section, console_page};
use crate::pages::query;
use crate::reveal;
use leptos::prelude::*;

/// `/console/clients/secret?id=...`
#[component]
pub fn ClientSecret() -> impl IntoView {
    let asked = query("id");
    console_page(Section::Mcp, "Secret of a client", move |here, _| async move {
        let found = kavach_service::oauth::clients::get(&here.kv, &here.cx, &asked).await?;
        let next = client_page(&found.client.id);
        let Some(secret) = reveal::take(&here, &found.client.id) else { return Ok(gone(next)) };
        Ok(view! {
            <PageHeader title=format!("Secret of {}", found.client.name) />
            <Alert tone=Tone::Warn title="Store it now">
                <p>"This is the only time it is shown. Only a hash is kept, so nobody can look it up again."</p>
            </Alert>
            <Card>
                <div class="space-y-6">
                    <CopyField label="client_id" id="client-id" value=found.client.id />
                    <CopyField label="client_secret" id="client-secret" value=secret />
                    <CopyField label="Issuer" id="issuer" value=here.kv.config().public_url.clone() />
                    <ButtonLink href=next>"I have stored it"</ButtonLink>
                </div>
            </Card>
        }
        .into_any())
    })
}

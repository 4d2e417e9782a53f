//! Names for the identifiers a page is about to show.

use crate::context::Here;
use kavach_model::PrincipalId;
use kavach_model::audit::AuditRecord;
use std::collections::{HashMap, HashSet};

/// Names of people and agents by identifier, as far as whoever asks may know them.
#[derive(Debug, Clone, Default)]
pub(in crate::pages) struct Names(HashMap<PrincipalId, String>);

impl Names {
    /// Looks up each of these once.
    pub(in crate::pages) async fn of(here: &Here, principals: impl Iterator<Item = PrincipalId>) -> Self {
        let mut names = HashMap::new();
        for principal in principals.collect::<HashSet<_>>() {
            // Whoever may not be known, or is gone, is shown by identifier.
            names.insert(principal, find(here, principal).await.unwrap_or_else(|| principal.to_string()));
        }
        Self(names)
    }

    /// Looks up everybody who asked in these records, whom they are about, and through whom they went.
    pub(in crate::pages) async fn in_records(here: &Here, records: &[AuditRecord]) -> Self {
        let who = |record: &AuditRecord| {
            let event = &record.event;
            let asked = event.actor_id.or(event.user_id.map(PrincipalId::User));
            let path = event.chain.iter().copied();
            asked.into_iter().chain(path).chain(event.denied_at.map(PrincipalId::Agent)).collect::<Vec<_>>()
        };
        Self::of(here, records.iter().flat_map(who)).await
    }

    /// Adds names that are known already.
    pub(in crate::pages) fn learn(&mut self, names: impl Iterator<Item = (PrincipalId, String)>) {
        self.0.extend(names);
    }

    /// The name, or the identifier.
    pub(in crate::pages) fn name(&self, principal: PrincipalId) -> String {
        self.0.get(&principal).cloned().unwrap_or_else(|| principal.to_string())
    }
}

async fn find(here: &Here, principal: PrincipalId) -> Option<String> {
    let (kv, cx) = (&here.kv, &here.cx);
    match principal {
        PrincipalId::User(id) => kavach_service::user::get(kv, cx, id).await.ok().map(|user| user.name),
        PrincipalId::Agent(id) => kavach_service::agent::get(kv, cx, id).await.ok().map(|agent| agent.name),
    }
}

//! Apps, MCP clients and the servers they are let in at: which there are, what their tries came to, and what a client
//! would make of a server.

mod badges;
mod client;
mod clients;
mod connection;
mod connections;
mod doctor;
mod new_client;
mod new_server;
mod secret;
mod servers;

pub use client::{Client, DeleteClient};
pub use clients::Clients;
pub use connection::Connection;
pub use connections::Connections;
pub use doctor::Doctor;
pub use new_client::NewClient;
pub use new_server::NewServer;
pub use secret::ClientSecret;
pub use servers::Servers;

use crate::links::with_query;
use leptos::prelude::*;

/// The parts of this section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Connections,
    Clients,
    Servers,
    Doctor,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Connections, "/console/connections", "Connections"),
        (Self::Clients, "/console/clients", "Clients"),
        (Self::Servers, "/console/resources", "Servers"),
        (Self::Doctor, "/console/doctor", "Doctor"),
    ];

    /// Links from each part to the others.
    fn tabs(self) -> impl IntoView {
        let links = Self::ALL.into_iter().map(|(part, href, name)| {
            let here = (part == self).then_some("page");
            view! { <li><a href=href aria-current=here class="nav-link">{name}</a></li> }
        });
        view! {
            <nav aria-label="Apps and MCP">
                <ul class="flex flex-wrap gap-1">{links.collect_view()}</ul>
            </nav>
        }
    }
}

/// The page of a client.
fn client_page(id: &str) -> String {
    with_query("/console/client", &[("id", id)])
}

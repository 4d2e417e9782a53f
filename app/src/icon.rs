//! Our own marks, drawn inline so that they take the colour of the text.

use leptos::prelude::*;

/// The shield with its K.
#[component]
pub fn Logo(
    /// Its size, as classes.
    #[prop(default = "size-8")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg viewBox="0 0 32 32" aria-hidden="true" class=class>
            <path class="fill-accent" d="M16 2 4.5 6v9.2c0 7 4.7 12.3 11.5 14.8 6.8-2.5 11.5-7.8 11.5-14.8V6z"></path>
            <path
                class="fill-none stroke-on-accent"
                stroke-width="2.6"
                stroke-linecap="round"
                stroke-linejoin="round"
                d="M12 10v12M20.5 10l-8 6.2L20.5 22"
            ></path>
        </svg>
    }
}

/// Points to what opens.
#[component]
pub fn Chevron() -> impl IntoView {
    view! {
        <svg viewBox="0 0 16 16" aria-hidden="true" class="icon chevron">
            <path d="M6 3.5 10.5 8 6 12.5"></path>
        </svg>
    }
}

/// Line drawings on a 20 by 20 grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// It worked.
    Check,
    /// Look here.
    Warning,
    /// To know.
    Info,
    /// Protection.
    Shield,
    /// Overview.
    Gauge,
    /// Agents.
    Agent,
    /// The audit log.
    Log,
    /// Approvals.
    Approval,
    /// The kill switch.
    Stop,
    /// API keys.
    Key,
    /// The person.
    Person,
    /// The outbox.
    Mail,
    /// The language.
    Globe,
    /// A link.
    Link,
    /// A telephone.
    Phone,
    /// A wallet.
    Wallet,
    /// A fingerprint, for passkeys.
    Passkey,
    /// Away with it.
    Close,
    /// Two steps.
    Lock,
    /// A screen one is signed in at.
    Device,
    /// Go on.
    Onward,
    /// A file to take along.
    Download,
    /// Trying something.
    Try,
}

impl Icon {
    /// The drawing; never read aloud.
    pub fn view(self) -> impl IntoView {
        let path = match self {
            Self::Check => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M6.8 10.2l2.2 2.2 4.3-4.6",
            Self::Warning => "M10 3 2.5 16.5h15zM10 8v4M10 14.2v.1",
            Self::Info => "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9.2v4.3M10 6.5v.1",
            Self::Shield => "M10 2.5 4 4.6v5c0 3.9 2.5 6.5 6 7.9 3.5-1.4 6-4 6-7.9v-5z",
            Self::Gauge => "M3.5 15.5a7.5 7.5 0 1 1 13 0M10 12l3-4",
            Self::Agent => "M4.5 7.5h11v8h-11zM10 7.5V4M10 4h.1M7.8 11v1M12.2 11v1M2.5 10.5v3M17.5 10.5v3",
            Self::Log => "M5 3h10v14H5zM7.5 7h5M7.5 10h5M7.5 13h3",
            Self::Approval => "M4 3.5h12v13H4zM7 10.2l2.2 2.2 4-4.6",
            Self::Stop => "M7 2.8h6l4.2 4.2v6L13 17.2H7L2.8 13V7zM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4",
            Self::Key => "M7.5 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M10 10l6.5 6.5M14 14l1.6-1.6",
            Self::Person => {
                "M10 9.5a3.2 3.2 0 1 0 0-6.5 3.2 3.2 0 0 0 0 6.5M3.8 17c.5-3.3 3-5 6.2-5s5.7 1.7 6.2 5"
            }
            Self::Mail => "M3 5h14v10.5H3zM3.5 5.5 10 11l6.5-5.5",
            Self::Link => {
                "M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1"
            }
            Self::Phone => "M6.5 2.5h7v15h-7zM9.5 15h1",
            Self::Wallet => "M3 6.5h14v10H3zM3 6.5l10-3v3M13.5 11.5h.1",
            Self::Passkey => {
                "M7.5 9.5a3.250 3.250 0 1 0 0-6.5 3.250 3.250 0 0 0 0 6.5M2 16.5c0-3 2.4-4.8 5.5-4.8 1 0 1.9.2 2.7.5M15 12.5a2.250 2.250 0 1 0 0-4.5 2.250 2.250 0 0 0 0 4.5M15 12.5v5l1.5-1.2L15 15"
            }
            Self::Close => "M5.5 5.5l9 9M14.5 5.5l-9 9",
            Self::Lock => "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9M10 12.5v1.5",
            Self::Device => "M3 4h14v9.5H3zM7 17h6M10 13.5V17",
            Self::Onward => "M7.5 4 13.5 10l-6 6",
            Self::Download => "M10 3v9M6.5 9 10 12.5 13.5 9M3.5 16.5h13",
            Self::Try => {
                "M8 3h4M8.5 3v5L4 15.5c-.5 1 0 1.500 1 1.500h10c1 0 1.500-.5 1-1.500L11.5 8V3M6 12.500h8"
            }
            Self::Globe => {
                "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M2.5 10h15M10 2.5c2.2 2 3.2 4.6 3.2 7.5S12.2 15.5 10 17.5c-2.2-2-3.2-4.6-3.2-7.5S7.8 4.5 10 2.5"
            }
        };
        view! {
            <svg viewBox="0 0 20 20" aria-hidden="true" class="icon">
                <path d=path></path>
            </svg>
        }
    }
}

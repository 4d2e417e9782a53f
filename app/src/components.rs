//! The design system: small pieces every page is put together from.
//!
//! Colours are the tokens of `style/main.css`, so both themes and forced colours come with them. No component
//! needs script, and none writes a `style` attribute: the content security policy forbids it.

mod alert;
mod badge;
mod button;
#[cfg(feature = "ssr")]
mod captcha;
mod card;
mod chart;
mod code;
mod details;
mod empty;
mod field;
mod filter;
#[cfg(feature = "ssr")]
mod other_ways;
mod page_header;
mod pagination;
mod passkey;
mod password;
mod select;
mod table;
mod text_area;
mod time;

pub use crate::brand::Wordmark;
pub use crate::icon::{Chevron, Icon, Logo};
pub use alert::{Alert, Tone};
pub use badge::{AgentStatusBadge, ApprovalStatusBadge, Badge, VerdictBadge};
pub use button::{Button, ButtonKind, ButtonLink, button_class};
#[cfg(feature = "ssr")]
pub use captcha::CaptchaField;
pub use card::Card;
pub use chart::DecisionChart;
pub use code::{CodeBlock, CopyField, Mono, breakable};
pub use details::{Description, Disclosure, Item};
pub use empty::EmptyState;
pub use field::{Field, FieldKind, HiddenField, input_class};
pub use filter::{FilterBar, FilterField};
#[cfg(feature = "ssr")]
pub use other_ways::{OneTapButton, OtherWays, ProviderButton};
pub use page_header::PageHeader;
pub use pagination::Pagination;
pub use passkey::{PasskeyButton, PasskeyMessage, PasskeySignIn, PasskeyUse};
pub use password::PasswordField;
pub use select::{Checkbox, Choice, Select};
pub use table::{Column, Table, WIDE};
pub use text_area::TextArea;
pub use time::{Ago, Stamp, Time};

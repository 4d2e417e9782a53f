//! What runs in the browser. Each island is complete without it: plain form fields, rendered by the server.

mod condition_fields;
mod permission_editor;
mod permission_preview;
mod permission_row;
mod row_field;

#[cfg(feature = "ssr")]
pub use permission_editor::EditedRows;
pub use permission_editor::PermissionEditor;

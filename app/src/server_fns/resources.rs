//! Adding servers that tokens are for, and taking them out.

use super::clients::lines;
use super::id;
use crate::error::Refused;
use crate::flash::Flash;
use crate::form::Form;
use crate::sentences::Notice;
use kavach_model::oauth::{CreateResource, ResourceScope};
use kavach_model::{ApiError, ResourceId};
use kavach_service::oauth::resources;
use leptos::prelude::*;

/// The form that adds a server.
pub const CREATE_FORM: &str = "new-server";
/// The note on the list.
pub const NOTE: &str = "servers";

const LIST: &str = "/console/resources";

/// Adds a server.
#[server(prefix = "/_fn", endpoint = "resources/create")]
pub async fn create(
    #[server(default)] address: String,
    #[server(default)] name: String,
    #[server(default)] scopes: String,
    #[server(default)] root: String,
) -> Result<(), Refused> {
    let form = Form::posted(CREATE_FORM, format!("{LIST}/new"))?
        .keep("address", &address)
        .keep("name", &name)
        .keep("scopes", &scopes)
        .keep("root", &root);
    let request = CreateResource {
        resource: address.trim().to_owned(),
        name,
        scopes: lines(&scopes).iter().map(|line| scope(line)).collect(),
        permission_root: Some(root.trim().to_owned()).filter(|root| !root.is_empty()),
    };
    let result = resources::create(&form.here.kv, &form.here.cx, request).await;
    form.answer(result.map_err(|error| renamed(error.into())), |here, _| {
        Flash::notice(NOTE, Notice::ServerAdded).leave(here);
        LIST.to_owned()
    })
}

/// Takes a server out.
#[server(prefix = "/_fn", endpoint = "resources/remove")]
pub async fn remove(#[server(default)] server: String) -> Result<(), Refused> {
    let form = Form::posted(NOTE, LIST)?;
    let result = match id::<ResourceId>(&server) {
        Ok(id) => resources::delete(&form.here.kv, &form.here.cx, id).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    form.answer(result, |here, ()| {
        Flash::notice(NOTE, Notice::ServerRemoved).leave(here);
        LIST.to_owned()
    })
}

/// `+notes:read Read your notes`
fn scope(line: &str) -> ResourceScope {
    let (default, rest) = match line.strip_prefix('+') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, line),
    };
    let (name, description) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    ResourceScope { name: name.to_owned(), description: description.trim().to_owned(), default }
}

/// The field as the form calls it: the API's names mean other things on other forms.
fn renamed(mut error: ApiError) -> ApiError {
    if let Some(field) = error.details.as_mut().and_then(|details| details.field.as_mut()) {
        match field.as_str() {
            "resource" => "address".clone_into(field),
            "scopes" => "offered".clone_into(field),
            _ => {}
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_scope_and_a_plus_gives_it_by_default() {
        let read = scope("+notes:read Read your notes");
        assert_eq!((read.name.as_str(), read.description.as_str()), ("notes:read", "Read your notes"));
        assert!(read.default);
        let bare = scope("write");
        assert_eq!((bare.name.as_str(), bare.description.as_str(), bare.default), ("write", "", false));
    }
}

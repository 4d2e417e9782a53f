//! What happens in the browser when a proof held: the session is handed over, and the person goes where they wanted.

use crate::accounts;
use crate::context::Here;
use crate::cookies;
use crate::links::with_query;
use crate::return_to::ReturnTo;
use kavach_model::sign_in::SignIn;

/// Keeps the session, and says which page is next: the second factor when one is due.
pub fn enter(here: &Here, done: &SignIn, return_to: &str) -> String {
    cookies::keep_session(here, done.token());
    if let SignIn::Complete(done) = done {
        accounts::remember(here, &done.user);
    }
    let return_to = ReturnTo::or_home(Some(return_to));
    match done {
        SignIn::Complete(_) => return_to.to_string(),
        SignIn::Pending(_) => {
            let carried = if return_to.is_home() { "" } else { return_to.as_str() };
            with_query("/sign-in/second-factor", &[("return_to", carried)])
        }
    }
}

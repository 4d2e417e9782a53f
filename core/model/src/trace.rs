//! Traces: what became of each try of a client to be let in, step by step, for whoever is asked why it did not work.
//!
//! A step names what was looked at, with the exact values at fault; never a secret, a code or a token. What nobody did in
//! time is not written down by anybody: it is worked out from the time at which it was due.

use crate::id::TraceId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a client tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceKind {
    /// To be let in by a person.
    Authorize,
    /// To register itself.
    Register,
    /// To get a token, or to be told about one, outside of what a person was asked.
    Token,
}

crate::user::as_text!(TraceKind { Authorize = "authorize", Register = "register", Token = "token" });

/// How it came out so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TraceOutcome {
    /// Something was not right; the last step says what.
    Refused,
    /// A person has to sign in or to answer, and still has time.
    Waiting,
    /// The person never did.
    Abandoned,
    /// The person said no.
    Denied,
    /// The client was given a code and has not come for its token yet.
    CodeIssued,
    /// It never came.
    NeverRedeemed,
    /// The client got its token.
    Completed,
    /// The client registered itself.
    Registered,
}

crate::user::as_text!(TraceOutcome {
    Refused = "refused",
    Waiting = "waiting",
    Abandoned = "abandoned",
    Denied = "denied",
    CodeIssued = "code_issued",
    NeverRedeemed = "never_redeemed",
    Completed = "completed",
    Registered = "registered",
});

impl TraceOutcome {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Refused,
        Self::Waiting,
        Self::Abandoned,
        Self::Denied,
        Self::CodeIssued,
        Self::NeverRedeemed,
        Self::Completed,
        Self::Registered,
    ];

    /// What it is now, where something was due at a time.
    #[must_use]
    pub fn at(self, now: Timestamp, due_at: Option<Timestamp>) -> Self {
        match self {
            Self::Waiting if due_at.is_some_and(|due| due <= now) => Self::Abandoned,
            Self::CodeIssued if due_at.is_some_and(|due| due <= now) => Self::NeverRedeemed,
            other => other,
        }
    }
}

/// How one step came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepResult {
    /// As it should.
    Fine,
    /// Somebody has to do something first.
    Waits,
    /// It ended here.
    Failed,
}

macro_rules! steps {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $result:ident, $sentence:literal;)*) => {
        /// One step of a try.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum TraceStepCode {
            $($(#[doc = $doc])* #[serde(rename = $text)] $name,)*
        }

        impl TraceStepCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name on the wire and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Reads the name; None for anything else.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$name),)* _ => None }
            }

            /// How it came out.
            pub const fn result(self) -> StepResult {
                match self { $(Self::$name => StepResult::$result,)* }
            }

            /// The same, in words.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

steps! {
    /// It began.
    Asked = "request.asked", Fine, "The client's request came.";
    /// The parameters cannot be read.
    Malformed = "request.malformed", Failed, "The request cannot be read: a parameter comes twice, or there is too much of it.";
    /// The address of this instance is not https.
    Insecure = "request.insecure", Failed, "Nothing is issued, because public_url is plain http. Serve Kavach over https.";
    /// There is a client of that name.
    ClientKnown = "client.known", Fine, "The client is known.";
    /// There is none, or it is switched off.
    ClientUnknown = "client.unknown", Failed, "No client has this client_id, or it is switched off. Register it, switch it on, or correct the client's configuration.";
    /// Its document was fetched.
    DocumentFetched = "document.fetched", Fine, "The client's document was fetched and holds.";
    /// Its document was fetched a while ago.
    DocumentKept = "document.kept", Fine, "The client's document was fetched before and still counts.";
    /// Its document cannot be had, or is wrong.
    DocumentRefused = "document.refused", Failed, "The client_id is the address of a document, and that document does not do.";
    /// Its pushed request was found.
    PushedFound = "pushed.found", Fine, "The request the client pushed before was found.";
    /// Its pushed request is gone.
    PushedOver = "pushed.over", Failed, "The pushed request is unknown, used, over, or another client's. It is good for 90 seconds and once.";
    /// A request that was pushed does not do.
    PushRefused = "pushed.refused", Failed, "The client pushed a request that does not do.";
    /// The answer goes where the client may have it sent.
    RedirectFits = "redirect_uri.fits", Fine, "The redirect URI is one of the client's.";
    /// It does not.
    RedirectForeign = "redirect_uri.foreign", Failed, "The redirect URI is missing, or is none of the client's. They are compared letter by letter; only the port of a loopback address is free.";
    /// Everything else that was asked holds.
    ParametersHold = "parameters.hold", Fine, "Parameters, scopes and resources hold.";
    /// Something of it does not.
    ParametersRefused = "parameters.refused", Failed, "A parameter, a scope or a resource does not do, and the client was told so.";
    /// Something of it does not, and nobody was told.
    NobodyTold = "parameters.nobody_told", Failed, "The request was refused on a page of ours: the browser is not sent to a site that nobody vouches for.";
    /// Nobody was signed in.
    SignIn = "person.sign_in", Waits, "Nobody was signed in: the browser was sent to sign in.";
    /// A proof was too old.
    Confirm = "person.confirm", Waits, "The sign-in is too old for what the client asks: the person has to prove it again.";
    /// A guest has no account.
    Account = "person.account", Waits, "The person is a guest and has to make an account first.";
    /// The person has to agree.
    Agree = "person.agree", Waits, "The person has to agree.";
    /// Somebody has to be asked, and nobody may be.
    Silent = "person.silent", Failed, "The person would have to be asked, and the client wants nobody to be asked, or somebody else was meant.";
    /// They saw the question.
    ConsentShown = "consent.shown", Fine, "The person saw the question.";
    /// They said yes.
    Allowed = "consent.allowed", Fine, "The person said yes.";
    /// They said no.
    Denied = "consent.denied", Failed, "The person said no.";
    /// The code was handed out.
    CodeIssued = "code.issued", Waits, "A code was handed to the browser, on its way to the client.";
    /// The code came again.
    CodeReused = "code.reused", Failed, "The code came a second time. Whatever came of it was ended, because one of the two is not the client.";
    /// The token was given.
    TokenIssued = "token.issued", Fine, "The client came for its code and got its token.";
    /// The token was not given.
    TokenRefused = "token.refused", Failed, "The client asked for a token and was refused.";
    /// The client did not prove who it is.
    ClientRefused = "client.refused", Failed, "The client did not prove who it is.";
    /// The client registered.
    Registered = "registration.done", Fine, "The client registered itself.";
    /// It was not let.
    RegistrationRefused = "registration.refused", Failed, "The client wanted to register itself and was refused.";
    /// It broke on our side, or was asked for too often.
    Broke = "broke", Failed, "It could not be looked at: too many requests, or a part of Kavach is away.";
}

/// A try of a client, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// Which.
    pub id: TraceId,
    /// What it tried.
    pub kind: TraceKind,
    /// The `client_id` as it came; null where there was none.
    pub client_id: Option<String>,
    /// What that client calls itself, if it is still known.
    pub client_name: Option<String>,
    /// How it came out so far.
    pub outcome: TraceOutcome,
    /// The last step.
    pub last_step: TraceStepCode,
    /// The same, in words.
    pub last_step_sentence: String,
    /// The network it came from.
    pub network: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last step was.
    pub updated_at: Timestamp,
}

/// One step of a try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// What was looked at or done.
    pub step: TraceStepCode,
    /// How it came out.
    pub result: StepResult,
    /// The same, in words.
    pub sentence: String,
    /// The values that matter to it.
    pub detail: BTreeMap<String, String>,
    /// In which request: what an error page shows, and every answer has in `X-Request-Id`.
    pub request_id: String,
    /// When.
    pub at: Timestamp,
}

/// A try of a client with everything that is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TraceDetail {
    /// The try.
    #[serde(flatten)]
    pub trace: Trace,
    /// Until when whatever is awaited can come.
    pub due_at: Option<Timestamp>,
    /// Its steps, in order.
    pub steps: Vec<TraceStep>,
}

/// Which tries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// Only the one this request was a part of.
    pub request_id: Option<String>,
    /// Only this client's.
    pub client: Option<String>,
    /// Only those that came out so.
    pub outcome: Option<TraceOutcome>,
    /// Only what began then or later.
    pub since: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_did_in_time_is_worked_out() {
        let (due, late) = (Timestamp::from_millis(10), Timestamp::from_millis(11));
        let at = |outcome: TraceOutcome, now| outcome.at(now, Some(due));
        assert_eq!(at(TraceOutcome::Waiting, Timestamp::from_millis(9)), TraceOutcome::Waiting);
        assert_eq!(at(TraceOutcome::Waiting, due), TraceOutcome::Abandoned);
        assert_eq!(at(TraceOutcome::CodeIssued, late), TraceOutcome::NeverRedeemed);
        assert_eq!(at(TraceOutcome::Completed, late), TraceOutcome::Completed);
        assert_eq!(TraceOutcome::Waiting.at(late, None), TraceOutcome::Waiting);
    }

    #[test]
    fn every_name_is_read_back_and_every_step_has_a_sentence() {
        for step in TraceStepCode::ALL {
            assert_eq!(TraceStepCode::parse(step.as_str()), Some(*step));
            assert!(step.sentence().ends_with('.'), "{step:?}");
            assert_eq!(serde_json::to_value(step).unwrap(), step.as_str());
        }
        for outcome in TraceOutcome::ALL {
            assert_eq!(TraceOutcome::parse(outcome.as_str()), Some(outcome));
        }
    }
}

//! A resource that takes tokens: everything that is looked at before a request is let through.

use crate::builder::Builder;
use crate::clock::Clock;
use crate::decision::{Decision, Decisions, NoDecision, Question};
use crate::dpop::{self, BadProof, Bound, UsedProofs};
use crate::introspection::{Introspection, Rejected};
use crate::jws::Jws;
use crate::keys::{Keys, NoKey};
use crate::need::Need;
use crate::refusal::{Dpop, Reason, Refusal};
use crate::scope::{Hierarchy, Scopes};
use crate::token::{AccessToken, Expected, Source};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Uri};
use std::fmt;
use std::sync::Arc;
use url::{Url, form_urlencoded};

/// Longest token that is looked at, in bytes.
const LONGEST: usize = 16 * 1_024;
const LONGEST_KEY_NAME: usize = 256;

/// A resource, as [RFC 9728](https://www.rfc-editor.org/rfc/rfc9728) has it: an API or an MCP server that takes access
/// tokens of one authorization server. Cheap to clone; all clones share what is remembered.
#[derive(Clone)]
pub struct ResourceServer(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) resource: String,
    pub(crate) url: Url,
    pub(crate) issuer: String,
    pub(crate) name: Option<String>,
    pub(crate) documentation: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) hierarchy: Hierarchy,
    pub(crate) dpop: Dpop,
    pub(crate) verification: Verification,
    pub(crate) used_proofs: UsedProofs,
    pub(crate) decisions: Decisions,
    pub(crate) clock: Arc<dyn Clock>,
}

pub(crate) enum Verification {
    Signature(Keys),
    Introspection(Introspection),
}

/// How a token was presented.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Dpop,
}

impl ResourceServer {
    /// Describes the resource `resource`, the URI that stands in `aud` of its tokens, whose tokens come from `issuer`,
    /// written exactly as the authorization server writes it.
    pub fn builder(resource: impl Into<String>, issuer: impl Into<String>) -> Builder {
        Builder::new(resource.into(), issuer.into())
    }

    /// The resource in its one form, as it stands in `aud`.
    pub fn resource(&self) -> &str {
        &self.0.resource
    }

    /// Looks at the token of a request: how it is presented, whether it holds, whether it is for this resource, and
    /// whether whoever presents it has its key. `need` only says what a refusal asks for; see
    /// [`ResourceServer::check`].
    ///
    /// `uri` is that of the request with its whole path, as clients wrote it.
    pub async fn verify(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        need: &Need,
    ) -> Result<AccessToken, Refusal> {
        self.token_of(method, uri, headers).await.map_err(|reason| self.refuse(reason, need))
    }

    /// Whether a token is enough for an operation: its scopes, and how and when the person signed in.
    pub fn check(&self, token: &AccessToken, need: &Need) -> Result<(), Refusal> {
        if !self.0.hierarchy.satisfies(token.scopes(), &need.scopes) {
            return Err(self.refuse(Reason::InsufficientScope, need));
        }
        if !need.is_authenticated(token, self.0.clock.now_millis()) {
            return Err(self.refuse(Reason::InsufficientAuthentication, need));
        }
        Ok(())
    }

    /// Asks Kavach whether the agent that presents this token may do something now. Anything but a decision that allows
    /// means no.
    pub async fn authorize(
        &self,
        token: &AccessToken,
        question: Question<'_>,
    ) -> Result<Decision, NoDecision> {
        self.0.decisions.ask(token, question).await
    }

    pub(crate) fn refuse(&self, reason: Reason, need: &Need) -> Refusal {
        Refusal::new(reason, need, &self.metadata_url(), self.0.dpop)
    }

    async fn token_of(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<AccessToken, Reason> {
        let (scheme, text) = presented(uri, headers)?;
        if text.len() > LONGEST {
            return Err(Reason::InvalidToken("it is too long"));
        }
        let token = match &self.0.verification {
            Verification::Signature(keys) => self.signed(keys, text).await?,
            Verification::Introspection(introspection) => {
                introspection.check(text, &self.0.resource).await.map_err(|rejected| match rejected {
                    Rejected::Invalid(why) => Reason::InvalidToken(why),
                    Rejected::Unavailable => Reason::Unavailable,
                })?
            }
        };
        match (scheme, token.key_thumbprint()) {
            // Whoever stole it has no key; taking it without one would make the key worthless.
            (Scheme::Bearer, Some(_)) => {
                return Err(Reason::InvalidToken("it is bound to a key and came without proof"));
            }
            (Scheme::Dpop, None) => return Err(Reason::InvalidToken("it is not bound to a key")),
            (Scheme::Bearer, None) if self.0.dpop == Dpop::Required => {
                return Err(Reason::InvalidToken("it must be bound to a key"));
            }
            (Scheme::Bearer, None) => {}
            (Scheme::Dpop, Some(thumbprint)) => self.proven(method, uri, headers, &token, thumbprint)?,
        }
        Ok(token)
    }

    /// RFC 9068, section 4.
    async fn signed(&self, keys: &Keys, text: &str) -> Result<AccessToken, Reason> {
        let invalid = Reason::InvalidToken;
        let jws = Jws::parse(text).map_err(invalid)?;
        let typ = jws.member("typ").unwrap_or_default();
        let typ = typ
            .get(..12)
            .filter(|start| start.eq_ignore_ascii_case("application/"))
            .map_or(typ, |_| &typ[12..]);
        if !typ.eq_ignore_ascii_case("at+jwt") {
            return Err(invalid("its typ is not at+jwt"));
        }
        let kid = jws.member("kid").filter(|kid| kid.len() <= LONGEST_KEY_NAME);
        let kid = kid.ok_or(invalid("it does not name its key"))?;
        let key = keys.find(kid, jws.algorithm).await.map_err(|missing| match missing {
            NoKey::Unknown => invalid("its key is not known"),
            NoKey::Unavailable => Reason::Unavailable,
        })?;
        let claims = jws.claims(&key).map_err(invalid)?;
        let expected =
            Expected { issuer: &self.0.issuer, resource: &self.0.resource, now: self.0.clock.now_millis() };
        AccessToken::read(text, claims, Source::Signature, expected).map_err(invalid)
    }

    fn proven(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        token: &AccessToken,
        thumbprint: &str,
    ) -> Result<(), Reason> {
        let mut proofs = headers.get_all("dpop").iter();
        let (Some(proof), None) = (proofs.next(), proofs.next()) else {
            return Err(Reason::InvalidProof("there must be exactly one DPoP header"));
        };
        let proof = proof.to_str().map_err(|_| Reason::InvalidProof("it cannot be read"))?;
        let mut url = self.0.url.clone();
        // Of the configured address, never of a Host header.
        url.set_path(uri.path());
        let bound = Bound {
            method: method.as_str(),
            url: &url,
            access_token: token.expose(),
            thumbprint,
            now: self.0.clock.now_millis(),
        };
        dpop::check(proof, bound, &self.0.used_proofs).map_err(|bad| match bad {
            BadProof::Invalid(why) => Reason::InvalidProof(why),
            BadProof::Full => Reason::Unavailable,
        })
    }
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ResourceServer")
            .field("resource", &self.0.resource)
            .field("issuer", &self.0.issuer)
            .finish_non_exhaustive()
    }
}

/// The token of a request, in the one place it may stand: a single `Authorization` header (RFC 6750, section 2.1).
fn presented<'a>(uri: &Uri, headers: &'a HeaderMap) -> Result<(Scheme, &'a str), Reason> {
    let query = uri.query().unwrap_or_default();
    if form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token") {
        return Err(Reason::Malformed("an access token must not stand in an address"));
    }
    let mut found = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = found.next() else { return Err(Reason::NoToken) };
    if found.next().is_some() {
        return Err(Reason::Malformed("there is more than one Authorization header"));
    }
    let header = header.to_str().map_err(|_| Reason::Malformed("the Authorization header cannot be read"))?;
    let (scheme, text) = header.split_once(' ').unwrap_or((header, ""));
    let scheme = match scheme {
        name if name.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        name if name.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        // Another scheme is no token.
        _ => return Err(Reason::NoToken),
    };
    let text = text.trim_matches(' ');
    let unpadded = text.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    if unpadded.is_empty() || !unpadded.bytes().all(fits) {
        return Err(Reason::Malformed("the Authorization header holds no token"));
    }
    Ok((scheme, text))
}

//! What the resource says to a client without a token, and to one whose token is no good.

use super::Report;
use super::probe::Prober;
use reqwest::header::HeaderMap;
use url::Url;

/// Returns where the challenge says the metadata is.
pub(super) async fn examine(prober: &Prober<'_>, url: &Url, report: &mut Report) -> Option<String> {
    let mut advised = None;
    match prober.hello(url, None).await {
        Err(problem) => report.problem("resource.unreachable", problem, "make it answer at this address"),
        Ok(answer) if answer.status == 401 => advised = read(&answer.headers, report),
        Ok(answer) if answer.status == 200 => report.problem(
            "resource.open",
            format!("{url} answers a client without a token"),
            "answer 401 with a challenge to every request without a token; a client only signs in when it is told to",
        ),
        Ok(answer) => report.problem(
            "challenge.status",
            format!("{url} answers a client without a token with {}", answer.status),
            "answer 401; clients begin to sign in at no other status",
        ),
    }
    wrong_token(prober, url, report).await;
    advised
}

/// The challenge of a 401.
fn read(headers: &HeaderMap, report: &mut Report) -> Option<String> {
    let challenges: Vec<Challenge> = headers
        .get_all("www-authenticate")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(parse)
        .collect();
    let Some(challenge) = challenges.iter().find(|challenge| challenge.is("Bearer") || challenge.is("DPoP"))
    else {
        report.warn(
            "challenge.missing",
            "the 401 has no WWW-Authenticate header for tokens",
            "send WWW-Authenticate: Bearer resource_metadata=\"...\"; without it clients have to guess the address",
        );
        return None;
    };
    if !challenges.first().is_some_and(|first| first.is("Bearer")) {
        report.warn(
            "challenge.order",
            "the first challenge is not Bearer",
            "put Bearer first, if plain tokens are taken; many clients read the first challenge only",
        );
    }
    if challenge.get("error").is_some() {
        report.warn(
            "challenge.error",
            "the challenge to a request without a token has an error",
            "leave error out where there was no token (RFC 6750, section 3.1); some clients give up on it",
        );
    }
    let metadata = challenge.get("resource_metadata").map(str::to_owned);
    match &metadata {
        None => report.warn(
            "challenge.metadata",
            "the challenge does not say where the metadata is",
            "add resource_metadata=\"https://.../.well-known/oauth-protected-resource/...\" (RFC 9728, section 5.1)",
        ),
        Some(address) if Url::parse(address).is_err() => report.problem(
            "challenge.metadata",
            format!("resource_metadata is no absolute address: {address}"),
            "write the whole address of the metadata",
        ),
        Some(address) => report.fine("challenge.metadata", format!("the challenge leads to {address}")),
    }
    let mut scopes = challenge.get("scope").unwrap_or_default().split_whitespace().peekable();
    if scopes.peek().is_none() {
        report.warn(
            "challenge.scope",
            "the challenge names no scope",
            "add scope=\"...\" with what a first request needs; without it clients ask for all scopes there are, or none",
        );
    } else if scopes.any(|scope| scope == "offline_access") {
        report.warn(
            "challenge.offline_access",
            "the challenge asks for offline_access",
            "leave it out: whether a client stays connected is between it and the authorization server",
        );
    }
    metadata.filter(|address| Url::parse(address).is_ok())
}

async fn wrong_token(prober: &Prober<'_>, url: &Url, report: &mut Report) {
    let Ok(answer) = prober.hello(url, Some("kavach-doctor-tries-a-token-that-is-none")).await else {
        return;
    };
    let challenges = answer.headers.get_all("www-authenticate").iter();
    let named = challenges
        .filter_map(|value| value.to_str().ok())
        .flat_map(parse)
        .any(|challenge| challenge.get("error") == Some("invalid_token"));
    match (answer.status, named) {
        (401, true) => {
            report.fine("token.invalid", "a token that is no good is answered with 401 invalid_token")
        }
        (401, false) => report.warn(
            "token.invalid",
            "a token that is no good is answered with 401, without error=\"invalid_token\"",
            "add the error, so that clients renew their token instead of asking the person again",
        ),
        (status @ 200..=299, _) => report.problem(
            "token.unchecked",
            format!("a token that is no good is answered with {status}"),
            "verify every token: signature, issuer, audience and end",
        ),
        (status, _) => report.problem(
            "token.status",
            format!("a token that is no good is answered with {status}"),
            "answer 401 invalid_token; clients renew their token at no other status",
        ),
    }
}

/// One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1).
#[derive(Debug, PartialEq, Eq)]
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Every challenge of one header: commas part parameters as well as challenges.
fn parse(header: &str) -> Vec<Challenge> {
    let mut found: Vec<Challenge> = Vec::new();
    for piece in split_unquoted(header) {
        let name = piece.split(['=', ' ']).next().unwrap_or_default();
        let after = &piece[name.len()..];
        let parameter = if after.trim_start().starts_with('=') {
            piece
        } else {
            found.push(Challenge { scheme: name.to_owned(), parameters: Vec::new() });
            after.trim_start()
        };
        let (Some((name, value)), Some(challenge)) = (parameter.split_once('='), found.last_mut()) else {
            continue;
        };
        let value = value.trim();
        let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        challenge.parameters.push((name.trim().to_owned(), inside.replace("\\\"", "\"")));
    }
    found
}

fn split_unquoted(header: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let pieces = header.split(move |c| {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => return true,
            _ => {}
        }
        false
    });
    pieces.map(str::trim).filter(|piece| !piece.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_told_from_their_parameters() {
        let found = parse(r#"Bearer realm="a, b", scope = "x y",error=z, DPoP algs="ES256", Negotiate"#);
        let schemes: Vec<&str> = found.iter().map(|challenge| challenge.scheme.as_str()).collect();
        assert_eq!(schemes, ["Bearer", "DPoP", "Negotiate"]);
        assert_eq!(found[0].get("realm"), Some("a, b"));
        assert_eq!((found[0].get("SCOPE"), found[0].get("error")), (Some("x y"), Some("z")));
        assert_eq!(found[1].get("algs"), Some("ES256"));
    }

    #[test]
    fn what_is_no_challenge_breaks_nothing() {
        for header in ["", ",", "=", "\"", "Bearer", "Bearer =", "Bearer \"", "é=ü, ñ", "a=\"\\"] {
            parse(header);
        }
    }
}

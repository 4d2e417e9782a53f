//! A resource server as clients and attackers meet it, against an authorization server on this machine with real keys.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod resource {
    mod calls;
    mod client;
    mod decisions;
    mod forged;
    mod introspection;
    mod issuer;
    mod proofs;
    mod rotation;
    mod standing;
}

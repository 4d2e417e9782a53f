//! Signed states of the audit log: a C2SP tlog-checkpoint in a C2SP signed note, Ed25519 (RFC 8032).
//!
//! ```text
//! id.example.com
//! 182311
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — id.example.com Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! The key comes from the instance key by HKDF-SHA-256 under a label of its own, so there is no other secret to keep,
//! and a database alone cannot sign. Its name is the host people reach this instance at.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use kavach_model::merkle::Hash;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

const LABEL: &[u8] = b"kavach audit checkpoint v1";
/// How the specification numbers Ed25519.
const ALGORITHM: u8 = 1;
const SIGNATURE: &str = "\u{2014} ";
/// Far longer than any checkpoint; what is read from a file may be anything.
const LONGEST_NOTE: usize = 64 * 1024;

/// Signs checkpoints.
pub struct Signer {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

/// What checks checkpoints; public. Its text is a C2SP verifier key: `name+1a2b3c4d+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

/// What a note says about the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedTree {
    /// Which log, by the name it was signed under.
    pub origin: String,
    /// Records.
    pub size: u64,
    /// Root over them.
    pub root: Hash,
    /// What else was signed along with it, a line each.
    pub extension: Vec<String>,
}

/// Why a text is no checkpoint of this log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not the form of a note or of a checkpoint.
    #[error("is not a signed checkpoint")]
    Malformed,
    /// No signature of this key is on it.
    #[error("carries no signature of this log's key")]
    OtherKey,
    /// The signature is not one of this text.
    #[error("has a signature that does not hold")]
    Forged,
}

impl Signer {
    /// The signer that belongs to an instance key and the host people know it by.
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA-256 gives 32 bytes, and any 32 bytes are an Ed25519 seed (RFC 8032 section 5.1.5)"
    )]
    pub(crate) fn derive(instance_key: &[u8; 32], host: &str) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, instance_key).expand(LABEL, seed.as_mut_slice()).expect("32 bytes");
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).expect("a seed");
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        Self { pair, verifier: VerifierKey { name: host.to_owned(), public } }
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signed note over a tree. The same tree gives the same note, whichever replica signs.
    pub fn sign(&self, size: u64, root: &Hash) -> String {
        self.sign_with(size, root, "")
    }

    /// The same with more lines, each of which ends with a line feed.
    pub(crate) fn sign_with(&self, size: u64, root: &Hash, extension: &str) -> String {
        let name = &self.verifier.name;
        let text = format!("{name}\n{size}\n{}\n{extension}", STANDARD.encode(root));
        let mut signature = self.verifier.id(name).to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n{SIGNATURE}{name} {}\n", STANDARD.encode(signature))
    }
}

impl VerifierKey {
    /// The first bytes of the SHA-256 over name, algorithm and key, which tell keys apart.
    fn id(&self, name: &str) -> [u8; 4] {
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', ALGORITHM])
            .chain_update(self.public)
            .finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Reads a note this key signed. Under which name does not matter as long as it is the origin's: instances move.
    pub fn open(&self, note: &str) -> Result<SignedTree, NoteError> {
        if note.len() > LONGEST_NOTE {
            return Err(NoteError::Malformed);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed)?;
        let text = format!("{text}\n");
        let tree = parse(&text).ok_or(NoteError::Malformed)?;
        for line in signatures.lines() {
            let (name, signature) = line
                .strip_prefix(SIGNATURE)
                .and_then(|line| line.split_once(' '))
                .ok_or(NoteError::Malformed)?;
            let signature = STANDARD.decode(signature).map_err(|_| NoteError::Malformed)?;
            if name != tree.origin || !signature.starts_with(&self.id(name)) {
                continue;
            }
            let key = UnparsedPublicKey::new(&ED25519, self.public);
            return match key.verify(text.as_bytes(), &signature[4..]) {
                Ok(()) => Ok(tree),
                Err(_) => Err(NoteError::Forged),
            };
        }
        Err(NoteError::OtherKey)
    }
}

fn parse(text: &str) -> Option<SignedTree> {
    let mut lines = text.lines();
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let number = size.parse().ok().filter(|number: &u64| number.to_string() == size)?;
    let root = STANDARD.decode(root).ok()?.try_into().ok()?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (!origin.is_empty() && origin.chars().all(plain)).then(|| SignedTree {
        origin: origin.to_owned(),
        size: number,
        root,
        extension: lines.map(str::to_owned).collect(),
    })
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = crate::crypto::token::hex(&self.id(&self.name));
        let mut key = vec![ALGORITHM];
        key.extend_from_slice(&self.public);
        write!(out, "{}+{id}+{}", self.name, STANDARD.encode(key))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.trim().splitn(3, '+');
        let mut next = || parts.next().ok_or(NoteError::Malformed);
        let (name, id, key) = (next()?, next()?, next()?);
        let key = STANDARD.decode(key).map_err(|_| NoteError::Malformed)?;
        let public = match key.split_first() {
            Some((&ALGORITHM, public)) => public.try_into().map_err(|_| NoteError::Malformed)?,
            _ => return Err(NoteError::Malformed),
        };
        let key = Self { name: name.to_owned(), public };
        if crate::crypto::token::hex(&key.id(name)) == id { Ok(key) } else { Err(NoteError::Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in the documentation of Go's sumdb/note, whose format became C2SP signed-note.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    fn signer(fill: u8) -> Signer {
        Signer::derive(&[fill; 32], "id.example.com")
    }

    #[test]
    fn a_note_opens_with_its_key_and_no_other() {
        let note = signer(7).sign(42, &[3; 32]);
        let tree = signer(7).verifier().open(&note).unwrap();
        assert_eq!(
            tree,
            SignedTree { origin: "id.example.com".into(), size: 42, root: [3; 32], extension: vec![] }
        );
        assert_eq!(signer(8).verifier().open(&note), Err(NoteError::OtherKey));
        assert_eq!(signer(7).sign(42, &[3; 32]), note, "every replica signs alike");
        // Another host, the same key.
        let moved = Signer::derive(&[7; 32], "login.example.com");
        assert!(moved.verifier().open(&note).is_ok());
    }

    #[test]
    fn a_note_that_was_touched_does_not_open() {
        let note = signer(7).sign(42, &[3; 32]);
        for touched in [
            note.replace("\n42\n", "\n43\n"),
            note.replace("\n42\n", "\n042\n"),
            note.replace("AwMD", "AwMA"),
            note.replacen("id.example.com", "other.example.com", 1),
            note.replace("id.example.com", "other.example.com"),
            note.replace("\n\n", "\nextra\n\n"),
            note.replace("\u{2014} ", "- "),
            note.replace("\n\n", "\n"),
            String::new(),
        ] {
            assert!(signer(7).verifier().open(&touched).is_err(), "{touched}");
        }
    }

    #[test]
    fn a_verifier_key_reads_back_and_has_the_form_others_read() {
        let key = signer(7).verifier().clone();
        assert_eq!(key.to_string().parse::<VerifierKey>(), Ok(key.clone()));
        assert!(key.to_string().starts_with("id.example.com+"));
        let touched = key.to_string().replace("id.", "ie.");
        assert_eq!(touched.parse::<VerifierKey>(), Err(NoteError::Malformed));
        assert_eq!(KEY.parse::<VerifierKey>().unwrap().to_string(), KEY);
    }
}

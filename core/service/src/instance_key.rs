//! The instance key: 32 bytes that seal what the database and cookies must keep secret.
//!
//! It comes from the configuration, or from a file in the data directory that is made on the first start.
//! Several replicas over one PostgreSQL must share it, so there it has to be configured.

use crate::config::Config;
use crate::crypto::token;
use crate::error::{Error, Result};
use crate::rng::{self, Rng};
use base64::Engine as _;
use kavach_model::Secret;
use std::io::Write as _;
use std::path::Path;
use zeroize::Zeroizing;

/// Reads the key, or makes it.
pub(crate) fn load(config: &Config, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>> {
    match &config.instance_key {
        Some(text) => parse(text).ok_or_else(|| {
            Error::Fault("instance_key: must be 32 bytes in hexadecimal or base64".to_owned())
        }),
        None => from_file(&config.instance_key_file(), rng),
    }
}

/// The bytes a text stands for; None for what is no key.
pub(crate) fn parse(text: &Secret) -> Option<Zeroizing<[u8; 32]>> {
    let text = text.expose().trim();
    let bytes = Zeroizing::new(match token::from_hex(text) {
        Some(bytes) if bytes.len() == 32 => bytes,
        _ => base64::engine::general_purpose::STANDARD.decode(text).ok()?,
    });
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    // A key of one repeated byte is a placeholder, not a key.
    (key.iter().any(|byte| *byte != key[0])).then(|| Zeroizing::new(key))
}

fn from_file(path: &Path, rng: &dyn Rng) -> Result<Zeroizing<[u8; 32]>> {
    let fault = |error: std::io::Error| Error::Fault(format!("instance key {}: {error}", path.display()));
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&Secret::new(text)).ok_or_else(|| {
            Error::Fault(format!(
                "instance key {}: is not 64 hexadecimal digits; restore it from a backup",
                path.display()
            ))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = Zeroizing::new(rng::array::<32>(rng));
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(path).map_err(fault)?;
            file.write_all(token::hex(key.as_ref()).as_bytes()).map_err(fault)?;
            file.sync_all().map_err(fault)?;
            Ok(key)
        }
        Err(error) => Err(fault(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("instance.key");
        let made = from_file(&path, &SeededRng::new(1)).unwrap();
        assert_eq!(from_file(&path, &SeededRng::new(2)).unwrap(), made);
    }

    #[test]
    fn placeholders_and_short_keys_are_refused() {
        assert!(parse(&Secret::new("00".repeat(32))).is_none());
        assert!(parse(&Secret::new("secret")).is_none());
        assert!(parse(&Secret::new("0123456789abcdef".repeat(4))).is_some());
    }
}

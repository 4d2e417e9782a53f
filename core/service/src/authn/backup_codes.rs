//! Backup codes, for when the authenticator app is lost: ten, shown once, each good for one sign-in.
//!
//! A code carries 50 bits, so it is stored as a password is, by Argon2id; the salt follows from the account, so that one
//! hash finds it.

use crate::Kavach;
use crate::authn::credential_change::{self, CredentialChange};
use crate::context::RequestContext;
use crate::error::Result;
use crate::{crypto::token, rng};
use kavach_model::sign_in::Method;
use kavach_model::two_step::BackupCodes;
use kavach_model::{ApiError, ErrorCode, Secret, UserId};

const COUNT: usize = 10;
const CHARACTERS: usize = 10;
/// Crockford's base 32: no letter that is taken for a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes ten new codes; the ones before are worth nothing from then on.
pub async fn regenerate(kv: &Kavach, cx: &RequestContext) -> Result<BackupCodes> {
    kv.require_method(Method::Totp)?;
    let caller = cx.require_fresh()?;
    let user_id = caller.user.id;
    if kv.store().read().await?.find_totp(user_id).await?.is_none() {
        return Err(ApiError::new(ErrorCode::Conflict)
            .message("Backup codes stand in for an authenticator app; set one up first.")
            .into());
    }
    let codes: Vec<String> = (0..COUNT).map(|_| issue(kv)).collect();
    let mut hashes = Vec::with_capacity(COUNT);
    for code in &codes {
        hashes.push(digest(kv, user_id, code).await?);
    }
    let now = kv.clock().now();
    let mut tx = kv.store().write().await?;
    tx.replace_backup_codes(user_id, &hashes, now).await?;
    credential_change::note(kv, cx, &mut tx, caller, CredentialChange::BackupCodesCreated, now).await?;
    tx.commit().await?;
    credential_change::spread(kv);
    let shown = |code: String| format!("{}-{}", &code[..CHARACTERS / 2], &code[CHARACTERS / 2..]);
    Ok(BackupCodes { codes: codes.into_iter().map(shown).collect() })
}

fn issue(kv: &Kavach) -> String {
    let random: [u8; CHARACTERS] = rng::array(kv.rng());
    random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect()
}

/// What is stored of a code.
pub(super) async fn digest(kv: &Kavach, user_id: UserId, code: &str) -> Result<String> {
    let mut salt = [0; 16];
    salt.copy_from_slice(&token::sha256(&format!("backup-code:{user_id}"))[..16]);
    Ok(kv.hasher().digest(Secret::new(code), salt).await?)
}

/// A code as it is hashed, whatever stands between its characters; None for what cannot be one.
pub(super) fn normal(typed: &str) -> Option<String> {
    let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(CHARACTERS + 1);
    let read = |character: char| match character.to_ascii_lowercase() {
        'o' => Some('0'),
        'i' | 'l' => Some('1'),
        other => ALPHABET.iter().any(|known| char::from(*known) == other).then_some(other),
    };
    let code: String = kept.map(read).collect::<Option<_>>()?;
    (code.len() == CHARACTERS).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for typed in ["0123a-bcdef", "0123abcdef", "O1Z3A BCDEF".replace('Z', "2").as_str(), "oI23a-bcdef"] {
            assert_eq!(normal(typed).as_deref(), Some("0123abcdef"), "{typed}");
        }
        for typed in ["", "123456", "0123a-bcde", "0123a-bcdefg", "0123a-bcdeu", "0123a-bcde!"] {
            assert_eq!(normal(typed), None, "{typed}");
        }
    }
}

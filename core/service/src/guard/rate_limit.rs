//! How often something may be tried, kept in the database so that it holds across restarts and replicas.
//!
//! An attempt is counted before it is judged, in one statement; a proof that holds gives the allowance back.
//! What is guessed at most: `failures_per_account` in a window from one place and ten times that from
//! everywhere, refilling steadily; so a stranger cannot lock a person out from the person's own network.

use crate::crypto::token::{hex, sha256};
use crate::error::Result;
use crate::guard::client_ip;
use crate::phone_number::PhoneNumber;
use crate::{Error, Kavach};
use kavach_model::{ApiError, UserId};
use kavach_store::{Allowance, Conn};
use std::net::IpAddr;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
/// Questions to one person in a window: more are not read, but answered without being read.
const ASKED_AT_MOST: u32 = 10;

/// One allowance: so many in a window, under a key.
pub(crate) struct Limit {
    key: String,
    count: u32,
    window: Duration,
    /// Whether a proof that holds gives the allowance back.
    returns: bool,
}

impl Limit {
    /// Sign-ups from one network.
    pub(crate) fn sign_up(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("sign-up:{}", client_ip::bucket(ip)),
            count: rules.sign_ups_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Sign-ins from one network, and at one account.
    pub(crate) fn sign_in(kv: &Kavach, ip: IpAddr, email_key: &str) -> [Self; 3] {
        let rules = &kv.config().rate_limit;
        let from_network = Self::sign_ins_from(kv, ip);
        let from_everywhere = Self {
            key: format!("account:{}", digest(email_key)),
            count: rules.failures_per_account.saturating_mul(10),
            window: rules.window,
            returns: true,
        };
        [from_network, Self::account(kv, ip, email_key), from_everywhere]
    }

    /// Sign-ins from one network, whoever is meant.
    pub(crate) fn sign_ins_from(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("sign-in:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// What may be done before a captcha is due. A proof that holds gives it back where `returns` says so.
    pub(crate) fn unchecked(kv: &Kavach, what: &str, of: &str, count: u32, returns: bool) -> Self {
        Self {
            key: format!("captcha:{what}:{}", digest(of)),
            count,
            window: kv.config().rate_limit.window,
            returns,
        }
    }

    /// Proofs for one account from one network.
    pub(crate) fn account(kv: &Kavach, ip: IpAddr, account: &str) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("account:{}:{}", digest(account), client_ip::bucket(ip)),
            count: rules.failures_per_account,
            window: rules.window,
            returns: true,
        }
    }

    /// Guests from one network.
    pub(crate) fn guests(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("guest:{}", client_ip::bucket(ip)),
            count: rules.guests_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Asking for links, and trying them, from one network.
    pub(crate) fn recovery(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("recovery:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Devices that ask to be let in, from one network.
    pub(crate) fn devices(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("device:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Times that one person is asked whether their agents may act for them, by all of them together.
    pub(crate) fn decoupled(kv: &Kavach, user_id: UserId) -> Self {
        Self {
            key: format!("decoupled:{user_id}"),
            count: ASKED_AT_MOST,
            window: kv.config().rate_limit.window,
            returns: false,
        }
    }

    /// Authorization requests that are kept for people, and pushed ones, from one network.
    pub(crate) fn authorizations(kv: &Kavach, ip: IpAddr) -> Self {
        Self {
            key: format!("authorize:{}", client_ip::bucket(ip)),
            count: kv.config().oauth.requests_per_ip,
            window: HOUR,
            returns: false,
        }
    }

    /// Clients that register themselves, from one network.
    pub(crate) fn registrations(kv: &Kavach, ip: IpAddr) -> Self {
        Self {
            key: format!("register:{}", client_ip::bucket(ip)),
            count: kv.config().oauth.registrations_per_ip,
            window: HOUR,
            returns: false,
        }
    }

    /// Documents of clients that one network has fetched.
    pub(crate) fn documents(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("document:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Servers that one administrator has looked at.
    pub(crate) fn examinations(kv: &Kavach, user_id: UserId) -> Self {
        let rules = &kv.config().rate_limit;
        Self { key: format!("doctor:{user_id}"), count: 30, window: rules.window, returns: false }
    }

    /// Codes of devices that are wrong, typed by one person and from one network. A right one is given back by
    /// itself, see [`give_back`]: clearing would let whoever has one right code guess on.
    pub(crate) fn device_codes(kv: &Kavach, ip: IpAddr, person: &str) -> [Self; 2] {
        let window = kv.config().rate_limit.window;
        [format!("device-code:{person}"), format!("device-code:{}", client_ip::bucket(ip))].map(|key| Self {
            key,
            count: 5,
            window,
            returns: false,
        })
    }

    /// Links and codes asked for from one network.
    pub(crate) fn send(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("send:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Links and codes tried from one network.
    pub(crate) fn tries(kv: &Kavach, ip: IpAddr) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("sign-in:{}", client_ip::bucket(ip)),
            count: rules.sign_ins_per_ip,
            window: rules.window,
            returns: false,
        }
    }

    /// Codes tried that were sent to one recipient: from one network, and from everywhere.
    pub(crate) fn codes(kv: &Kavach, ip: IpAddr, recipient: &str) -> Vec<Self> {
        let rules = &kv.config().rate_limit;
        let digest = digest(&recipient.to_lowercase());
        let of = |key, count| Self { key, count, window: rules.window, returns: false };
        vec![
            of(format!("code:{digest}:{}", client_ip::bucket(ip)), rules.failures_per_account),
            of(format!("code:{digest}"), rules.failures_per_account.saturating_mul(5)),
        ]
    }

    /// Text messages: to one number, to numbers that are rented together, from one network, and in a day.
    pub(crate) fn sms(kv: &Kavach, ip: IpAddr, phone: &PhoneNumber) -> [Self; 4] {
        let rules = &kv.config().sms;
        let of =
            |key: String, count, window| Self { key: format!("sms:{key}"), count, window, returns: false };
        [
            of(format!("ip:{}", client_ip::bucket(ip)), rules.per_ip, HOUR),
            of(format!("number:{}", digest(&phone.e164)), rules.per_number, HOUR),
            of(format!("prefix:{}", digest(&phone.block)), rules.per_prefix, HOUR),
            of("day".to_owned(), rules.per_day, 24 * HOUR),
        ]
    }

    /// Codes of a second factor for one account, whoever sends them: whoever gets to send one has proven the first.
    pub(crate) fn second_factor(kv: &Kavach, user_id: UserId) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("second-factor:{user_id}"),
            // Six digits are fewer than a password.
            count: rules.failures_per_account.min(5),
            window: rules.window,
            returns: true,
        }
    }

    /// Mails to one address.
    pub(crate) fn mail(kv: &Kavach, recipient: &str) -> Self {
        let rules = &kv.config().rate_limit;
        Self {
            key: format!("mail:{}", digest(&recipient.to_lowercase())),
            count: rules.mails_per_recipient,
            window: rules.window,
            returns: false,
        }
    }

    /// Mails about approvals to one address. Counted apart: an agent that asks and asks must not use up what mails about
    /// the account itself are allowed.
    pub(crate) fn approval_mail(kv: &Kavach, recipient: &str) -> Self {
        Self {
            key: format!("approval-mail:{}", digest(&recipient.to_lowercase())),
            count: kv.config().approval.max_pending,
            window: kv.config().rate_limit.window,
            returns: false,
        }
    }

    /// Takes one whether limits are enforced or not; false when there was none left.
    pub(crate) async fn is_left(&self, kv: &Kavach, tx: &mut Conn) -> Result<bool> {
        Ok(tx.take_rate_limits(&[self.allowance()], kv.clock().now()).await?.is_ok())
    }

    fn allowance(&self) -> Allowance<'_> {
        Allowance { key: &self.key, interval: self.interval(), burst: self.count }
    }

    fn interval(&self) -> Duration {
        self.window / self.count.max(1)
    }

    /// The key of what a proof that holds gives back: whose account it is about.
    pub(crate) fn account_key(&self) -> Option<&str> {
        self.returns.then_some(self.key.as_str())
    }

    /// Takes one of this allowance in a transaction of the caller's.
    pub(crate) async fn take_in(
        &self,
        kv: &Kavach,
        tx: &mut Conn,
    ) -> Result<std::result::Result<(), Duration>> {
        if !kv.config().rate_limit.enabled {
            return Ok(Ok(()));
        }
        Ok(tx.take_rate_limits(&[self.allowance()], kv.clock().now()).await?)
    }
}

/// Takes one of each allowance; or none of any, and refuses with the time to wait.
pub(crate) async fn take(kv: &Kavach, limits: &[Limit]) -> Result<()> {
    if !kv.config().rate_limit.enabled {
        return Ok(());
    }
    let wanted: Vec<_> = limits.iter().map(Limit::allowance).collect();
    let taken = kv.store().write_count().await?.take_rate_limits(&wanted, kv.clock().now()).await?;
    taken.map_err(|left| Error::Refused(ApiError::rate_limited(left.as_secs() + 1)))
}

/// Gives one of each allowance back, after a try that turned out not to count.
pub(crate) async fn give_back(tx: &mut Conn, limits: &[Limit]) -> Result<()> {
    for limit in limits {
        tx.return_rate_limit(&limit.key, limit.interval()).await?;
    }
    Ok(())
}

/// Gives allowances back after a proof that held.
pub(crate) async fn clear(tx: &mut Conn, limits: &[Limit]) -> Result<()> {
    for limit in limits.iter().filter(|limit| limit.returns) {
        tx.clear_rate_limit(&limit.key).await?;
    }
    Ok(())
}

/// Keys hold no address in clear.
fn digest(text: &str) -> String {
    hex(&sha256(text)[..16])
}

//! Whose address a request comes from, and the bucket that address is rate-limited in.
//!
//! `X-Forwarded-For` is a claim by whoever spoke last. It is read only when the peer is a configured proxy, from
//! the right, and only as far as hops are trusted. Anything unreadable falls back to the peer: a broken header
//! may cost its sender some precision, never give it a fresh bucket or an identity.

use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// The client's address: the rightmost hop that is not one of our proxies.
///
/// `forwarded_for` gives the header's values in the order they came, each possibly a comma-separated list.
pub fn client_ip<'a>(
    peer: IpAddr,
    forwarded_for: impl Iterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let hops: Vec<&str> = forwarded_for.flat_map(|value| value.split(',')).collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Some(address) = parse_hop(hop) else {
            return peer;
        };
        client = address;
        if !is_trusted(&client) {
            break;
        }
    }
    client
}

/// The bucket of an address: IPv4 as it is, IPv6 by its /64, which is what one customer gets.
pub fn bucket(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().or_else(|_| hop.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, headers: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_ip(peer.parse().unwrap(), headers.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn forwarded_headers_of_strangers_are_ignored() {
        assert_eq!(seen("203.0.113.9", &["1.1.1.1"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["1.1.1.1"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_untrusted_hop_is_the_client() {
        let proxies = ["10.0.0.0/8", "2001:db8:ffff::/48"];
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 198.51.100.7, 10.0.0.2"], &proxies), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "198.51.100.7"], &proxies), "198.51.100.7");
        assert_eq!(seen("2001:db8:ffff::1", &["[2001:db8::5]:443"], &proxies), "2001:db8::5");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7:52100"], &proxies), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["10.0.0.3, 10.0.0.2"], &proxies), "10.0.0.3");
        assert_eq!(seen("10.0.0.1", &[], &proxies), "10.0.0.1");
    }

    #[test]
    fn a_mapped_ipv4_address_is_that_ipv4_address() {
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(bucket("::ffff:198.51.100.7".parse().unwrap()), "198.51.100.7".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_malformed_header_falls_back_to_the_peer() {
        for header in
            ["a", "", ",", "1.2.3", "1.2.3.4.5", "unknown", "[::1", "1.1.1.1, x", "0x7f.1", "\u{202e}1.1.1.1"]
        {
            assert_eq!(seen("10.0.0.1", &[header], &["10.0.0.0/8"]), "10.0.0.1", "{header:?}");
        }
        // What is left of the client is the client's own claim and does not matter.
        assert_eq!(seen("10.0.0.1", &["garbage, 198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
    }

    #[test]
    fn one_ipv6_customer_has_one_bucket() {
        let bucket_of = |text: &str| bucket(text.parse().unwrap()).to_string();
        assert_eq!(bucket_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(bucket_of("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_ne!(bucket_of("2001:db8:1:3::1"), "2001:db8:1:2::");
        assert_eq!(bucket_of("192.0.2.1"), "192.0.2.1");
    }
}

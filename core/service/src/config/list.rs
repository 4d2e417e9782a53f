//! Lists, written as a list in the file or with commas in the environment.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::net::IpAddr;

#[derive(Deserialize)]
#[serde(untagged)]
enum ListOrText {
    List(Vec<String>),
    Text(String),
}

/// Texts; blank ones are left out.
pub(super) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let items = match ListOrText::deserialize(deserializer)? {
        ListOrText::List(items) => items,
        ListOrText::Text(text) => text.split(',').map(str::to_owned).collect(),
    };
    Ok(items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect())
}

/// Addresses and CIDR ranges.
pub(super) fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<ipnet::IpNet>, D::Error> {
    let read = |text: String| {
        text.parse::<ipnet::IpNet>().or_else(|_| text.parse::<IpAddr>().map(ipnet::IpNet::from)).map_err(
            |_| {
                D::Error::custom(format_args!(
                    "`{text}` is not an address or a range; write 10.0.0.0/8 or 192.0.2.7"
                ))
            },
        )
    };
    texts(deserializer)?.into_iter().map(read).collect()
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumbersOrText {
    List(Vec<u64>),
    One(u64),
    Text(String),
}

/// Whole numbers.
pub(super) fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let text = match NumbersOrText::deserialize(deserializer)? {
        NumbersOrText::List(numbers) => return Ok(numbers),
        NumbersOrText::One(number) => return Ok(vec![number]),
        NumbersOrText::Text(text) => text,
    };
    let read = |item: &str| {
        item.trim().parse().map_err(|_| D::Error::custom(format_args!("`{item}` is not a whole number")))
    };
    text.split(',').filter(|item| !item.trim().is_empty()).map(read).collect()
}

//! Writing links: query strings with every value escaped.

use std::fmt::Write;

/// A path with the parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut link = path.to_owned();
    for (index, (name, value)) in parameters.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        link.push(if index == 0 { '?' } else { '&' });
        link.push_str(name);
        link.push('=');
        escape(value, &mut link);
    }
    link
}

fn escape(value: &str, link: &mut String) {
    for byte in value.bytes() {
        match byte {
            b' ' => link.push('+'),
            b'-' | b'_' | b'.' | b'~' | b':' | b'*' => link.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => link.push(char::from(byte)),
            // Writing into a String does not fail.
            byte => drop(write!(link, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_to::ReturnTo;

    #[test]
    fn values_are_escaped_and_empty_ones_left_out() {
        assert_eq!(
            with_query("/console/audit", &[("actor", ""), ("q", "a b&c=d"), ("r", "mcp:*")]),
            "/console/audit?q=a+b%26c%3Dd&r=mcp:*"
        );
        assert_eq!(with_query("/console", &[]), "/console");
    }

    #[test]
    fn what_is_written_here_may_be_returned_to() {
        let link = with_query("/console/agents", &[("q", "dé/ploy \"bot\" @home?"), ("status", "active")]);
        assert!(ReturnTo::parse(&link).is_some(), "{link}");
    }
}

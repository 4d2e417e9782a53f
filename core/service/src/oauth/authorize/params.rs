//! The parameters of a request (RFC 6749, section 3.1): each once, but `resource`, which may name several servers.

/// Longest request.
const LONGEST: usize = 16 * 1024;
/// Most parameters.
const MOST: usize = 60;

/// What a request says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
    resources: Vec<String>,
}

impl Parameters {
    /// Reads a query or a form; None where a parameter comes twice or there is too much of it. What has no value is as
    /// good as not there.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        Self::of(form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name.into(), value.into())))
    }

    /// The same, of what was read before.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Option<Self> {
        let mut found = Self::default();
        let mut seen = std::collections::HashSet::new();
        for (place, (name, value)) in pairs.enumerate() {
            if place >= MOST || value.contains('\0') {
                return None;
            }
            if name == "resource" {
                if !value.is_empty() {
                    found.resources.push(value);
                }
            } else if !seen.insert(name.clone()) {
                return None;
            } else if !value.is_empty() {
                found.pairs.push((name, value));
            }
        }
        Some(found)
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Takes a value out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let place = self.pairs.iter().position(|(known, _)| known == name)?;
        Some(self.pairs.swap_remove(place).1)
    }

    /// The values of the one parameter that may come more than once.
    pub fn all(&self, name: &str) -> &[String] {
        if name == "resource" { &self.resources } else { &[] }
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.take(name);
        self.pairs.push((name.to_owned(), value.to_owned()));
    }

    /// As a form, to be read again; without what proves who the client is.
    pub(super) fn written(&self) -> String {
        let secret = |name: &str| name.starts_with("client_assertion") || name == "client_secret";
        let pairs = self.pairs.iter().filter(|(name, _)| !secret(name));
        let resources = self.resources.iter().map(|value| ("resource", value));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).extend_pairs(resources).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_once_but_resource() {
        let read = Parameters::read("a=1&resource=x&b=&resource=y").unwrap();
        assert_eq!((read.get("a"), read.get("b")), (Some("1"), None));
        assert_eq!(read.all("resource"), ["x", "y"]);
        for twice in ["a=1&a=1", "a=1&%61=2", "a=&a=1", "state=x&state=y"] {
            assert_eq!(Parameters::read(twice), None, "{twice}");
        }
        let many: String = (0..100_000).map(|number| format!("p{number}=1&")).collect();
        assert_eq!(Parameters::read(&many), None);
        assert_eq!(Parameters::read(&format!("scope={}", "a+".repeat(50_000))), None);
        let again = Parameters::read(&read.written()).unwrap();
        assert_eq!(again.all("resource"), read.all("resource"));
    }
}

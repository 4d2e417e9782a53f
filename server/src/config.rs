//! Reading the configuration: defaults, then a file, then the environment.
//!
//! The file is `kavach.toml` in the working directory, or the one `--config` names. Every key is also an
//! environment variable: `session.idle` is `KAVACH_SESSION__IDLE`. An unknown key is refused by its name and the
//! place it was written, so that a misspelt setting is never silently a default. What the keys are and which
//! values make sense is the business of [`kavach_service::config`].

mod environment;

use environment::Environment;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Toml};
use kavach_service::config::{Config, InvalidConfig};
use std::path::{Path, PathBuf};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "kavach.toml";

/// Why the configuration cannot be used. Every message names the key and the place.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file that was asked for is not there.
    #[error("the configuration file {} does not exist", .0.display())]
    NoFile(PathBuf),
    /// One or more keys that do not exist or do not hold what they should.
    #[error("{0}")]
    Keys(String),
    /// A value that cannot work.
    #[error("{place}: {error}")]
    Invalid {
        /// Where the value was written.
        place: String,
        /// Which key, and what is wrong.
        #[source]
        error: InvalidConfig,
    },
}

/// Reads the configuration of this process.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    load_from(
        file,
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

/// Reads the configuration with the given environment.
pub fn load_from(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let environment = Environment::new(variables);
    let mut figment = Figment::new();
    let file = match file {
        Some(named) if !named.is_file() => return Err(ConfigError::NoFile(named.to_owned())),
        Some(named) => Some(named),
        None => Some(Path::new(DEFAULT_FILE)).filter(|path| path.is_file()),
    };
    if let Some(file) = file {
        figment = figment.merge(Toml::file_exact(file));
    }
    let figment = figment.merge(environment.clone());
    let sources = Sources { file, environment: &environment };

    let mut config: Config = figment.extract_lossy().map_err(|error| sources.explain(error))?;
    if !figment.contains("public_url") {
        config.public_url = format!("http://localhost:{}", config.listen.port());
    }
    config.validate().map_err(|error| ConfigError::Invalid { place: sources.place(error.key), error })?;
    Ok(config)
}

/// Knows where each key was written.
struct Sources<'a> {
    file: Option<&'a Path>,
    environment: &'a Environment,
}

impl Sources<'_> {
    /// Where a key was written, the environment having the last word.
    fn place(&self, key: &str) -> String {
        match (self.environment.variable(key), self.file) {
            (Some(variable), _) => variable.to_owned(),
            (None, Some(file)) => file.display().to_string(),
            (None, None) => "configuration".to_owned(),
        }
    }

    fn explain(&self, errors: figment::Error) -> ConfigError {
        let lines: Vec<String> = errors.into_iter().map(|error| self.explain_one(error)).collect();
        ConfigError::Keys(lines.join("\n"))
    }

    fn explain_one(&self, mut error: figment::Error) -> String {
        let problem = match &error.kind {
            Kind::UnknownField(name, known) => {
                if error.path.last() != Some(name) {
                    error.path.push(name.clone());
                }
                format!("there is no such setting; here are: {}", known.join(", "))
            }
            Kind::UnknownVariant(name, known) => format!("`{name}` is not one of {}", known.join(", ")),
            // Values are not repeated: they may be secrets.
            Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
                format!("expected {}", expected.replace("u32", "a whole number"))
            }
            other => other.to_string(),
        };
        let key = error.path.join(".");
        if key.is_empty() {
            return format!("{}: {problem}", self.place(&key));
        }
        format!("{}: {key}: {problem}", self.place(&key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use std::time::Duration;

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    fn refused(text: &str, pairs: &[(&str, &str)]) -> String {
        let file = file(text);
        let name = file.path().display().to_string();
        load_from(Some(file.path()), variables(pairs)).unwrap_err().to_string().replace(&name, "FILE")
    }

    #[test]
    fn nothing_is_needed() {
        let config = load_from(None, variables(&[("PATH", "/bin"), ("KAVACHX", "1")])).unwrap();
        assert_eq!(config.public_url, "http://localhost:3000");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let file = file("listen = '127.0.0.1:4000'\n[session]\nidle = '30m'\n[password]\nmin_length = 20\n");
        let config = load_from(
            Some(file.path()),
            variables(&[
                ("KAVACH_SESSION__IDLE", "1h"),
                ("KAVACH_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7"),
                ("KAVACH_RATE_LIMIT__ENABLED", "false"),
                ("KAVACH_METRICS__TOKEN", "1234567890123456"),
                ("KAVACH_MAIL__SMTP_URL", ""),
            ]),
        )
        .unwrap();
        assert_eq!(config.session.idle, Duration::from_secs(3600));
        assert_eq!(config.password.min_length, 20);
        assert_eq!(config.trusted_proxies.len(), 2);
        assert!(!config.rate_limit.enabled);
        assert_eq!(config.metrics.token.unwrap().expose(), "1234567890123456");
        assert!(config.mail.smtp_url.is_none());
        assert_eq!(config.public_url, "http://localhost:4000", "follows the port it listens on");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_source() {
        let error = refused("", &[("KAVACH_MAIL__SMPT_URL", "smtp://mail")]);
        assert!(
            error.starts_with("KAVACH_MAIL__SMPT_URL: mail.smpt_url: there is no such setting"),
            "{error}"
        );
        let error = refused("[sesion]\nidle = '1h'\n", &[]);
        assert!(error.starts_with("FILE: sesion: there is no such setting"), "{error}");
        let error = refused("[session]\nidel = '1h'\n", &[("KAVACH_SESSION__FRESH", "5m")]);
        assert!(error.starts_with("FILE: session.idel: there is no such setting; here are: idle"), "{error}");
        let error = refused("", &[("KAVACH_FAX__WEBHOOK_URL", "http://127.0.0.1")]);
        assert!(error.starts_with("KAVACH_FAX__WEBHOOK_URL: fax: there is no such setting"), "{error}");
    }

    #[test]
    fn a_wrong_value_is_named_with_its_source() {
        for (text, pairs, expected) in [
            (
                "",
                &[("KAVACH_SESSION__IDLE", "30")][..],
                "KAVACH_SESSION__IDLE: session.idle: `30` is not a duration",
            ),
            (
                "",
                &[("KAVACH_PUBLIC_URL", "id.example.com")],
                "KAVACH_PUBLIC_URL: public_url: needs http:// or https://",
            ),
            ("listen = 'here'", &[], "FILE: listen: "),
            ("[password]\nmin_length = 'long'", &[], "FILE: password.min_length: expected a whole number"),
            ("[password]\nmin_length = 3", &[], "FILE: password.min_length: is 3; it must be 8 to 128"),
            (
                "",
                &[("KAVACH_LOG_FORMAT", "xml")],
                "KAVACH_LOG_FORMAT: log_format: `xml` is not one of text, json",
            ),
            (
                "trusted_proxies = ['10.0.0.0/99']",
                &[],
                "FILE: trusted_proxies: `10.0.0.0/99` is not an address",
            ),
            ("", &[("KAVACH_MAIL", "smtp://x")], "KAVACH_MAIL: mail: "),
        ] {
            let error = refused(text, pairs);
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_or_not_toml_is_refused() {
        let error = load_from(Some(Path::new("/nowhere/kavach.toml")), []).unwrap_err();
        assert_eq!(error.to_string(), "the configuration file /nowhere/kavach.toml does not exist");
        let error = refused("listen = ", &[]);
        assert!(error.contains("FILE"), "{error}");
    }

    #[test]
    fn a_refused_secret_is_not_repeated() {
        let error = refused("", &[("KAVACH_DATABASE__URL", "mysql://root:canary@db/kavach")]);
        assert!(error.starts_with("KAVACH_DATABASE__URL: database.url: must begin with"), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

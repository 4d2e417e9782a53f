//! `[branding]`: what an instance is called and looks like. Tokens only: pages and mails are laid out the same way
//! everywhere, and colours are brought to a readable contrast whatever is written here.

pub mod contrast;

use super::InvalidConfig;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// The colour of buttons and links where nothing else was chosen.
pub const ACCENT: Colour = Colour([0x0B, 0x6B, 0x60]);

const LONGEST_NAME: usize = 60;
const LONGEST_FONT: usize = 200;

/// `[branding]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// What the service is called, on pages and in mails.
    pub name: String,
    /// An SVG or PNG file of at most 256 KiB, shown beside the name; read once, when the server starts.
    pub logo: Option<PathBuf>,
    /// The colour of buttons and links, like `#0b6b60`.
    pub accent: Option<Colour>,
    /// The colour behind everything, where it is light.
    pub background: Option<Colour>,
    /// The colour behind everything, where it is dark.
    pub background_dark: Option<Colour>,
    /// How round corners are.
    pub radius: Radius,
    /// Names of fonts that are on people's machines, like `Inter, "Segoe UI", sans-serif`. None is ever loaded.
    pub font: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            name: "Kavach".to_owned(),
            logo: None,
            accent: None,
            background: None,
            background_dark: None,
            radius: Radius::default(),
            font: None,
        }
    }
}

/// How round corners are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Radius {
    /// Square.
    None,
    /// Hardly.
    Small,
    /// As designed.
    #[default]
    Medium,
    /// Very.
    Large,
}

impl Radius {
    /// What the radii of the design are multiplied with, in halves.
    pub const fn halves(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Small => 1,
            Self::Medium => 2,
            Self::Large => 4,
        }
    }
}

/// A colour, in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour(pub [u8; 3]);

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let long: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => digits.to_owned(),
        };
        let refused = || format!("{text} is not a colour; write it like #0b6b60");
        if long.len() != 6 || !long.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(refused());
        }
        let number = u32::from_str_radix(&long, 16).map_err(|_| refused())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Branding {
    /// Whether anything differs from how it was designed, so that pages need another stylesheet.
    pub fn has_theme(&self) -> bool {
        self.accent.is_some()
            || self.background.is_some()
            || self.background_dark.is_some()
            || self.radius != Radius::Medium
            || self.font.is_some()
    }

    /// A button where there is no stylesheet, as in a mail: behind its text, and the text.
    pub fn button(&self) -> [Colour; 2] {
        let behind = self.accent.unwrap_or(ACCENT);
        [behind, contrast::text_on(behind)]
    }

    pub(super) fn validate(&self) -> Result<(), InvalidConfig> {
        let length = self.name.trim().chars().count();
        if !(1..=LONGEST_NAME).contains(&length)
            || self.name.chars().any(|c| c.is_control() || "<>\"\\".contains(c))
        {
            return Err(InvalidConfig::new(
                "branding.name",
                format!("must be 1 to {LONGEST_NAME} plain characters"),
            ));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || " ,-'\"".contains(c);
        if self
            .font
            .as_ref()
            .is_some_and(|font| font.len() > LONGEST_FONT || !font.chars().all(plain) || !quotes_match(font))
        {
            return Err(InvalidConfig::new(
                "branding.font",
                "must be a list of font names, like Inter, \"Segoe UI\", sans-serif",
            ));
        }
        Ok(())
    }
}

fn quotes_match(font: &str) -> bool {
    ['"', '\''].iter().all(|quote| font.matches(*quote).count() % 2 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_three_or_six_digits() {
        assert_eq!(Colour::try_from("#0b6b60".to_owned()), Ok(Colour([0x0B, 0x6B, 0x60])));
        assert_eq!(
            Colour::try_from("#f0A".to_owned()).map(|colour| colour.to_string()),
            Ok("#ff00aa".into())
        );
        for bad in ["", "#", "red", "#12", "#12345", "#12345g", "#é1234", "0b6b60", "#fff;}*{display:none"] {
            assert!(Colour::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_leaves_the_stylesheet_through_a_font() {
        let with = |font: &str| Branding { font: Some(font.to_owned()), ..Branding::default() }.validate();
        assert!(with("Inter, \"Segoe UI\", sans-serif").is_ok());
        for bad in ["x;}", "url(//evil)", "\"open", "a{b", "a\nb", "a/*"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        let with = |name: &str| Branding { name: name.to_owned(), ..Branding::default() }.validate();
        assert!(with("Åkerby Räddning").is_ok());
        for bad in ["", "  ", "a\r\nBcc: b", "<b>", &"x".repeat(61)] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }
}

//! The stylesheet of an instance that looks its own way: values for the tokens of `style/main.css`, nothing else.
//!
//! What is configured is a wish. Colours are moved towards black or white until text on them and in them can be read:
//! 4.5 to 1, as WCAG 2.2 asks in 1.4.3, in the light and in the dark.

use kavach_service::config::branding::contrast::{away_from, mix, readable_on, text_on};
use kavach_service::config::branding::{ACCENT, Branding, Colour};
use std::fmt::Write as _;

/// WCAG 2.2, 1.4.3.
const READABLE: f64 = 4.5;

/// The surroundings of a theme, as `style/main.css` has them.
struct Scheme {
    page: Colour,
    surface: Colour,
    ink: Colour,
    muted: Colour,
    accent: Colour,
    good: Colour,
    dark: bool,
}

const LIGHT: Scheme = Scheme {
    page: Colour([0xF5, 0xF7, 0xF6]),
    surface: Colour([0xFF, 0xFF, 0xFF]),
    ink: Colour([0x14, 0x20, 0x1D]),
    muted: Colour([0x50, 0x60, 0x5B]),
    accent: ACCENT,
    good: Colour([0x17, 0x66, 0x3A]),
    dark: false,
};
const DARK: Scheme = Scheme {
    page: Colour([0x0D, 0x13, 0x12]),
    surface: Colour([0x14, 0x1C, 0x1A]),
    ink: Colour([0xE7, 0xEE, 0xEB]),
    muted: Colour([0xA3, 0xB3, 0xAD]),
    accent: Colour([0x5A, 0xD1, 0xC0]),
    good: Colour([0x7F, 0xD6, 0xA0]),
    dark: true,
};
const BLACK: Colour = Colour([0, 0, 0]);
const WHITE: Colour = Colour([0xFF, 0xFF, 0xFF]);

/// The stylesheet.
pub fn stylesheet(branding: &Branding) -> String {
    let mut light = colours(&LIGHT, branding.accent, branding.background);
    light.push_str(&shape(branding));
    let dark = colours(&DARK, branding.accent, branding.background_dark);
    format!(":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}")
}

fn colours(scheme: &Scheme, accent: Option<Colour>, background: Option<Colour>) -> String {
    let far = if scheme.dark { BLACK } else { WHITE };
    let mut css = String::new();
    let mut page = scheme.page;
    if let Some(wish) = background {
        page = readable_on(wish, &[scheme.ink, scheme.muted, scheme.accent, scheme.good], far, READABLE);
        set(&mut css, "page", page);
    }
    if accent.is_none() && background.is_none() {
        return css;
    }
    let accent = accent.unwrap_or(scheme.accent);
    let soft = mix(scheme.surface, accent, if scheme.dark { 0.2 } else { 0.12 });
    let accent =
        away_from(accent, &[scheme.surface, page, soft], if scheme.dark { WHITE } else { BLACK }, READABLE);
    let strong = mix(accent, if scheme.dark { WHITE } else { BLACK }, 0.2);
    set(&mut css, "accent", accent);
    set(&mut css, "accent-strong", strong);
    set(&mut css, "accent-soft", soft);
    set(&mut css, "on-accent", text_on(accent));
    css
}

/// Corners and fonts.
fn shape(branding: &Branding) -> String {
    let mut css = String::new();
    // The radii of the design, in eighths of a rem.
    for (name, eighths) in [("sm", 2), ("md", 3), ("lg", 4), ("xl", 6), ("2xl", 8)] {
        let radius = f64::from(eighths * branding.radius.halves()) / 16.0;
        write_to(&mut css, format_args!("--radius-{name}:{radius}rem;"));
    }
    if let Some(font) = &branding.font {
        write_to(&mut css, format_args!("--font-sans:{font};"));
    }
    css
}

fn set(css: &mut String, token: &str, colour: Colour) {
    write_to(css, format_args!("--{token}:{colour};"));
}

fn write_to(css: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a String does not fail.
    let _ = css.write_fmt(text);
}

#[cfg(test)]
mod tests {
    use super::*;
    use kavach_service::config::branding::contrast::ratio;

    fn token(css: &str, name: &str) -> Colour {
        let from = css.find(&format!("--{name}:")).unwrap() + name.len() + 3;
        Colour::try_from(css[from..from + 7].to_owned()).unwrap()
    }

    #[test]
    fn any_colour_becomes_readable() {
        for step in 0..=8_u8 {
            for other in 0..=8_u8 {
                let level = |step: u8| step.saturating_mul(32);
                for accent in [
                    Colour([level(step), level(other), 0]),
                    Colour([level(step), level(other), 255]),
                    Colour([128, level(step), level(other)]),
                ] {
                    for (scheme, name) in [(&LIGHT, "light"), (&DARK, "dark")] {
                        let css = colours(scheme, Some(accent), Some(accent));
                        let [page, found, soft, strong, on] =
                            ["page", "accent", "accent-soft", "accent-strong", "on-accent"]
                                .map(|name| token(&css, name));
                        for (text, behind) in [
                            (found, scheme.surface),
                            (found, page),
                            (found, soft),
                            (on, found),
                            (on, strong),
                            (scheme.ink, page),
                            (scheme.muted, page),
                        ] {
                            let ratio = ratio(text, behind);
                            assert!(ratio >= READABLE, "{accent} {name}: {text} on {behind} is {ratio}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_readable_colour_stays_as_it_is() {
        let css = stylesheet(&Branding { accent: Some(Colour([0x1D, 0x4E, 0xD8])), ..Branding::default() });
        assert!(css.starts_with(":root{--accent:#1d4ed8;"), "{css}");
    }

    #[test]
    fn corners_and_fonts_are_tokens_too() {
        let branding = Branding {
            radius: kavach_service::config::branding::Radius::None,
            font: Some("Georgia, serif".to_owned()),
            ..Branding::default()
        };
        let css = stylesheet(&branding);
        assert!(css.contains("--radius-lg:0rem;") && css.contains("--font-sans:Georgia, serif;"), "{css}");
        assert!(stylesheet(&Branding::default()).contains("--radius-lg:0.5rem;"));
    }
}

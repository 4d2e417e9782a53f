//! Contrast between colours, as WCAG 2.2 defines it, and colours moved until it suffices.

use super::Colour;

const STEPS: u32 = 64;

/// From 1, no contrast, to 21: black on white.
pub fn ratio(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = colour.0.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// One colour with a part of another in it.
pub fn mix(one: Colour, other: Colour, part: f64) -> Colour {
    let mut channels = [0; 3];
    for (place, (one, other)) in channels.iter_mut().zip(one.0.into_iter().zip(other.0)) {
        let channel = f64::from(one) * (1.0 - part) + f64::from(other) * part;
        // Between two bytes, so a byte.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let channel = channel.round() as u8;
        *place = channel;
    }
    Colour(channels)
}

/// A colour of text, moved towards `end` as little as it takes to be read on all of these.
pub fn away_from(colour: Colour, backgrounds: &[Colour], end: Colour, least: f64) -> Colour {
    moved(colour, end, |candidate| backgrounds.iter().all(|behind| ratio(candidate, *behind) >= least))
}

/// A background, moved towards `end` as little as it takes for all of these to be read on it.
pub fn readable_on(colour: Colour, texts: &[Colour], end: Colour, least: f64) -> Colour {
    moved(colour, end, |candidate| texts.iter().all(|text| ratio(candidate, *text) >= least))
}

fn moved(colour: Colour, end: Colour, suffices: impl Fn(Colour) -> bool) -> Colour {
    (0..=STEPS)
        .map(|step| mix(colour, end, f64::from(step) / f64::from(STEPS)))
        .find(|candidate| suffices(*candidate))
        .unwrap_or(end)
}

/// Black or white, whichever is read better.
pub fn text_on(background: Colour) -> Colour {
    let [black, white] = [Colour([0x0A, 0x0A, 0x0A]), Colour([0xFF, 0xFF, 0xFF])];
    if ratio(white, background) >= ratio(black, background) { white } else { black }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_the_standard_says() {
        let [black, white, grey] = [Colour([0; 3]), Colour([255; 3]), Colour([0x76; 3])];
        assert!((ratio(black, white) - 21.0).abs() < 1e-9);
        assert!((ratio(white, white) - 1.0).abs() < 1e-9);
        // The lightest grey that may be text on white.
        assert!((4.5..4.6).contains(&ratio(grey, white)));
    }
}

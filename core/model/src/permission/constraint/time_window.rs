//! Hours of the day, on some days of the week, in a zone.
//!
//! A window may cross midnight; then the hours after midnight belong to the day on which it began. Whether a zone
//! exists and what its clocks show is for the services, which know the time zone database.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

const MINUTES_PER_DAY: u16 = 24 * 60;
const DAYS: u16 = 7;
/// The longest zone name in the database has 32 characters.
const MAX_ZONE: usize = 64;

/// When a permission holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeWindow {
    /// The first minute, as `HH:MM`.
    pub start: TimeOfDay,
    /// The first minute after it, as `HH:MM`; before `start` when the window crosses midnight.
    pub end: TimeOfDay,
    /// A zone of the IANA database, such as `Europe/Berlin`; UTC when absent.
    pub time_zone: String,
    /// On which days it begins; every day when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<Vec<Day>>,
}

/// A day of the week.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the days of the week")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// A minute of the day, 00:00 to 23:59.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeOfDay(u16);

/// Why hours, a zone and days are not a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWindow {
    /// It would be open for no time, or for a whole day.
    #[error("start and end must differ")]
    Empty,
    /// The zone has no name, or none as long as that exists.
    #[error("timeZone must be the name of a zone, such as Europe/Berlin")]
    Zone,
    /// It would never be open.
    #[error("days must name at least one day")]
    NoDay,
}

impl Day {
    /// The week.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The name as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// Reads a day.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|day| day.as_str() == text)
    }
}

impl TimeWindow {
    /// A window; its days are put in order.
    pub fn new(
        start: TimeOfDay,
        end: TimeOfDay,
        time_zone: String,
        mut days: Option<Vec<Day>>,
    ) -> Result<Self, InvalidWindow> {
        if start == end {
            return Err(InvalidWindow::Empty);
        }
        if !(1..=MAX_ZONE).contains(&time_zone.len()) {
            return Err(InvalidWindow::Zone);
        }
        if let Some(days) = &mut days {
            if days.is_empty() {
                return Err(InvalidWindow::NoDay);
            }
            days.sort_unstable();
            days.dedup();
        }
        Ok(Self { start, end, time_zone, days })
    }

    /// Whether it is open at a minute of the week, counted from Monday 00:00 in its zone.
    pub fn is_open_at(&self, day: Day, time: TimeOfDay) -> bool {
        let minute = day as u16 * MINUTES_PER_DAY + time.0;
        let length = (self.end.0 + MINUTES_PER_DAY - self.start.0) % MINUTES_PER_DAY;
        let week = DAYS * MINUTES_PER_DAY;
        (0..DAYS).filter(|day| self.begins_on(*day)).any(|day| {
            let begin = day * MINUTES_PER_DAY + self.start.0;
            (minute + week - begin) % week < length
        })
    }

    /// Whether it is open only when `other` is; windows of different zones are not compared.
    pub fn is_within(&self, other: &Self) -> bool {
        let minutes = || {
            Day::ALL
                .into_iter()
                .flat_map(|day| (0..MINUTES_PER_DAY).map(move |minute| (day, TimeOfDay(minute))))
        };
        self.time_zone == other.time_zone
            && minutes().all(|(day, time)| !self.is_open_at(day, time) || other.is_open_at(day, time))
    }

    fn begins_on(&self, day: u16) -> bool {
        self.days.as_ref().is_none_or(|days| days.iter().any(|known| *known as u16 == day))
    }
}

impl TimeOfDay {
    /// A time on the clock; None when no clock shows it.
    pub fn new(hour: u16, minute: u16) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self(hour * 60 + minute))
    }
}

/// What is wrong with a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time from 00:00 to 23:59, written HH:MM")]
pub struct InvalidTime;

impl FromStr for TimeOfDay {
    type Err = InvalidTime;

    fn from_str(text: &str) -> Result<Self, InvalidTime> {
        let digits = |text: &str| {
            let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            if two { text.parse::<u16>().ok() } else { None }
        };
        let (hour, minute) = text.split_once(':').ok_or(InvalidTime)?;
        digits(hour).zip(digits(minute)).and_then(|(hour, minute)| Self::new(hour, minute)).ok_or(InvalidTime)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for TimeOfDay {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"))
            .into()
    }
}

impl utoipa::ToSchema for TimeOfDay {}

impl<'de> Deserialize<'de> for TimeWindow {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename = "TimeWindow", rename_all = "camelCase", deny_unknown_fields)]
        struct Written {
            start: TimeOfDay,
            end: TimeOfDay,
            #[serde(default = "utc")]
            time_zone: String,
            #[serde(default)]
            days: Option<Vec<Day>>,
        }
        let Written { start, end, time_zone, days } = Written::deserialize(deserializer)?;
        Self::new(start, end, time_zone, days).map_err(D::Error::custom)
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(json: &str, day: Day, time: &str) -> bool {
        serde_json::from_str::<TimeWindow>(json).unwrap().is_open_at(day, time.parse().unwrap())
    }

    #[test]
    fn a_window_is_open_from_its_start_until_its_end() {
        let office = r#"{"start":"09:00","end":"17:00","days":["fri","mon","fri"]}"#;
        for (day, time, is_open) in [
            (Day::Mon, "09:00", true),
            (Day::Mon, "08:59", false),
            (Day::Mon, "16:59", true),
            (Day::Mon, "17:00", false),
            (Day::Tue, "12:00", false),
            (Day::Fri, "12:00", true),
        ] {
            assert_eq!(open(office, day, time), is_open, "{day:?} {time}");
        }
    }

    #[test]
    fn hours_after_midnight_belong_to_the_day_before() {
        let night = r#"{"start":"22:00","end":"06:00","days":["sun"]}"#;
        for (day, time, is_open) in [
            (Day::Sun, "22:00", true),
            (Day::Mon, "05:59", true),
            (Day::Mon, "06:00", false),
            (Day::Sun, "05:00", false),
            (Day::Mon, "23:00", false),
        ] {
            assert_eq!(open(night, day, time), is_open, "{day:?} {time}");
        }
    }
}

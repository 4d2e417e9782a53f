//! Units an agent may spend in a period, where a call says how many it takes.

use super::check_count;
use crate::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize};

/// So many units in each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// 1 to 1,000,000,000.
    #[serde(deserialize_with = "units")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub units: u64,
    /// How long they last.
    pub per: Period,
}

/// A stretch of UTC after which a budget is whole again. Weeks begin on Monday.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 60 minutes.
    Hour,
    /// A calendar day.
    Day,
    /// Seven calendar days.
    Week,
    /// A calendar month.
    Month,
}

impl Budget {
    /// Whether whoever keeps to this keeps to `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        self.per == other.per && self.units <= other.units
    }
}

impl Period {
    /// Every period, the shortest first.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Month];

    /// The name as it travels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads a period.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.as_str() == text)
    }

    /// When the period began that a time is in.
    pub fn start_of(self, at: Timestamp) -> Timestamp {
        const HOUR: i64 = 3_600_000;
        let millis = at.as_millis();
        if self == Self::Hour {
            return Timestamp::from_millis(millis.div_euclid(HOUR) * HOUR);
        }
        let day = day_of(millis);
        let first = match self {
            Self::Hour | Self::Day => day,
            Self::Week => {
                day.checked_sub(jiff::Span::new().days(day.weekday().to_monday_zero_offset())).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
        };
        let start = first.to_zoned(TimeZone::UTC).map(|start| start.timestamp().as_millisecond());
        Timestamp::from_millis(start.unwrap_or(millis))
    }
}

/// The day in UTC; the first of all days for a time no calendar reaches.
fn day_of(millis: i64) -> Date {
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or(jiff::Timestamp::MIN);
    at.to_zoned(TimeZone::UTC).date()
}

fn units<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    check_count(u64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_where_the_calendar_says() {
        let at: Timestamp = "2026-11-25T13:37:42.123Z".parse().unwrap();
        for (period, start) in [
            (Period::Hour, "2026-11-25T13:00:00Z"),
            (Period::Day, "2026-11-25T00:00:00Z"),
            (Period::Week, "2026-11-23T00:00:00Z"),
            (Period::Month, "2026-11-01T00:00:00Z"),
        ] {
            let start: Timestamp = start.parse().unwrap();
            assert_eq!(period.start_of(at), start, "{period:?}");
            assert_eq!(period.start_of(start), start, "{period:?}");
        }
    }
}

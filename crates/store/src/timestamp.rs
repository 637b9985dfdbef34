//! Wall-clock text without a calendar library: `iso_timestamp(0)` is `1970-01-01T00:00:00.000Z`.
//!
//! Limits: UTC, years 1677 to 2262 (what 64 bits of nanoseconds hold).

/// Year, month and day of a day number since 1970-01-01, by Howard Hinnant's `civil_from_days`.
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let mp = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The day of `ns` since 1970 as `YYYY-MM-DD`, UTC.
pub(crate) fn iso_date(ns: i64) -> String {
    let (year, month, day) = civil_from_days(ns.div_euclid(86_400_000_000_000));
    format!("{year:04}-{month:02}-{day:02}")
}

/// `ns` since 1970 as `YYYY-MM-DDTHH:MM:SS.mmmZ`, UTC, cut (not rounded) to milliseconds.
#[must_use]
pub fn iso_timestamp(ns: i64) -> String {
    let ms = ns.div_euclid(1_000_000).rem_euclid(86_400_000);
    let (hour, minute) = (ms / 3_600_000, ms / 60_000 % 60);
    let (second, milli) = (ms / 1000 % 60, ms % 1000);
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z",
        iso_date(ns)
    )
}

/// The day number since 1970-01-01 of a date, by Howard Hinnant's `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// ns since 1970 of a time as [`iso_timestamp`] writes it; `None` for anything else.
pub(crate) fn parse_timestamp(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let days = days_from_civil(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = number(11, 13)? * 3600 + number(14, 16)? * 60 + number(17, 19)?;
    let ms = (days * 86_400 + seconds) * 1000 + number(20, 23)?;
    let ns = ms.checked_mul(1_000_000)?;
    // Whatever reads as another time than it is written as is none.
    (iso_timestamp(ns) == text).then_some(ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_write_them() {
        assert_eq!(iso_timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso_timestamp(-1), "1969-12-31T23:59:59.999Z");
        assert_eq!(
            iso_timestamp(1_763_856_000_123_999_999),
            "2025-11-23T00:00:00.123Z"
        );
        assert_eq!(iso_date(1_709_208_000_000_000_000), "2024-02-29");
    }

    #[test]
    fn times_are_read_back() {
        for ms in [
            0,
            -1,
            1_763_856_000_123,
            1_709_208_000_000,
            -9_000_000_000_000,
        ] {
            let ns = ms * 1_000_000;
            assert_eq!(parse_timestamp(&iso_timestamp(ns)), Some(ns));
        }
        for text in [
            "",
            "2025-11-23",
            "2025-13-23T00:00:00.123Z",
            "2025-02-30T00:00:00.000Z",
        ] {
            assert_eq!(parse_timestamp(text), None, "{text}");
        }
    }
}

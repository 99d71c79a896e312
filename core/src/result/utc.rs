//! The time of day in UTC, from seconds since 1970.

use jiff::Timestamp;

/// `20261120T214500Z`: sorts as time does and is a file name everywhere.
pub(crate) fn compact(seconds: u64) -> String {
    rfc3339(seconds).replace(['-', ':'], "")
}

/// `2026-11-20T21:45:00Z`.
pub(crate) fn rfc3339(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    // A clock beyond the year 9999 is as wrong as one that stands there.
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_to_the_second_in_both_forms() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_795_211_100), "2026-11-20T21:45:00Z");
        assert_eq!(compact(1_795_211_100), "20261120T214500Z");
        assert!(rfc3339(u64::MAX).starts_with("9999-"));
    }
}

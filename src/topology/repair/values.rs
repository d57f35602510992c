//! Which values the fields of a schedule may have, and which of them go together.

use std::ops::RangeInclusive;

use cassc_ring::reaper::{Parallelism, Schedule, Scope, WHOLE_INTENSITY};
use cassc_ring::release::Minor;

use crate::topology::operations::{LOCAL, VIRTUAL, bad_name};

/// The most schedules of a topology: each is asked after with every run of the program, and all travel in a ConfigMap.
pub(crate) const MOST_SCHEDULES: usize = 100;
/// The most entries of a list of a schedule: they travel in the address of a request.
const MOST_NAMED: usize = 100;

/// A value that a field of a schedule cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadValue {
    /// The field.
    pub field: &'static str,
    /// Its position, in a list.
    pub index: Option<usize>,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What was expected.
    pub expected: String,
}

/// Two fields of a schedule that do not go together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misfit {
    /// The field that is wrong.
    pub field: &'static str,
    /// What is wrong, as a sentence.
    pub what: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// Whether a text can be the keyspace of Reaper's tables: Reaper's driver reads it as CQL without quotes, which has no capitals.
pub(crate) fn is_keyspace(name: &str) -> bool {
    let is_reserved = LOCAL.contains(&name) || VIRTUAL.contains(&name) || name.starts_with("system_");
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let begins = name.starts_with(|first: char| first.is_ascii_lowercase());
    bad_name("keyspace", name).is_none() && is_plain && begins && !is_reserved
}

/// What such a keyspace looks like.
pub(crate) fn keyspace_expected() -> String {
    "a keyspace of its own: 1 to 48 lower-case letters, digits and `_`, a letter first".to_owned()
}

/// The values of a schedule that its fields cannot have, whatever the ring is like.
pub(crate) fn bad_values(schedule: &Schedule) -> Vec<BadValue> {
    let keyspace = bad_keyspace(&schedule.keyspace);
    let keyspace = keyspace.map(|(what, expected)| BadValue { field: "keyspace", index: None, what, expected });
    let intensity = (!(1..=WHOLE_INTENSITY).contains(&schedule.intensity)).then(|| BadValue {
        field: "intensity",
        index: None,
        what: "`intensity` is out of range".to_owned(),
        expected: "a number above 0 and at most 1, such as 0.9".to_owned(),
    });
    let percent = schedule.percent_unrepaired.and_then(|it| number("percentUnrepaired", it, 1..=99));
    let first_run = schedule.first_run.as_deref().filter(|it| !is_moment(it)).map(|written| BadValue {
        field: "firstRun",
        index: None,
        what: format!("`{}` is not a moment in UTC", written.escape_debug()),
        expected: "date and time in the form `2026-12-01T02:00:00Z`".to_owned(),
    });
    let numbers = [
        number("everyDays", schedule.every_days, 1..=31),
        number("segmentsPerNode", schedule.segments_per_node, 1..=1000),
        number("threads", schedule.threads, 1..=4),
        number("timeoutMinutes", schedule.timeout_minutes, 1..=10_080),
    ];
    let tables = |field, names: &[String]| list(field, names, |name| bad_name("table", name));
    let mut found: Vec<BadValue> = keyspace.into_iter().collect();
    found.extend(tables("tables", &schedule.tables));
    found.extend(tables("excludeTables", &schedule.exclude_tables));
    found.extend(list("datacenters", &schedule.datacenters, |_| None));
    found.extend(intensity);
    found.extend(numbers.into_iter().flatten());
    found.extend(percent.into_iter().chain(first_run));
    found
}

/// The fields of a schedule that do not go with each other, or with the Cassandra that is repaired.
pub(crate) fn misfits(schedule: &Schedule, minor: Option<Minor>) -> Vec<Misfit> {
    let is_full = schedule.scope == Scope::Full;
    let checks = [
        (
            !schedule.tables.is_empty() && !schedule.exclude_tables.is_empty(),
            ("excludeTables", "`tables` and `excludeTables` exclude each other", "remove one of the two"),
        ),
        (
            !is_full && schedule.parallelism != Parallelism::Parallel,
            (
                "parallelism",
                "incremental repairs run on all replicas of a range at once",
                "write `parallel`, or remove it",
            ),
        ),
        (
            schedule.scope == Scope::SubrangeIncremental && minor == Some(Minor::V3_11),
            ("subrangeIncremental", "`subrangeIncremental` needs Cassandra 4.0 or later", "remove it"),
        ),
        (
            is_full && schedule.percent_unrepaired.is_some(),
            (
                "percentUnrepaired",
                "`percentUnrepaired` counts what incremental repairs have left",
                "write `incremental: true` too, or remove it",
            ),
        ),
    ];
    let wrong = checks.into_iter().filter(|(is_wrong, _)| *is_wrong);
    wrong.map(|(_, (field, what, help))| Misfit { field, what, help }).collect()
}

fn number(field: &'static str, number: u32, range: RangeInclusive<u32>) -> Option<BadValue> {
    (!range.contains(&number)).then(|| BadValue {
        field,
        index: None,
        what: format!("`{field}` is {number}"),
        expected: format!("{} to {}", range.start(), range.end()),
    })
}

/// What is wrong, and what was expected.
type Wrong = Option<(String, String)>;

fn list(field: &'static str, names: &[String], fault: impl Fn(&str) -> Wrong) -> Vec<BadValue> {
    if names.len() > MOST_NAMED {
        let what = format!("`{field}` has {} entries", names.len());
        return vec![BadValue { field, index: None, what, expected: format!("at most {MOST_NAMED}") }];
    }
    let of_name = |(index, name): (usize, &String)| {
        let twice = || (format!("`{}` is listed twice", name.escape_debug()), "each of them once".to_owned());
        let (what, expected) = fault(name).or_else(|| names[..index].contains(name).then(twice))?;
        Some(BadValue { field, index: Some(index), what, expected })
    };
    names.iter().enumerate().filter_map(of_name).collect()
}

fn bad_keyspace(name: &str) -> Wrong {
    if VIRTUAL.contains(&name) || LOCAL.contains(&name) {
        let what = format!("the keyspace `{name}` belongs to each node alone: there is nothing to repair");
        return Some((what, "another keyspace".to_owned()));
    }
    bad_name("keyspace", name)
}

/// RFC 3339 in UTC, to the second.
fn is_moment(text: &str) -> bool {
    let is_form = text.len() == "2026-12-01T02:00:00Z".len()
        && text.bytes().zip(b"0000-00-00T00:00:00Z").all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            _ => byte == *form,
        });
    if !is_form {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(u32::MAX);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_date = (1..=12).contains(&month) && (1..=days).contains(&day) && year >= 1970;
    is_date && number(11..13) < 24 && number(14..16) < 60 && number(17..19) < 60
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_date_and_a_time_in_utc() {
        for moment in ["2026-12-01T02:00:00Z", "2028-02-29T23:59:59Z", "2000-02-29T00:00:00Z"] {
            assert!(is_moment(moment), "{moment}");
        }
        for text in [
            "",
            "2026-12-01",
            "2026-12-01T02:00Z",
            "2026-12-01T02:00:00",
            "2026-12-01T02:00:00+01:00",
            "2026-12-01t02:00:00z",
            "2026-12-01 02:00:00Z",
            "2026-13-01T02:00:00Z",
            "2026-00-01T02:00:00Z",
            "2026-04-31T02:00:00Z",
            "2027-02-29T02:00:00Z",
            "2100-02-29T02:00:00Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01T02:60:00Z",
            "2026-12-01T02:00:60Z",
            "2026-12-01T02:00:0éZ",
        ] {
            assert!(!is_moment(text), "{text}");
        }
    }

    #[test]
    fn tables_of_reaper_have_a_keyspace_of_their_own() {
        assert!(["reaper_db", "reaper", "r2"].into_iter().all(is_keyspace));
        let bad = ["", "system", "system_auth", "system_views", "reaper-db", "reaper db", "Reaper", "2r", "_r"];
        assert!(!bad.into_iter().any(is_keyspace));
    }
}

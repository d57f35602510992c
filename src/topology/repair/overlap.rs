//! Which schedules are for the same tables: Reaper makes one of them, and answers that both are there.

use cassc_ring::reaper::Schedule;

/// A table that two schedules are both for, or `*` where it is any; `None` where they have none in common.
pub(crate) fn common_table<'s>(one: &'s Schedule, other: &'s Schedule) -> Option<&'s str> {
    if one.keyspace != other.keyspace {
        return None;
    }
    let is_of = |schedule: &Schedule, table: &String| match schedule.tables.as_slice() {
        [] => !schedule.exclude_tables.contains(table),
        tables => tables.contains(table),
    };
    let (named, of) = match (one.tables.is_empty(), other.tables.is_empty()) {
        (true, true) => return Some("*"),
        (false, _) => (&one.tables, other),
        (true, false) => (&other.tables, one),
    };
    named.iter().find(|table| is_of(of, table)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(keyspace: &str, tables: &[&str], but: &[&str]) -> Schedule {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Schedule { tables: texts(tables), exclude_tables: texts(but), ..Schedule::of(keyspace) }
    }

    #[test]
    fn schedules_of_one_table_overlap_either_way_round() {
        let cases = [
            (schedule("a", &[], &[]), schedule("b", &[], &[]), None),
            (schedule("a", &[], &[]), schedule("a", &[], &[]), Some("*")),
            (schedule("a", &["x"], &[]), schedule("a", &["y"], &[]), None),
            (schedule("a", &["x", "y"], &[]), schedule("a", &["y", "z"], &[]), Some("y")),
            (schedule("a", &["x"], &[]), schedule("a", &[], &[]), Some("x")),
            (schedule("a", &["x"], &[]), schedule("a", &[], &["x"]), None),
            (schedule("a", &["x"], &[]), schedule("a", &[], &["y"]), Some("x")),
            (schedule("a", &[], &["x"]), schedule("a", &[], &["y"]), Some("*")),
        ];
        for (one, other, common) in &cases {
            assert_eq!(common_table(one, other), *common);
            assert_eq!(common_table(other, one), *common);
        }
    }
}

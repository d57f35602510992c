//! Which values the fields of an operation may have.

use cassc_ring::operation::{Operation, OperationKind};

use super::Field;

/// The most operations of a topology: they travel in a ConfigMap, as do the records of those that ran.
pub(crate) const MOST_OPERATIONS: usize = 64;
/// The most entries of a list of an operation, for the same reason.
pub(crate) const MOST_NAMED: usize = 50;
/// The longest name of a keyspace or a table, in characters (`SchemaConstants.NAME_LENGTH` of Cassandra).
const LONGEST_SCHEMA_NAME: usize = 48;
/// The longest name of a snapshot, in bytes. It becomes a directory, and file systems take 255.
const LONGEST_SNAPSHOT: usize = 200;

/// Keyspaces whose data belongs to one node: nothing of it ever moves to another (`SchemaConstants.LOCAL_SYSTEM_KEYSPACE_NAMES`).
pub(crate) const LOCAL: [&str; 2] = ["system", "system_schema"];
/// Keyspaces without data on disk (`SchemaConstants.VIRTUAL_SYSTEM_KEYSPACE_NAMES`).
pub(crate) const VIRTUAL: [&str; 2] = ["system_views", "system_virtual_schema"];

/// A value that a field cannot have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadValue {
    /// The field.
    pub field: Field,
    /// Its position, in a list.
    pub index: Option<usize>,
    /// What is wrong, as a sentence.
    pub what: String,
    /// What was expected.
    pub expected: String,
}

/// The values of an operation that its fields cannot have, whatever the ring is like.
pub(crate) fn bad_values(operation: &Operation) -> Vec<BadValue> {
    let kind = operation.kind;
    let keyspaces = list(Field::Keyspaces, &operation.keyspaces, |name| bad_keyspace(kind, name));
    let tables = list(Field::Tables, &operation.tables, |name| bad_name("table", name));
    let pods = list(Field::Pods, &operation.pods, |_| None);
    let one = |field: Field, value: &Option<String>, fault: fn(&str) -> Option<(String, String)>| {
        let (what, expected) = value.as_deref().and_then(fault)?;
        Some(BadValue { field, index: None, what, expected })
    };
    let snapshot = one(Field::Snapshot, &operation.snapshot, bad_snapshot);
    let host_id = one(Field::HostId, &operation.host_id, bad_host_id);
    pods.into_iter().chain(keyspaces).chain(tables).chain(snapshot).chain(host_id).collect()
}

/// What is wrong, and what was expected.
pub(crate) type Wrong = Option<(String, String)>;

fn list(field: Field, names: &[String], fault: impl Fn(&str) -> Wrong) -> Vec<BadValue> {
    if names.len() > MOST_NAMED {
        let what = format!("`{}` has {} entries", field.name(), names.len());
        return vec![BadValue { field, index: None, what, expected: format!("at most {MOST_NAMED}") }];
    }
    let of_name = |(index, name): (usize, &String)| {
        let twice = || (format!("`{name}` is listed twice"), "each of them once".to_owned());
        let (what, expected) = fault(name).or_else(|| names[..index].contains(name).then(twice))?;
        Some(BadValue { field, index: Some(index), what, expected })
    };
    names.iter().enumerate().filter_map(of_name).collect()
}

fn bad_keyspace(kind: OperationKind, name: &str) -> Wrong {
    let moves = matches!(kind, OperationKind::Cleanup | OperationKind::Repair);
    let why = match name {
        _ if VIRTUAL.contains(&name) => "has no data",
        _ if moves && LOCAL.contains(&name) => "belongs to each node alone",
        _ => return bad_name("keyspace", name),
    };
    let what = format!("the keyspace `{name}` {why}: there is nothing for `{}` to do", kind.name());
    Some((what, "another keyspace".to_owned()))
}

/// What is wrong with the name of a keyspace or a table.
pub(crate) fn bad_name(what: &str, name: &str) -> Wrong {
    let fits = (1..=LONGEST_SCHEMA_NAME).contains(&name.len()) && name.bytes().all(is_word);
    let expected = format!("1 to {LONGEST_SCHEMA_NAME} letters, digits and `_`");
    (!fits).then(|| (format!("`{}` is no name of a {what}", name.escape_debug()), expected))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn bad_snapshot(name: &str) -> Wrong {
    let fits = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.');
    let fits = (1..=LONGEST_SNAPSHOT).contains(&name.len()) && name.bytes().all(fits) && !name.starts_with('.');
    let expected = format!("1 to {LONGEST_SNAPSHOT} letters, digits, `_`, `-` and `.`, the first no `.`");
    (!fits).then(|| (format!("`{}` is no name of a snapshot", name.escape_debug()), expected))
}

fn bad_host_id(id: &str) -> Wrong {
    let groups: Vec<&str> = id.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    let fits = lengths.eq([8, 4, 4, 4, 12]) && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit());
    let expected =
        "the host ID as `nodetool status` prints it, such as `6d194555-f6eb-41d0-c000-000000000001`".to_owned();
    (!fits).then(|| (format!("`{}` is no host ID", id.escape_debug()), expected))
}

/// What is wrong with a token of a partitioner, which may have the name of its package: what was expected. `None` for a
/// valid one, and for every text where the partitioner is not Cassandra's own.
pub(crate) fn bad_token(partitioner: &str, token: &str) -> Option<String> {
    let name = partitioner.rsplit('.').next().unwrap_or_default();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let expected = match name {
        // `Long.MIN_VALUE` is before all tokens, and no node has it.
        "Murmur3Partitioner" if token.parse::<i64>().is_ok_and(|it| it > i64::MIN) && !token.starts_with('+') => None,
        "Murmur3Partitioner" => Some("a number from -9223372036854775807 to 9223372036854775807"),
        "RandomPartitioner" if digits(token) && token.parse::<u128>().is_ok_and(|it| it <= 1 << 127) => None,
        "RandomPartitioner" => Some("a number from 0 to 170141183460469231731687303715884105728"),
        "ByteOrderedPartitioner"
            if token.len().is_multiple_of(2)
                && token.bytes().all(|byte| byte.is_ascii_hexdigit())
                && !token.is_empty() =>
        {
            None
        }
        "ByteOrderedPartitioner" => Some("bytes in hexadecimal digits"),
        _ if token.is_empty() => Some("a token"),
        _ => None,
    };
    expected.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_partitioner() {
        for (partitioner, good) in [
            ("Murmur3Partitioner", "-9223372036854775807"),
            ("org.apache.cassandra.dht.Murmur3Partitioner", "9223372036854775807"),
            ("RandomPartitioner", "170141183460469231731687303715884105728"),
            ("ByteOrderedPartitioner", "00fF"),
            ("com.example.OwnPartitioner", "anything"),
        ] {
            assert_eq!(bad_token(partitioner, good), None, "{good} of {partitioner}");
        }
        for (partitioner, bad) in [
            ("Murmur3Partitioner", "-9223372036854775808"),
            ("Murmur3Partitioner", "9223372036854775808"),
            ("Murmur3Partitioner", "+1"),
            ("Murmur3Partitioner", ""),
            ("RandomPartitioner", "170141183460469231731687303715884105729"),
            ("RandomPartitioner", "-1"),
            ("ByteOrderedPartitioner", "0"),
            ("ByteOrderedPartitioner", "0x10"),
            ("com.example.OwnPartitioner", ""),
        ] {
            assert!(bad_token(partitioner, bad).is_some(), "{bad} of {partitioner}");
        }
    }

    #[test]
    fn names_are_those_that_cassandra_takes() {
        let longest = "k".repeat(LONGEST_SCHEMA_NAME);
        assert!(["shop", "Shop_2", "_x", &longest].iter().all(|name| bad_name("keyspace", name).is_none()));
        assert!(["", "my shop", "a.b", "a-b", "é", &(longest + "k")].iter().all(|it| bad_name("table", it).is_some()));
        assert!(["before-5.0", "_x"].iter().all(|name| bad_snapshot(name).is_none()));
        assert!(["", ".x", "a/b", "a b"].iter().all(|name| bad_snapshot(name).is_some()));
        assert!(bad_host_id("6d194555-f6eb-41d0-c000-000000000001").is_none());
        assert!(["", "6d194555", "6d194555f6eb41d0c000000000000001"].iter().all(|id| bad_host_id(id).is_some()));
    }

    #[test]
    fn a_keyspace_of_each_node_alone_is_neither_cleaned_up_nor_repaired() {
        use OperationKind::{Cleanup, Flush, Repair};
        assert!([Cleanup, Repair].into_iter().all(|kind| bad_keyspace(kind, "system").is_some()));
        assert!(bad_keyspace(Flush, "system").is_none() && bad_keyspace(Flush, "system_views").is_some());
        assert!(bad_keyspace(Repair, "system_auth").is_none());
    }
}

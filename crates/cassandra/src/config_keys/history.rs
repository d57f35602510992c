//! Where a key comes from and where it went: names of other minors, keys that are gone, the nearest known name.
//! Called by [`examine()`](super::examine()) to explain a key that this minor does not have.

use cassc_ring::release::{MINORS, Minor};
use serde_json::Value;

use super::table::{Key, KeyTable, table};

/// The name that a minor has for what another minor, or an older configuration, calls otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The name to use in this minor.
    pub name: &'static str,
    /// The value to write under that name, where the conversion is simple and exact.
    pub value: Option<Value>,
}

/// A key that an earlier minor had and this one refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The last minor that accepts the key.
    pub last_in: Minor,
    /// The first minor that refuses it.
    pub gone_in: Minor,
}

/// The name that this minor has for a key of an older or newer one, with the value converted.
///
/// Three cases: the key is an old name that this minor still accepts (with a warning); it is a new name and this minor
/// is older, so it has the old name; it was an old name once and is gone here, but its successor is not.
pub fn renamed(minor: Minor, name: &str, value: &Value) -> Option<Renamed> {
    let here = table(minor);
    if let Some(key) = here.get(name) {
        return to_new_name(here, key, value);
    }
    let newer = MINORS.into_iter().filter(|other| *other > minor);
    if let Some(renamed) = newer.map(table).find_map(|newer| to_old_name(here, newer, name, value)) {
        return Some(renamed);
    }
    let older = MINORS.into_iter().rev().filter(|other| *other < minor);
    older.map(table).find_map(|older| to_new_name(here, older.get(name)?, value))
}

fn to_new_name(here: &KeyTable, old: &Key, value: &Value) -> Option<Renamed> {
    let replacement = old.replaced_by?;
    here.get(replacement.name)?;
    Some(Renamed { name: replacement.name, value: replacement.converter.new_value(value) })
}

/// The old name of a newer minor's key that this minor has; of two the one that is not itself an old name here.
fn to_old_name(here: &'static KeyTable, newer: &'static KeyTable, name: &str, value: &Value) -> Option<Renamed> {
    let known_here = newer.old_names(name).filter_map(|old| Some((here.get(old.name)?, old.replaced_by?.converter)));
    let (key, converter) = known_here.min_by_key(|(key, _)| key.replaced_by.is_some())?;
    Some(Renamed { name: key.name, value: converter.old_value(value) })
}

/// When a key of an earlier minor disappeared, `None` when this minor has it or no earlier one had it.
pub fn removed(minor: Minor, name: &str) -> Option<Removed> {
    if table(minor).get(name).is_some() {
        return None;
    }
    let last_in =
        MINORS.into_iter().rev().filter(|other| *other < minor).find(|other| table(*other).get(name).is_some())?;
    Some(Removed { last_in, gone_in: last_in.next()? })
}

/// The first minor that has a key; `None` when none has.
pub fn introduced_in(name: &str) -> Option<Minor> {
    MINORS.into_iter().find(|minor| table(*minor).get(name).is_some())
}

/// The key of the same level that a misspelt name most likely means; names that are themselves replaced are not
/// suggested. `name` is the full name, with dots where it is nested.
pub fn nearest(table: &'static KeyTable, name: &str) -> Option<&'static str> {
    let (object, last) = name.rsplit_once('.').unwrap_or(("", name));
    let last = table.nearest_in(object, last)?;
    let name = if object.is_empty() { last.to_owned() } else { format!("{object}.{last}") };
    table.get(&name).map(|key| key.name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn renamed_to(minor: Minor, name: &str, value: &Value) -> Option<(&'static str, Option<Value>)> {
        renamed(minor, name, value).map(|renamed| (renamed.name, renamed.value))
    }

    #[test]
    fn an_old_name_leads_to_the_new_one_with_its_value() {
        let expected = Some(("read_request_timeout", Some(json!("5000ms"))));
        assert_eq!(renamed_to(Minor::V4_1, "read_request_timeout_in_ms", &json!(5000)), expected);
        assert_eq!(renamed_to(Minor::V5_0, "read_request_timeout_in_ms", &json!(5000)), expected);
        assert_eq!(renamed_to(Minor::V4_0, "read_request_timeout_in_ms", &json!(5000)), None);
    }

    #[test]
    fn a_new_name_leads_to_the_old_one_in_an_older_minor() {
        let expected = Some(("read_request_timeout_in_ms", Some(json!(5000))));
        assert_eq!(renamed_to(Minor::V4_0, "read_request_timeout", &json!("5s")), expected);
        assert_eq!(renamed_to(Minor::V3_11, "read_request_timeout", &json!("5s")), expected);
        assert_eq!(renamed_to(Minor::V4_1, "read_request_timeout", &json!("5s")), None);
    }

    #[test]
    fn of_two_old_names_the_current_one_is_suggested() {
        let name = "internode_socket_receive_buffer_size";
        let expected = Some(("internode_socket_receive_buffer_size_in_bytes", Some(json!(1 << 20))));
        assert_eq!(renamed_to(Minor::V4_0, name, &json!("1MiB")), expected);
        assert_eq!(
            renamed_to(Minor::V3_11, name, &json!("1MiB")).map(|(name, _)| name),
            Some("internode_recv_buff_size_in_bytes")
        );
    }

    #[test]
    fn what_cannot_be_converted_is_left_to_the_user() {
        assert_eq!(
            renamed_to(Minor::V4_0, "streaming_keep_alive_period", &json!("1500ms")).map(|(_, value)| value),
            Some(None)
        );
    }

    #[test]
    fn removed_keys_say_when() {
        let removed_in = |name| removed(Minor::V5_0, name).map(|removed| (removed.last_in, removed.gone_in));
        assert_eq!(removed_in("thrift_framed_transport_size_in_mb"), Some((Minor::V3_11, Minor::V4_0)));
        assert_eq!(removed_in("commitlog_periodic_queue_size"), Some((Minor::V4_1, Minor::V5_0)));
        assert_eq!(removed_in("num_tokens"), None);
        assert_eq!(removed_in("num_tockens"), None);
    }

    #[test]
    fn keys_know_their_first_minor() {
        assert_eq!(introduced_in("num_tokens"), Some(Minor::V3_11));
        assert_eq!(introduced_in("audit_logging_options"), Some(Minor::V4_0));
        assert_eq!(introduced_in("memtable"), Some(Minor::V4_1));
        assert_eq!(introduced_in("storage_compatibility_mode"), Some(Minor::V5_0));
        assert_eq!(introduced_in("num_tockens"), None);
    }

    #[test]
    fn slips_are_recognized_and_guesses_are_not() {
        let nearest = |name| nearest(table(Minor::V4_1), name);
        assert_eq!(nearest("num_token"), Some("num_tokens"));
        assert_eq!(nearest("numTokens"), Some("num_tokens"));
        assert_eq!(nearest("concurent-reads"), Some("concurrent_reads"));
        assert_eq!(nearest("read_request_timout"), Some("read_request_timeout"));
        assert_eq!(nearest("client_encryption_options.enabld"), Some("client_encryption_options.enabled"));
        assert_eq!(nearest("enabld"), None);
        assert_eq!(nearest("heap"), None);
        assert_eq!(nearest(""), None);
    }
}

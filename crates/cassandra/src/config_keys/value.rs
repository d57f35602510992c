//! Whether Cassandra's loader accepts a value for a key, observed on the real loaders of 4.0.19, 4.1.10 and 5.0.9.
//! Refuses a little more than they do: what they accept and then ignore, such as a list where a text belongs.
//! Called by [`examine()`](super::examine()).

use serde_json::{Map, Value};

use super::{
    convert::Converter,
    expected::{expected, expected_element},
    kind::Kind,
    measure::{Duration, Width, read_rate},
    table::Key,
};

/// One step on the way from the top of the configuration to a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into the value of this key. Keys are as written: a flat key with dots is one step.
    Key(String),
    /// Into this element of a list, from 0.
    Index(usize),
}

/// A value that a key does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongValue {
    /// Where below the key's value the wrong part stands; empty when it is the value itself.
    pub path: Vec<Step>,
    /// What would be accepted there, for people: `a duration with a unit, such as 5000ms or 5s`.
    pub expected: String,
}

/// Says whether a key accepts a value, elements of lists and of maps included. The values of a nested object's own keys
/// are not looked at: they have keys of their own in the table.
pub fn check_value(key: &Key, value: &Value) -> Result<(), WrongValue> {
    let converter = key.replaced_by.map(|replacement| replacement.converter);
    match value {
        Value::Null if key.nullable => Ok(()),
        Value::Null => Err(wrong(format!("{}; null is not allowed", expected(&key.kind, converter)))),
        _ => check_kind(&key.kind, converter, value).and_then(|()| check_texts(key, value)),
    }
}

fn wrong(expected: impl Into<String>) -> WrongValue {
    WrongValue { path: Vec::new(), expected: expected.into() }
}

fn check_kind(kind: &Kind, converter: Option<Converter>, value: &Value) -> Result<(), WrongValue> {
    match kind {
        Kind::EnumList(_) | Kind::TextList => check_list(kind, value),
        Kind::ParameterizedClass { name_is_enough: true } if value.is_string() => Ok(()),
        Kind::ParameterizedClass { .. } if value.is_array() => check_class_list(kind, value),
        Kind::ParameterizedClass { .. } => check_class(value, &["class_name", "parameters"], &["class_name"]),
        Kind::MemtableConfigurations => each(value, kind, |configuration| {
            check_class(configuration, &["class_name", "inherits", "parameters"], &[])
        }),
        Kind::TextMap | Kind::IntMap | Kind::TextMaps | Kind::ObjectsLike(_) => {
            each(value, kind, |element| check_element(kind, element))
        }
        Kind::Choices(names) => check_choices(names, kind, value),
        Kind::Object if value.is_object() => Ok(()),
        _ if scalar_is_accepted(kind, converter, value) => Ok(()),
        _ => Err(wrong(expected(kind, converter))),
    }
}

fn scalar_is_accepted(kind: &Kind, converter: Option<Converter>, value: &Value) -> bool {
    match kind {
        Kind::Int(width) => {
            let lowest = converter.and_then(Converter::lowest).unwrap_or(i64::MIN);
            let highest = converter.map_or(i64::MAX, Converter::highest);
            whole_number(value, *width).is_some_and(|number| (lowest..=highest).contains(&number))
        }
        Kind::Attempts => whole_number(value, Width::Int).is_some_and(|number| number > 0),
        Kind::Double => fraction(value).is_some_and(|number| converter.is_none() || is_int_amount(number)),
        Kind::Bool => value.is_boolean() || value.as_str().is_some_and(is_yaml_boolean),
        Kind::Text => is_scalar(value),
        Kind::Enum(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Kind::Duration(duration) => measured_text(value, *duration).is_some_and(|text| duration.read(&text).is_some()),
        Kind::DataStorage(storage) => value.as_str().is_some_and(|text| storage.read(text).is_some()),
        Kind::DataRate => value.as_str().is_some_and(|text| read_rate(text).is_some()),
        _ => false,
    }
}

/// What an old key with a fraction may hold: it is rounded to an amount in an `int`.
fn is_int_amount(number: f64) -> bool {
    (0.0..f64::from(i32::MAX) - 0.5).contains(&number)
}

/// The text of a value with a unit; a key that takes bare seconds takes them as a number too.
fn measured_text(value: &Value, duration: Duration) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if duration.bare_seconds => Some(number.to_string()),
        _ => None,
    }
}

/// A whole number that fits, in quotes or not. Leading zeros and underscores are refused, though the loader reads them:
/// `010` would be 8.
fn whole_number(value: &Value, width: Width) -> Option<i64> {
    let number = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
            text.parse().ok().filter(|_| plain)?
        }
        _ => return None,
    };
    let fits = width == Width::Long || i32::try_from(number).is_ok();
    fits.then_some(number)
}

fn fraction(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
            text.parse().ok()
        }
        _ => None,
    }
}

/// What the loader's YAML reader takes for a boolean where one is wanted, in quotes or not.
fn is_yaml_boolean(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off"].iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

fn check_list(kind: &Kind, value: &Value) -> Result<(), WrongValue> {
    let elements = value.as_array().ok_or_else(|| wrong(expected(kind, None)))?;
    let accepted = |element: &Value| match kind {
        Kind::EnumList(words) => element.as_str().is_some_and(|text| words.contains(&text)),
        _ => is_scalar(element),
    };
    match elements.iter().position(|element| !accepted(element)) {
        None => Ok(()),
        Some(position) => Err(WrongValue { path: vec![Step::Index(position)], expected: expected_element(kind) }),
    }
}

/// Checks every value of a map and puts the name in front of the path of what is wrong.
fn each(value: &Value, kind: &Kind, check: impl Fn(&Value) -> Result<(), WrongValue>) -> Result<(), WrongValue> {
    let map = value.as_object().ok_or_else(|| wrong(expected(kind, None)))?;
    map.iter().try_for_each(|(name, element)| check(element).map_err(|wrong| below(Step::Key(name.clone()), wrong)))
}

fn below(step: Step, wrong: WrongValue) -> WrongValue {
    WrongValue { path: std::iter::once(step).chain(wrong.path).collect(), expected: wrong.expected }
}

fn check_element(kind: &Kind, element: &Value) -> Result<(), WrongValue> {
    let accepted = match kind {
        Kind::TextMap => is_scalar(element),
        Kind::IntMap => whole_number(element, Width::Int).is_some(),
        Kind::TextMaps => return each(element, &Kind::TextMap, |text| check_element(&Kind::TextMap, text)),
        _ => element.is_object(),
    };
    if accepted { Ok(()) } else { Err(wrong(expected_element(kind))) }
}

fn check_choices(names: &[&str], kind: &Kind, value: &Value) -> Result<(), WrongValue> {
    each(value, kind, |element| if element.is_object() { Ok(()) } else { Err(wrong("a map of settings")) })?;
    let map = value.as_object().expect("a value that is no map was refused in the line above");
    match map.keys().find(|name| !names.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(below(Step::Key(name.clone()), wrong(format!("one of {} as the name", names.join(", "))))),
    }
}

/// A class as a map, with these keys allowed and those required. Parameters are a map here.
fn check_class(value: &Value, allowed: &[&str], required: &[&str]) -> Result<(), WrongValue> {
    let shape = format!("a map with {}", allowed.join(", "));
    let map = value.as_object().ok_or_else(|| wrong(shape.clone()))?;
    if required.iter().any(|name| !map.contains_key(*name)) {
        return Err(wrong(shape));
    }
    map.iter().try_for_each(|(name, part)| {
        check_class_part(name, part, allowed).map_err(|wrong| below(Step::Key(name.clone()), wrong))
    })
}

fn check_class_part(name: &str, part: &Value, allowed: &[&str]) -> Result<(), WrongValue> {
    match name {
        _ if !allowed.contains(&name) => Err(wrong(format!("one of {} as the name", allowed.join(", ")))),
        "parameters" if part.is_null() => Ok(()),
        "parameters" => each(part, &Kind::TextMap, |text| check_element(&Kind::TextMap, text)),
        _ if part.is_string() => Ok(()),
        _ => Err(wrong("the name of a class or configuration, a text")),
    }
}

/// A class in the form of the shipped cassandra.yaml: a list of one map, in which the parameters are a list of one map, or
/// of nothing, too. The loader does not convert there; what reads a number for a text is [`check_texts`].
fn check_class_list(kind: &Kind, value: &Value) -> Result<(), WrongValue> {
    let elements = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let [Value::Object(class)] = elements else { return Err(wrong(expected(kind, None))) };
    check_listed_class(class, kind).map_err(|wrong| below(Step::Index(0), wrong))
}

fn check_listed_class(class: &Map<String, Value>, kind: &Kind) -> Result<(), WrongValue> {
    if !class.get("class_name").is_some_and(Value::is_string) {
        return Err(wrong(expected(kind, None)));
    }
    if let Some(name) = class.keys().find(|name| *name != "class_name" && *name != "parameters") {
        return Err(below(Step::Key(name.clone()), wrong("class_name or parameters as the name")));
    }
    let is_map = |element: &Value| element.as_object().is_some_and(|map| map.values().all(is_scalar));
    match class.get("parameters").map(|parameters| parameters.as_array().map(Vec::as_slice)) {
        None => Ok(()),
        Some(Some([only])) if only.is_null() || is_map(only) => Ok(()),
        Some(_) => Err(below(Step::Key("parameters".into()), wrong("a list of one map"))),
    }
}

/// A provider of keys reads its parameters as texts (`JKSKeyProvider`): in the list form, where nothing is converted, a
/// number keeps Cassandra from starting.
fn check_texts(key: &Key, value: &Value) -> Result<(), WrongValue> {
    let parameters = value.get(0).and_then(|class| class.get("parameters")?.get(0)?.as_object());
    let other = parameters.into_iter().flatten().find(|(_, parameter)| !parameter.is_string());
    match other.filter(|_| key.name.ends_with("key_provider")) {
        None => Ok(()),
        Some((name, _)) => {
            let path = [Step::Index(0), Step::Key("parameters".into()), Step::Index(0), Step::Key(name.clone())];
            Err(WrongValue { path: path.into(), expected: "a text in quotes".into() })
        }
    }
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::Minor;
    use serde_json::json;

    use super::*;
    use crate::config_keys::table;

    fn check(minor: Minor, name: &str, value: &Value) -> Result<(), WrongValue> {
        check_value(table(minor).get(name).expect("the test's key is in the table"), value)
    }

    fn accepts(minor: Minor, name: &str, values: &[Value]) {
        for value in values {
            assert_eq!(check(minor, name, value), Ok(()), "{minor} {name}: {value}");
        }
    }

    fn refuses(minor: Minor, name: &str, values: &[Value]) {
        for value in values {
            assert!(check(minor, name, value).is_err(), "{minor} {name}: {value}");
        }
    }

    /// Observed on the loaders of Cassandra 4.0.19, 4.1.10 and 5.0.9.
    #[test]
    fn numbers_may_stand_in_quotes_and_must_fit() {
        accepts(Minor::V4_1, "num_tokens", &[json!(16), json!("16"), json!(null), json!(-5), json!("+5")]);
        let refused =
            [json!(" 16"), json!(16.0), json!(""), json!(true), json!(3_000_000_000_i64), json!("16s"), json!([])];
        refuses(Minor::V4_1, "num_tokens", &refused);
        refuses(Minor::V4_1, "native_transport_port", &[json!(null)]);
        accepts(Minor::V4_1, "native_transport_max_concurrent_connections", &[json!(3_000_000_000_i64)]);
        accepts(Minor::V4_1, "dynamic_snitch_badness_threshold", &[json!(1), json!(0.5), json!("1.5")]);
        refuses(Minor::V4_1, "dynamic_snitch_badness_threshold", &[json!("x"), json!(null), json!("")]);
    }

    #[test]
    fn booleans_and_enums_are_words() {
        accepts(Minor::V4_0, "auto_bootstrap", &[json!(true), json!("yes"), json!("Off")]);
        refuses(Minor::V4_0, "auto_bootstrap", &[json!("y"), json!(1), json!(null)]);
        accepts(Minor::V4_0, "disk_failure_policy", &[json!("stop")]);
        refuses(Minor::V4_0, "disk_failure_policy", &[json!("STOP"), json!(null), json!("stopp")]);
        accepts(Minor::V4_1, "read_consistency_levels_warned", &[json!(["ONE", "ALL"]), json!([])]);
        refuses(Minor::V4_1, "read_consistency_levels_warned", &[json!(["one"]), json!("ONE")]);
    }

    #[test]
    fn new_names_want_a_unit_and_old_names_want_none() {
        accepts(Minor::V4_1, "read_request_timeout", &[json!("5s"), json!("1d")]);
        refuses(
            Minor::V4_1,
            "read_request_timeout",
            &[json!(5000), json!("5000"), json!(0), json!("5000us"), json!(null)],
        );
        accepts(Minor::V4_1, "read_request_timeout_in_ms", &[json!(5000), json!("5000")]);
        refuses(Minor::V4_1, "read_request_timeout_in_ms", &[json!("5s"), json!(-1), json!(null), json!(5000.5)]);
        accepts(Minor::V4_1, "permissions_update_interval_in_ms", &[json!(-1)]);
        refuses(Minor::V4_1, "permissions_update_interval_in_ms", &[json!(-2), json!(null)]);
        accepts(Minor::V4_0, "permissions_validity_in_ms", &[json!(-1)]);
        refuses(Minor::V4_1, "permissions_validity_in_ms", &[json!(-1)]);
        accepts(Minor::V5_0, "key_cache_save_period", &[json!("4h"), json!(14400), json!("14400")]);
        refuses(Minor::V5_0, "key_cache_save_period", &[json!(-1), json!("100ms")]);
        accepts(Minor::V5_0, "sstable_preemptive_open_interval", &[json!(null), json!("50MiB")]);
    }

    #[test]
    fn a_class_is_a_map_or_the_old_list_and_a_bare_name_since_5_0() {
        let map = json!({"class_name": "x", "parameters": {"seeds": "a", "n": 1}});
        let list = json!([{"class_name": "x", "parameters": [{"seeds": "a", "n": 1}]}]);
        let empty_list = json!([{"class_name": "x", "parameters": [null]}]);
        accepts(
            Minor::V3_11,
            "seed_provider",
            &[map, list, empty_list, json!({"class_name": "x", "parameters": null}), json!(null)],
        );
        let refused = [
            json!([{"class_name": "x", "parameters": {"seeds": "a"}}]),
            json!({"class_name": "x", "parameters": [{"seeds": "a"}]}),
            json!({"class_name": "x", "parameters": {"seeds": {"a": 1}}}),
            json!({"class_name": "x", "foo": 1}),
            json!([{"class_name": "x", "parameters": []}]),
            json!([{"class_name": 12}]),
            json!([]),
        ];
        refuses(Minor::V5_0, "seed_provider", &refused);
        refuses(Minor::V4_1, "seed_provider", &[json!("x")]);
        accepts(Minor::V5_0, "authenticator", &[json!("PasswordAuthenticator"), json!({"class_name": "x"})]);
        refuses(Minor::V4_1, "authenticator", &[json!({"class_name": "x"})]);
    }

    #[test]
    fn maps_are_checked_to_their_last_level() {
        accepts(Minor::V4_1, "memtable", &[json!(null), json!({})]);
        let configurations = json!({"trie": {"class_name": "TrieMemtable"}, "default": {"inherits": "trie"}});
        accepts(Minor::V4_1, "memtable.configurations", &[configurations]);
        refuses(Minor::V4_1, "memtable.configurations", &[json!({"default": "x"}), json!({"default": {"foo": "x"}})]);
        accepts(Minor::V4_1, "startup_checks", &[json!({"check_rack": {"enabled": true}})]);
        refuses(Minor::V4_1, "startup_checks", &[json!({"foo": {}}), json!({"check_rack": 1})]);
        accepts(Minor::V5_0, "sstable.format", &[json!({"bti": {"row_index_granularity": "4KiB"}})]);
        refuses(Minor::V5_0, "sstable.format", &[json!({"bti": 4}), json!({"bti": {"a": null}})]);
    }

    #[test]
    fn a_refusal_says_what_is_expected_and_where() {
        let wrong = |name, value| check(Minor::V4_1, name, &value).expect_err("the value is refused");
        let timeout = wrong("read_request_timeout", json!(5000));
        assert_eq!(timeout.expected, "a duration with a unit (ms, s, m, h or d), such as 5000ms or 5s");
        let directories = wrong("data_file_directories", json!(["a", null]));
        assert_eq!((directories.path, directories.expected.as_str()), (vec![Step::Index(1)], "a text"));
        let port = wrong("native_transport_port", json!(null));
        assert_eq!(port.expected, "a whole number up to 2147483647; null is not allowed");
        let hints = wrong("hints_compression", json!([{"class_name": "x", "parameters": [1]}]));
        assert_eq!(hints.path, [Step::Index(0), Step::Key("parameters".into())]);
        let keys = json!([{"class_name": "x", "parameters": [{"key_password": 1}]}]);
        assert_eq!(wrong("transparent_data_encryption_options.key_provider", keys).path.len(), 4);
    }
}

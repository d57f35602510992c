//! Random `cassandra.config` maps for a minor, the same in every run: keys of its own table and a few that are not, with
//! values of the right kind near their bounds, and a share of wrong ones.

use cassc_cassandra::config_keys::{Key, Kind, Smallest, StorageUnit, TimeUnit, table};
use cassc_ring::release::{MINORS, Minor};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Map, Value, json};

/// Draws from a fixed seed.
struct Dice(TestRng);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        let drawn = usize::try_from(self.0.next_u32()).expect("a machine word holds 32 bits");
        drawn % count
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

/// As many configurations as asked for.
pub(super) fn configurations(minor: Minor, count: usize) -> Vec<Map<String, Value>> {
    let mut dice = Dice(TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    (0..count).map(|_| configuration(&mut dice, minor)).collect()
}

/// Up to four keys. Neighbors in the alphabet often depend on each other.
fn configuration(dice: &mut Dice, minor: Minor) -> Map<String, Value> {
    let keys = table(minor).keys();
    let first = dice.below(keys.len());
    let mut chosen = vec![&keys[first]];
    for _ in 0..dice.below(4) {
        let near = (first + dice.below(9)).saturating_sub(4).min(keys.len() - 1);
        let position = if dice.percent(60) { near } else { dice.below(keys.len()) };
        chosen.push(&keys[position]);
    }
    let old = chosen[0].replaced_by.filter(|_| dice.percent(25));
    chosen.extend(old.and_then(|replacement| table(minor).get(replacement.name)));
    let mut config = Map::new();
    for key in chosen {
        let (name, value) = (key.name.to_owned(), value(dice, key));
        place(dice, &mut config, &name, value);
    }
    if dice.percent(8) {
        let (name, value) = foreign(dice);
        place(dice, &mut config, &name, value);
    }
    config
}

/// A key of any minor, now and then with a slip in its name.
fn foreign(dice: &mut Dice) -> (String, Value) {
    let minor = dice.one_of(&MINORS);
    let keys = table(minor).keys();
    let key = &keys[dice.below(keys.len())];
    let slip = if dice.percent(30) { "s" } else { "" };
    (format!("{}{slip}", key.name), value(dice, key))
}

/// Nested keys stand below their object, now and then flat.
fn place(dice: &mut Dice, config: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.').filter(|_| !dice.percent(15)) {
        None => drop(config.insert(name.to_owned(), value)),
        Some((first, rest)) => {
            let object = config.entry(first).or_insert_with(|| json!({}));
            if let Value::Object(object) = object {
                place(dice, object, rest, value);
            }
        }
    }
}

/// Mostly of the right kind, in one of five draws anything.
fn value(dice: &mut Dice, key: &Key) -> Value {
    // A number with an exponent is no number to cassc (E011).
    let default = key.default.clone().filter(|default| !default.to_string().contains('e') || !default.is_number());
    if let Some(default) = default.filter(|_| dice.percent(15)) {
        return default;
    }
    let choices = if dice.percent(80) { of_kind(dice, &key.kind) } else { anything() };
    dice.one_of(&choices)
}

fn anything() -> Vec<Value> {
    let values = json!([null, true, "no", "x", "", 5, "5", -1, 0, 5.5, 3_000_000_000_i64, "5ms", "5s", "1h", "5B", "5MiB",
        "5MiB/s", [], ["a"], [1], {}, {"a": "b"}, {"a": {"b": "c"}}, {"class_name": "x"}, [{"class_name": "x"}]]);
    values.as_array().cloned().unwrap_or_default()
}

fn of_kind(dice: &mut Dice, kind: &Kind) -> Vec<Value> {
    let values = match kind {
        Kind::Int(_) | Kind::Attempts => {
            json!([0, 1, 2, 3, 8, 16, 64, 1000, 2_147_483_647, -1, "16", -2, 3_000_000_000_i64])
        }
        Kind::Double => json!([0, 0.05, 0.5, 1, 1.5, 8, 17, "0.5", -1, 100]),
        Kind::Bool => json!([true, false, true, false, "true", "off"]),
        Kind::Text => json!(["x", "x", 5, true, ""]),
        Kind::Enum(words) => json!(words),
        Kind::EnumList(words) => json!([[], [words[0]], [words[0], words[1]], ["x"], words[0]]),
        Kind::Duration(duration) => return amounts(dice, TimeUnit::ALL, duration.smallest),
        Kind::DataStorage(storage) => return amounts(dice, StorageUnit::ALL, storage.smallest),
        Kind::DataRate => json!(["24MiB/s", "1KiB/s", "0MiB/s", "5B/s", "1MiB", 24, "2147483647MiB/s"]),
        Kind::ParameterizedClass { .. } => {
            json!([{"class_name": "LZ4Compressor"}, [{"class_name": "SnappyCompressor"}],
            {"class_name": "DeflateCompressor", "parameters": {"a": 1}}, "LZ4Compressor", {"class_name": "Nonsense"}])
        }
        Kind::MemtableConfigurations => {
            json!([{"default": {"class_name": "SkipListMemtable"}}, {"a": {"inherits": "b"}},
            {"a": {"class_name": "TrieMemtable", "parameters": {"shards": 4}}, "default": {"inherits": "a"}}])
        }
        Kind::TextList => json!([["a"], [], ["a", "b"], ["a", 1], "a"]),
        Kind::TextMap => json!([{"a": "b"}, {}, {"a": 1}, {"a": null}]),
        Kind::IntMap => json!([{"a": 1}, {}, {"a": "x"}]),
        Kind::TextMaps => {
            json!([{"big": {"a": "b"}}, {}, {"bti": {"row_index_granularity": "4KiB"}}, {"a": {"b": "c"}}])
        }
        Kind::Choices(words) => json!([{words[0]: {"enabled": true}}, {words[1]: {"enabled": false}}, {}, {"x": {}}]),
        Kind::ObjectsLike(_) => {
            json!([{"full": {"enabled": true}}, {"incremental": {"enabled": false}}, {}, {"x": {}}])
        }
        Kind::Object => json!([{}, {}, null]),
    };
    values.as_array().cloned().unwrap_or_default()
}

/// Amounts around what the key can hold, with its own and other units.
fn amounts<U: Smallest>(dice: &mut Dice, units: &[U], smallest: U) -> Vec<Value> {
    let allowed: Vec<U> = units.iter().copied().filter(|unit| *unit >= smallest).collect();
    let unit = if dice.percent(90) { dice.one_of(&allowed) } else { dice.one_of(units) };
    let amount = |number: &str| json!(format!("{number}{}", unit.symbol()));
    let usual = ["1", "2", "5", "10", "100", "1000"].map(amount);
    let odd = ["0", "2147483646", "2147483647", "9223372036854775807", "-1", "1.5"].map(amount);
    let chosen = if dice.percent(75) { usual } else { odd };
    chosen.into_iter().collect()
}

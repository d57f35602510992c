//! How the value of an old key becomes the value of the new one and back: `read_request_timeout_in_ms: 5000` is
//! `read_request_timeout: 5000ms`. After org.apache.cassandra.config.Converters of 4.1 and 5.0. Called by the value
//! check (an old key refuses what cannot be converted) and by the suggestions for renamed keys.

use serde::Deserialize;
use serde_json::Value;

use super::measure::{DataStorage, Duration, StorageUnit, TimeUnit, Width, read_rate};

/// A conversion by its name upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Converter {
    /// The value stays.
    Identity,
    /// A whole number stays.
    IntegerPrimitiveLong,
    /// Milliseconds in an `int`.
    MillisDurationInt,
    /// Milliseconds in a `long`.
    MillisDurationLong,
    /// Milliseconds with a fraction, which is rounded.
    MillisDurationDouble,
    /// Milliseconds; -1 becomes null.
    MillisCustomDuration,
    /// Seconds.
    SecondsDuration,
    /// Seconds; a negative number becomes 0.
    NegativeSecondsDuration,
    /// Minutes; -1 becomes null.
    MinutesCustomDuration,
    /// Mebibytes in an `int`.
    MebibytesDataStorageInt,
    /// Mebibytes in a `long`.
    MebibytesDataStorageLong,
    /// Mebibytes; a negative number becomes null.
    NegativeMebibytesDataStorageInt,
    /// Mebibytes for a key that now counts bytes.
    LongBytesDatastorageMebibytesInt,
    /// An amount of data for a key that now counts bytes.
    LongBytesDatastorageMebibytesDatastorage,
    /// Kibibytes.
    KibibytesDatastorage,
    /// Bytes in an `int`.
    BytesDatastorage,
    /// Bytes; -1 becomes null.
    BytesCustomDatastorage,
    /// Mebibytes per second.
    MebibytesPerSecondDataRate,
    /// Megabits per second, for a key that now counts bytes.
    MegabitsToBytesPerSecondDataRate,
    /// The number of keyspaces, from which Cassandra now subtracts its own.
    KeyspaceCountThresholdToGuardrail,
    /// The number of tables, from which Cassandra now subtracts its own.
    TableCountThresholdToGuardrail,
}

/// What an old number counts and how it is written today.
enum Measure {
    /// The number with this unit behind it.
    Unit(&'static str),
    /// Like `Unit`; a number below zero means this.
    UnitOr(&'static str, BelowZero),
    /// Megabits per second.
    Megabits,
    /// The value itself.
    Same,
    /// Nothing simple.
    Counted,
}

/// What an old number below zero stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BelowZero {
    /// Only -1 is accepted and becomes null.
    MinusOneIsNull,
    /// Any becomes null.
    Null,
    /// Any becomes 0.
    Zero,
}

/// Bytes in a megabit (`BYTES_PER_MEGABIT` in `DataRateSpec`).
const BYTES_PER_MEGABIT: u64 = 125_000;

impl Converter {
    fn measure(self) -> Measure {
        match self {
            Self::Identity | Self::IntegerPrimitiveLong | Self::LongBytesDatastorageMebibytesDatastorage => {
                Measure::Same
            }
            Self::MillisDurationInt | Self::MillisDurationLong | Self::MillisDurationDouble => Measure::Unit("ms"),
            Self::MillisCustomDuration => Measure::UnitOr("ms", BelowZero::MinusOneIsNull),
            Self::SecondsDuration => Measure::Unit("s"),
            Self::NegativeSecondsDuration => Measure::UnitOr("s", BelowZero::Zero),
            Self::MinutesCustomDuration => Measure::UnitOr("m", BelowZero::MinusOneIsNull),
            Self::MebibytesDataStorageInt | Self::MebibytesDataStorageLong | Self::LongBytesDatastorageMebibytesInt => {
                Measure::Unit("MiB")
            }
            Self::NegativeMebibytesDataStorageInt => Measure::UnitOr("MiB", BelowZero::Null),
            Self::KibibytesDatastorage => Measure::Unit("KiB"),
            Self::BytesDatastorage => Measure::Unit("B"),
            Self::BytesCustomDatastorage => Measure::UnitOr("B", BelowZero::MinusOneIsNull),
            Self::MebibytesPerSecondDataRate => Measure::Unit("MiB/s"),
            Self::MegabitsToBytesPerSecondDataRate => Measure::Megabits,
            Self::KeyspaceCountThresholdToGuardrail | Self::TableCountThresholdToGuardrail => Measure::Counted,
        }
    }

    /// Whether Cassandra refuses numbers below zero for the old key, and below -1 where -1 has a meaning.
    pub(super) fn lowest(self) -> Option<i64> {
        match self.measure() {
            Measure::Unit(_) | Measure::Megabits => Some(0),
            Measure::UnitOr(_, BelowZero::MinusOneIsNull) => Some(-1),
            Measure::UnitOr(..) | Measure::Same | Measure::Counted => None,
        }
    }

    /// The highest number that Cassandra accepts for the old key: an amount with a unit excludes the largest number of
    /// the Java type that holds it.
    pub(super) fn highest(self) -> i64 {
        match (self, self.measure()) {
            (_, Measure::Same | Measure::Counted) => i64::MAX,
            (Self::MillisDurationLong | Self::MebibytesDataStorageLong | Self::BytesCustomDatastorage, _) => {
                i64::MAX - 1
            }
            _ => i64::from(i32::MAX) - 1,
        }
    }

    /// The value for the new key that means the same, `None` when no simple one exists.
    pub fn new_value(self, old: &Value) -> Option<Value> {
        let measure = self.measure();
        match measure {
            Measure::Same => Some(old.clone()),
            Measure::Counted => None,
            Measure::Megabits => {
                let megabits = u64::try_from(whole_number(old)?).ok()?;
                Some(format!("{}B/s", megabits.checked_mul(BYTES_PER_MEGABIT)?).into())
            }
            Measure::Unit(unit) => non_negative(whole_number(old)?, unit),
            Measure::UnitOr(unit, below_zero) => match (whole_number(old)?, below_zero) {
                (-1, BelowZero::MinusOneIsNull) | (..0, BelowZero::Null) => Some(Value::Null),
                (..0, BelowZero::Zero) => non_negative(0, unit),
                (number, _) => non_negative(number, unit),
            },
        }
    }

    /// The value for the old key that means the same as a new one, `None` when no simple one exists:
    /// `5s` is 5000 milliseconds, but `1ms` is no whole number of seconds.
    pub fn old_value(self, new: &Value) -> Option<Value> {
        if new.is_null() {
            let Measure::UnitOr(_, BelowZero::MinusOneIsNull | BelowZero::Null) = self.measure() else { return None };
            return Some((-1).into());
        }
        match self.measure() {
            Measure::Same => Some(new.clone()),
            Measure::Counted => None,
            Measure::Megabits => exact_division(read_rate(new.as_str()?)?, BYTES_PER_MEGABIT),
            Measure::Unit("MiB/s") => exact_division(read_rate(new.as_str()?)?, 1 << 20),
            Measure::Unit(unit) | Measure::UnitOr(unit, _) => Some(count(new.as_str()?, unit)?.into()),
        }
    }
}

/// How many of a unit a new value stands for, when that is a whole number.
fn count(text: &str, unit: &str) -> Option<u64> {
    let (nanoseconds, bytes) = (TimeUnit::Nanoseconds, StorageUnit::Bytes);
    let duration = Duration { smallest: nanoseconds, width: Width::Long, bare_seconds: false };
    let storage = DataStorage { smallest: bytes, width: Width::Long };
    let (amount, size) = match unit {
        "ms" => (duration.read(text)?, 1_000_000),
        "s" => (duration.read(text)?, 1_000_000_000),
        "m" => (duration.read(text)?, 60_000_000_000),
        "MiB" => (storage.read(text)?, 1 << 20),
        "KiB" => (storage.read(text)?, 1 << 10),
        _ => (storage.read(text)?, 1),
    };
    amount.is_multiple_of(size).then(|| amount / size)
}

fn exact_division(amount: u64, size: u64) -> Option<Value> {
    amount.is_multiple_of(size).then(|| (amount / size).into())
}

fn non_negative(number: i64, unit: &str) -> Option<Value> {
    (number >= 0).then(|| format!("{number}{unit}").into())
}

/// A whole number, in quotes or not; a fraction is not converted.
fn whole_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn old_numbers_get_their_unit() {
        let cases = [
            (Converter::MillisDurationLong, json!(5000), json!("5000ms")),
            (Converter::MillisDurationInt, json!("5000"), json!("5000ms")),
            (Converter::SecondsDuration, json!(3), json!("3s")),
            (Converter::MebibytesDataStorageInt, json!(32), json!("32MiB")),
            (Converter::BytesDatastorage, json!(0), json!("0B")),
            (Converter::MebibytesPerSecondDataRate, json!(64), json!("64MiB/s")),
            (Converter::MegabitsToBytesPerSecondDataRate, json!(200), json!("25000000B/s")),
            (Converter::Identity, json!(true), json!(true)),
        ];
        for (converter, old, new) in cases {
            assert_eq!(converter.new_value(&old), Some(new), "{converter:?}");
        }
    }

    #[test]
    fn numbers_below_zero_mean_what_they_meant() {
        assert_eq!(Converter::MillisCustomDuration.new_value(&json!(-1)), Some(Value::Null));
        assert_eq!(Converter::MillisCustomDuration.new_value(&json!(-2)), None);
        assert_eq!(Converter::NegativeMebibytesDataStorageInt.new_value(&json!(-7)), Some(Value::Null));
        assert_eq!(Converter::NegativeSecondsDuration.new_value(&json!(-7)), Some(json!("0s")));
        assert_eq!(Converter::MillisDurationInt.new_value(&json!(-1)), None);
    }

    #[test]
    fn new_values_become_old_numbers_only_when_nothing_is_lost() {
        assert_eq!(Converter::MillisDurationInt.old_value(&json!("5s")), Some(json!(5000)));
        assert_eq!(Converter::SecondsDuration.old_value(&json!("1500ms")), None);
        assert_eq!(Converter::MebibytesDataStorageLong.old_value(&json!("1GiB")), Some(json!(1024)));
        assert_eq!(Converter::MebibytesPerSecondDataRate.old_value(&json!("64MiB/s")), Some(json!(64)));
        assert_eq!(Converter::MegabitsToBytesPerSecondDataRate.old_value(&json!("24MiB/s")), None);
        assert_eq!(Converter::MinutesCustomDuration.old_value(&Value::Null), Some(json!(-1)));
        assert_eq!(Converter::TableCountThresholdToGuardrail.old_value(&json!(100)), None);
    }
}

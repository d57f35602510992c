//! Cassandra's values with a unit, since 4.1: durations (`5s`), amounts of data (`16MiB`) and data rates (`24MiB/s`),
//! after org.apache.cassandra.config `DurationSpec`, `DataStorageSpec` and `DataRateSpec`. Called by the value check
//! and by the conversion between old and new keys.

/// How wide the Java field is that holds the amount in its smallest unit; the largest value of the type is excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A Java `int`: less than 2147483647.
    Int,
    /// A Java `long`: less than 9223372036854775807.
    Long,
}

impl Width {
    /// The first amount that is too large.
    pub fn limit(self) -> u64 {
        match self {
            Self::Int => i32::MAX.unsigned_abs().into(),
            Self::Long => i64::MAX.unsigned_abs(),
        }
    }
}

/// A unit of time that Cassandra reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeUnit {
    /// `ns`.
    Nanoseconds,
    /// `us` or `µs`.
    Microseconds,
    /// `ms`.
    Milliseconds,
    /// `s`.
    Seconds,
    /// `m`.
    Minutes,
    /// `h`.
    Hours,
    /// `d`.
    Days,
}

/// A unit of data that Cassandra reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageUnit {
    /// `B`.
    Bytes,
    /// `KiB`.
    Kibibytes,
    /// `MiB`.
    Mebibytes,
    /// `GiB`.
    Gibibytes,
}

/// A family of units: its symbols and their sizes, smallest first.
pub trait Smallest: Copy + Ord + Sized + 'static {
    /// Every unit, smallest first.
    const ALL: &'static [Self];

    /// How the unit is written.
    fn symbol(self) -> &'static str;

    /// How many of the family's smallest unit one of this unit is.
    fn size(self) -> u64;

    /// The unit that a symbol names; case matters.
    fn from_symbol(symbol: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.symbol() == symbol)
    }
}

impl Smallest for TimeUnit {
    const ALL: &'static [Self] = &[
        Self::Nanoseconds,
        Self::Microseconds,
        Self::Milliseconds,
        Self::Seconds,
        Self::Minutes,
        Self::Hours,
        Self::Days,
    ];

    fn symbol(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
        }
    }

    fn size(self) -> u64 {
        match self {
            Self::Nanoseconds => 1,
            Self::Microseconds => 1_000,
            Self::Milliseconds => 1_000_000,
            Self::Seconds => 1_000_000_000,
            Self::Minutes => 60_000_000_000,
            Self::Hours => 3_600_000_000_000,
            Self::Days => 86_400_000_000_000,
        }
    }

    fn from_symbol(symbol: &str) -> Option<Self> {
        if symbol == "µs" {
            return Some(Self::Microseconds);
        }
        Self::ALL.iter().copied().find(|unit| unit.symbol() == symbol)
    }
}

impl Smallest for StorageUnit {
    const ALL: &'static [Self] = &[Self::Bytes, Self::Kibibytes, Self::Mebibytes, Self::Gibibytes];

    fn symbol(self) -> &'static str {
        match self {
            Self::Bytes => "B",
            Self::Kibibytes => "KiB",
            Self::Mebibytes => "MiB",
            Self::Gibibytes => "GiB",
        }
    }

    fn size(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::Kibibytes => 1 << 10,
            Self::Mebibytes => 1 << 20,
            Self::Gibibytes => 1 << 30,
        }
    }
}

/// What a duration key accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    /// Smaller units are refused, even where the amount would be a whole number of this one.
    pub smallest: TimeUnit,
    /// The bound, in the smallest unit.
    pub width: Width,
    /// Whether a bare number of seconds is accepted too: only the three `…_cache_save_period` keys, whose name did not
    /// change when units came.
    pub bare_seconds: bool,
}

/// What a key for an amount of data accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataStorage {
    /// Smaller units are refused, even where the amount would be a whole number of this one.
    pub smallest: StorageUnit,
    /// The bound, in the smallest unit.
    pub width: Width,
}

impl Duration {
    /// The number of the key's smallest unit that a text stands for, `None` when Cassandra would refuse the text.
    pub fn read(self, text: &str) -> Option<u64> {
        match bare_number(text) {
            Some(seconds) if self.bare_seconds => within(u128::from(seconds), self.width),
            _ => read_measure(text, self.smallest, self.width),
        }
    }
}

impl DataStorage {
    /// The number of the key's smallest unit that a text stands for, `None` when Cassandra would refuse the text.
    pub fn read(self, text: &str) -> Option<u64> {
        read_measure(text, self.smallest, self.width)
    }
}

/// The bytes per second that a text stands for, `None` when Cassandra would refuse the text. There is no `GiB/s`.
pub fn read_rate(text: &str) -> Option<u64> {
    let storage = DataStorage { smallest: StorageUnit::Bytes, width: Width::Long };
    storage.read(text.strip_suffix("/s").filter(|amount| !amount.ends_with("GiB"))?)
}

/// Digits and a unit, nothing between, nothing else. Upstream has a rule that lets 0 go without a unit, but only within
/// Java: the real loaders of 4.1.10 and 5.0.9 refuse `commitlog_segment_size: 0`.
fn read_measure<Unit: Smallest>(text: &str, smallest: Unit, width: Width) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, symbol) = text.split_at(digits);
    let amount = bare_number(number)?;
    let unit = Unit::from_symbol(symbol).filter(|unit| *unit >= smallest)?;
    within(u128::from(amount) * u128::from(unit.size() / smallest.size()), width)
}

/// A text of nothing but digits that fits into a Java `long`.
fn bare_number(text: &str) -> Option<u64> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only { text.parse::<i64>().ok().map(i64::unsigned_abs) } else { None }
}

fn within(amount: u128, width: Width) -> Option<u64> {
    u64::try_from(amount).ok().filter(|amount| *amount < width.limit())
}

/// The symbols of the units that are not smaller than the smallest, for a message: `ms, s, m, h or d`.
pub(super) fn accepted_symbols<Unit: Smallest>(smallest: Unit) -> String {
    let symbols: Vec<_> = Unit::ALL.iter().filter(|unit| **unit >= smallest).map(|unit| unit.symbol()).collect();
    match symbols.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLIS: Duration = Duration { smallest: TimeUnit::Milliseconds, width: Width::Long, bare_seconds: false };
    const MEBIBYTES: DataStorage = DataStorage { smallest: StorageUnit::Mebibytes, width: Width::Int };

    #[test]
    fn a_duration_is_digits_and_a_unit() {
        assert_eq!(MILLIS.read("5s"), Some(5000));
        assert_eq!(MILLIS.read("1d"), Some(86_400_000));
        for text in ["", "5", "0", "5 s", "5S", "-5s", "5.5s", "s", "5000000us", "5µs", "5w", "5ms "] {
            assert_eq!(MILLIS.read(text), None, "{text:?}");
        }
    }

    #[test]
    fn micro_has_two_spellings() {
        let micros = Duration { smallest: TimeUnit::Microseconds, ..MILLIS };
        assert_eq!(micros.read("7µs"), micros.read("7us"));
    }

    #[test]
    fn the_largest_number_of_the_java_type_is_excluded() {
        assert_eq!(MILLIS.read("9223372036854775806ms"), Some(9_223_372_036_854_775_806));
        for text in ["9223372036854775807ms", "92233720368547758080ms", "9223372036854775806d"] {
            assert_eq!(MILLIS.read(text), None, "{text}");
        }
        assert_eq!(MEBIBYTES.read("2147483646MiB"), Some(2_147_483_646));
        assert_eq!(MEBIBYTES.read("2147483647MiB"), None);
        assert_eq!(MEBIBYTES.read("2097152GiB"), None);
    }

    #[test]
    fn data_never_goes_below_the_keys_unit() {
        assert_eq!(MEBIBYTES.read("1GiB"), Some(1024));
        for text in ["32", "0", "32KiB", "32768KiB", "32MB", "1TiB", "1gib"] {
            assert_eq!(MEBIBYTES.read(text), None, "{text}");
        }
    }

    #[test]
    fn rates_stop_at_mebibytes() {
        assert_eq!(read_rate("64MiB/s"), Some(64 << 20));
        assert_eq!(read_rate("1B/s"), Some(1));
        for text in ["64", "0", "1GiB/s", "64MiB", "64MB/s", "/s"] {
            assert_eq!(read_rate(text), None, "{text}");
        }
    }

    #[test]
    fn only_cache_save_periods_take_bare_seconds() {
        let period = Duration { smallest: TimeUnit::Seconds, width: Width::Int, bare_seconds: true };
        assert_eq!(period.read("14400"), period.read("4h"));
        assert_eq!(period.read("-1"), None);
        assert_eq!(period.read("100ms"), None);
    }

    #[test]
    fn symbols_read_as_a_list() {
        assert_eq!(accepted_symbols(TimeUnit::Seconds), "s, m, h or d");
        assert_eq!(accepted_symbols(StorageUnit::Gibibytes), "GiB");
    }
}

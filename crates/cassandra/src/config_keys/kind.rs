//! What a key of cassandra.yaml holds: Java's type name (and the enum constants) in, a [`Kind`] out.
//! Called when a table is read.

use super::measure::{DataStorage, Duration, StorageUnit, TimeUnit, Width};

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number, `int` or `long`.
    Int(Width),
    /// A whole number of attempts, at least 1, an `int`.
    Attempts,
    /// A number with a fraction.
    Double,
    /// `true` or `false`.
    Bool,
    /// A text.
    Text,
    /// One of these words; case matters.
    Enum(Vec<&'static str>),
    /// A list of these words; case matters.
    EnumList(Vec<&'static str>),
    /// A duration with a unit.
    Duration(Duration),
    /// An amount of data with a unit.
    DataStorage(DataStorage),
    /// An amount of data per second.
    DataRate,
    /// A class with parameters: `{class_name, parameters}` or the old list form.
    ParameterizedClass {
        /// Whether the bare name of the class is enough: since 5.0.
        name_is_enough: bool,
    },
    /// Named memtable configurations: `{name: {class_name, parameters, inherits}}`.
    MemtableConfigurations,
    /// A list of texts.
    TextList,
    /// Texts by name.
    TextMap,
    /// Whole numbers by name.
    IntMap,
    /// Maps of texts by name.
    TextMaps,
    /// Maps by one of these names.
    Choices(Vec<&'static str>),
    /// Objects by name, each with the same keys as this nested object.
    ObjectsLike(&'static str),
    /// A nested object, whose keys are in the table with a dot.
    Object,
}

/// The kind of a Java type as the tables name it. `values` are the constants of an enum.
pub(super) fn from_java(java_type: &'static str, values: &[&'static str], bare_seconds: bool, since_5_0: bool) -> Kind {
    match java_type {
        "int" | "Integer" => Kind::Int(Width::Int),
        "long" | "Long" => Kind::Int(Width::Long),
        "RetrySpec.MaxAttempt" => Kind::Attempts,
        "double" | "Double" | "Float" => Kind::Double,
        "boolean" | "Boolean" => Kind::Bool,
        "String" => Kind::Text,
        "String[]" | "List<String>" | "Set<String>" | "Set<SubnetGroups.Group>" => Kind::TextList,
        "Set<ConsistencyLevel>" => Kind::EnumList(values.to_vec()),
        "Map<String, String>" => Kind::TextMap,
        "Map<String, Integer>" => Kind::IntMap,
        "Map<String, Map<String, String>>" => Kind::TextMaps,
        "LinkedHashMap<String, InheritingClass>" => Kind::MemtableConfigurations,
        "Map<StartupChecks.StartupCheckType, Map<String, Object>>" => Kind::Choices(values.to_vec()),
        "Map<String, AutoRepairConfig.Options>" => Kind::ObjectsLike("auto_repair.global_settings"),
        "ParameterizedClass" => Kind::ParameterizedClass { name_is_enough: since_5_0 },
        "DataRateSpec.LongBytesPerSecondBound" => Kind::DataRate,
        _ if !values.is_empty() => Kind::Enum(values.to_vec()),
        _ => measured(java_type, bare_seconds).unwrap_or(Kind::Object),
    }
}

/// The kind of a bound such as `DurationSpec.IntMillisecondsBound`, `None` for any other type.
fn measured(java_type: &str, bare_seconds: bool) -> Option<Kind> {
    let (family, bound) = java_type.split_once('.')?;
    let (width, unit) = match bound.strip_suffix("Bound")? {
        int if int.starts_with("Int") => (Width::Int, &int[3..]),
        long => (Width::Long, long.strip_prefix("Long")?),
    };
    match family {
        "DurationSpec" => Some(Kind::Duration(Duration { smallest: time_unit(unit)?, width, bare_seconds })),
        "DataStorageSpec" => Some(Kind::DataStorage(DataStorage { smallest: storage_unit(unit)?, width })),
        _ => None,
    }
}

fn time_unit(name: &str) -> Option<TimeUnit> {
    match name {
        "Nanoseconds" => Some(TimeUnit::Nanoseconds),
        "Microseconds" => Some(TimeUnit::Microseconds),
        "Milliseconds" => Some(TimeUnit::Milliseconds),
        "Seconds" => Some(TimeUnit::Seconds),
        "Minutes" => Some(TimeUnit::Minutes),
        _ => None,
    }
}

fn storage_unit(name: &str) -> Option<StorageUnit> {
    match name {
        "Bytes" => Some(StorageUnit::Bytes),
        "Kibibytes" => Some(StorageUnit::Kibibytes),
        "Mebibytes" => Some(StorageUnit::Mebibytes),
        _ => None,
    }
}

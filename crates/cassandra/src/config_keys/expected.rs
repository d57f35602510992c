//! What a key accepts, in words for people. Called by [`super::value`] for complaints.

use super::{
    convert::Converter,
    kind::Kind,
    measure::{Duration, Smallest as _, Width, accepted_symbols},
};

/// What a key accepts, for people.
pub(super) fn expected(kind: &Kind, converter: Option<Converter>) -> String {
    match kind {
        Kind::Int(width) => expected_number(*width, converter),
        Kind::Attempts => "a whole number, at least 1".into(),
        Kind::Double => "a number".into(),
        Kind::Bool => "true or false".into(),
        Kind::Text => "a text".into(),
        Kind::Enum(words) => format!("one of {}", words.join(", ")),
        Kind::EnumList(words) => format!("a list of {}", words.join(", ")),
        Kind::Duration(duration) => expected_duration(*duration),
        Kind::DataStorage(storage) => {
            let unit = accepted_symbols(storage.smallest);
            format!(
                "an amount of data with a unit ({unit}), such as 64MiB, below {}{}",
                storage.width.limit(),
                storage.smallest.symbol()
            )
        }
        Kind::DataRate => "a data rate with a unit (B/s, KiB/s or MiB/s), such as 24MiB/s".into(),
        Kind::ParameterizedClass { name_is_enough } => {
            let name = if *name_is_enough { "the name of a class, or " } else { "" };
            format!("{name}a map with class_name and parameters")
        }
        Kind::MemtableConfigurations => "a map of memtable configurations by name".into(),
        Kind::TextList => "a list of texts".into(),
        Kind::TextMap => "a map of texts".into(),
        Kind::IntMap => "a map of whole numbers".into(),
        Kind::TextMaps => "a map of maps of texts".into(),
        Kind::Choices(names) => format!("a map with {}", names.join(", ")),
        Kind::ObjectsLike(_) => "a map of objects".into(),
        Kind::Object => "an object with keys of its own".into(),
    }
}

/// What an element of a list, or a value of a map, is.
pub(super) fn expected_element(kind: &Kind) -> String {
    match kind {
        Kind::EnumList(words) => format!("one of {}", words.join(", ")),
        Kind::IntMap => "a whole number".into(),
        Kind::TextMaps => "a map of texts".into(),
        Kind::ObjectsLike(_) => "an object with keys of its own".into(),
        _ => "a text".into(),
    }
}

fn expected_number(width: Width, converter: Option<Converter>) -> String {
    let size = if width == Width::Int { "a whole number up to 2147483647" } else { "a whole number" };
    match converter.and_then(Converter::lowest) {
        Some(0) => format!("{size}, not below 0 and without a unit"),
        Some(lowest) => format!("{size}, not below {lowest} and without a unit"),
        None => size.into(),
    }
}

fn expected_duration(duration: Duration) -> String {
    use super::measure::TimeUnit::{Hours, Minutes, Seconds};
    let example = match duration.smallest {
        Seconds => "30s or 5m",
        Minutes | Hours => "60m or 1h",
        _ => "5000ms or 5s",
    };
    let bare = if duration.bare_seconds { ", or a number of seconds" } else { "" };
    format!("a duration with a unit ({}), such as {example}{bare}", accepted_symbols(duration.smallest))
}

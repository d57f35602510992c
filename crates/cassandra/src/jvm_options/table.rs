//! The embedded tables: a JDK in, its [`OptionTable`] out, read once when first asked for. Made by
//! `tests/cassandra/jvm_tables.py` from real JVMs, one option per line, sorted by name.

use std::sync::LazyLock;

use serde::Deserialize;

/// A `-XX` option of a JDK.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VmOption {
    /// Its name, without `-XX:`.
    #[serde(borrow)]
    pub name: &'static str,
    /// The type of `HotSpot`, such as `bool`, `uintx` or `ccstr`; `None` for an option that is ignored.
    #[serde(default, rename = "type", borrow)]
    pub kind: Option<&'static str>,
    /// What has to be unlocked before it can be set.
    #[serde(default)]
    pub unlock: Option<Unlock>,
    /// The smallest and the largest value; JDK 8 has no such lists.
    #[serde(default, borrow)]
    pub range: Option<(&'static str, &'static str)>,
    /// The only architecture that has it.
    #[serde(default)]
    pub only_on: Option<Architecture>,
    /// The release that deprecated it.
    #[serde(default)]
    pub deprecated_in: Option<u32>,
    /// The release from which on it has no effect.
    #[serde(default)]
    pub ignored_since: Option<u32>,
    /// Its replacement according to the JVM: another option without `-XX:`, or one that begins with `-Xlog:`.
    #[serde(default, borrow)]
    pub instead: Option<&'static str>,
}

/// What has to be unlocked before an option can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unlock {
    /// `-XX:+UnlockDiagnosticVMOptions`.
    Diagnostic,
    /// `-XX:+UnlockExperimentalVMOptions`.
    Experimental,
}

impl Unlock {
    /// The option that unlocks.
    pub fn option(self) -> &'static str {
        match self {
            Self::Diagnostic => "-XX:+UnlockDiagnosticVMOptions",
            Self::Experimental => "-XX:+UnlockExperimentalVMOptions",
        }
    }
}

/// An architecture that has options of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Architecture {
    /// Intel and AMD.
    #[serde(rename = "x86-64")]
    X86,
    /// 64-bit ARM.
    #[serde(rename = "aarch64")]
    Arm,
}

/// The options of one JDK.
#[derive(Debug)]
pub struct OptionTable {
    options: Vec<VmOption>,
}

impl OptionTable {
    /// An option by its name, without `-XX:` and sign.
    pub fn get(&self, name: &str) -> Option<&VmOption> {
        let position = self.options.binary_search_by(|option| option.name.cmp(name)).ok()?;
        self.options.get(position)
    }

    /// Every option, sorted by name.
    pub fn options(&self) -> &[VmOption] {
        &self.options
    }
}

static JDK_8: LazyLock<OptionTable> = LazyLock::new(|| read(include_str!("8.json")));
static JDK_11: LazyLock<OptionTable> = LazyLock::new(|| read(include_str!("11.json")));
static JDK_17: LazyLock<OptionTable> = LazyLock::new(|| read(include_str!("17.json")));

/// The JDKs with a table, oldest first.
pub const JDKS: [u32; 3] = [8, 11, 17];

/// The options of a JDK; `None` for one without a table.
pub fn options_of(jdk: u32) -> Option<&'static OptionTable> {
    match jdk {
        8 => Some(&JDK_8),
        11 => Some(&JDK_11),
        17 => Some(&JDK_17),
        _ => None,
    }
}

fn read(text: &'static str) -> OptionTable {
    OptionTable { options: serde_json::from_str(text).expect("the embedded tables are tested to be well-formed") }
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;
    use crate::image::jdk;

    #[test]
    fn every_jdk_of_an_image_has_a_table_that_is_sorted() {
        for jdk in MINORS.map(jdk).into_iter().chain(JDKS) {
            let options = options_of(jdk).expect("a table").options();
            assert!(options.len() > 800 && options.is_sorted_by(|one, next| one.name < next.name), "{jdk}");
        }
    }

    #[test]
    fn an_option_has_a_type_or_is_ignored_and_a_range_is_of_numbers() {
        for option in JDKS.into_iter().filter_map(options_of).flat_map(OptionTable::options) {
            assert_eq!(option.kind.is_none(), option.ignored_since.is_some(), "{}", option.name);
            let numbers = |(least, most): (&str, &str)| Some((least.parse::<i128>().ok()?, most.parse::<i128>().ok()?));
            let sound = |range| numbers(range).is_some_and(|(least, most)| least <= most);
            assert!(option.range.is_none_or(sound), "{}", option.name);
        }
    }
}

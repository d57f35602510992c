//! Cassandra versions: text in, [`Release`] out, and the order of release lines. Called by whoever reads a version, and by
//! the rules about upgrades.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A supported release line of Cassandra, in upgrade order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Minor {
    /// 3.11, the last line with one `jvm.options` file.
    V3_11,
    /// 4.0.
    V4_0,
    /// 4.1, the first line with units in cassandra.yaml (CASSANDRA-15234).
    V4_1,
    /// 5.0.
    V5_0,
}

/// Every known minor, oldest first.
pub const MINORS: [Minor; 4] = [Minor::V3_11, Minor::V4_0, Minor::V4_1, Minor::V5_0];

impl Minor {
    /// The name that users write and that the documentation uses, such as `4.1`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V3_11 => "3.11",
            Self::V4_0 => "4.0",
            Self::V4_1 => "4.1",
            Self::V5_0 => "5.0",
        }
    }

    /// The nearest newer minor, `None` for the newest. Not every upgrade path: 4.0 to 5.0 is allowed too.
    pub fn next(self) -> Option<Self> {
        MINORS.into_iter().find(|minor| *minor > self)
    }

    /// The first number of the version: 3, 4 or 5.
    pub fn major(self) -> u32 {
        match self {
            Self::V3_11 => 3,
            Self::V4_0 | Self::V4_1 => 4,
            Self::V5_0 => 5,
        }
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// One Cassandra release: a known minor and any patch number. Written and read as text, such as `4.1.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Release {
    /// The release line.
    pub minor: Minor,
    /// The third number.
    pub patch: u32,
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.minor, self.patch)
    }
}

/// Why a text does not name a release that cassc can run.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReleaseError {
    /// The text is not three numbers with dots.
    #[error("`{text}` is not a Cassandra version; write three numbers, such as 4.1.9")]
    NotAVersion {
        /// What the user wrote.
        text: String,
    },
    /// The text is a version of an unsupported release line.
    #[error("Cassandra {text} is not known; cassc knows 3.11, 4.0, 4.1 and 5.0")]
    UnknownMinor {
        /// What the user wrote.
        text: String,
    },
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

impl TryFrom<String> for Release {
    type Error = ReleaseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Release {
    type Err = ReleaseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_version = || ReleaseError::NotAVersion { text: text.to_owned() };
        let numbers = text.split('.').map(plain_number).collect::<Option<Vec<_>>>().ok_or_else(not_a_version)?;
        let [major, minor, patch] = numbers[..] else { return Err(not_a_version()) };
        let name = format!("{major}.{minor}");
        match MINORS.into_iter().find(|known| known.name() == name) {
            Some(minor) => Ok(Self { minor, patch }),
            None => Err(ReleaseError::UnknownMinor { text: text.to_owned() }),
        }
    }
}

/// A number without sign or leading zeros: `4.01.9` would not be the name of any image.
pub fn plain_number(text: &str) -> Option<u32> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits_only || leading_zero {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release(text: &str) -> Release {
        text.parse().expect("the test's version is well-formed")
    }

    #[test]
    fn a_version_is_three_plain_numbers() {
        assert_eq!(release("4.1.9"), Release { minor: Minor::V4_1, patch: 9 });
        assert_eq!(release("3.11.17").to_string(), "3.11.17");
        for text in ["", "4.1", "4.1.9.1", "v4.1.9", "4.1.x", "4.01.9", "4.1.-9", "4.1.9-ubi", "4.1.99999999999"] {
            assert_eq!(text.parse::<Release>(), Err(ReleaseError::NotAVersion { text: text.to_owned() }), "{text}");
        }
    }

    #[test]
    fn a_foreign_minor_is_told_apart_from_nonsense() {
        for text in ["2.1.22", "3.0.29", "4.2.0", "5.1.0", "6.0.0"] {
            assert_eq!(text.parse::<Release>(), Err(ReleaseError::UnknownMinor { text: text.to_owned() }), "{text}");
        }
    }

    #[test]
    fn minors_are_ordered_for_upgrades() {
        assert_eq!(Minor::V3_11.next(), Some(Minor::V4_0));
        assert_eq!(Minor::V5_0.next(), None);
        assert!(release("4.1.12") < release("5.0.1") && release("4.0.21") < release("4.1.0"));
    }
}

//! Cassandra versions: text in, [`Release`] out, with what the published image of each minor brings along.
//! Called by the checks (is the version usable) and by the resolver (default image, JDK, option files).

use std::{fmt, str::FromStr};

use thiserror::Error;

/// A Cassandra release line that cassc knows, in upgrade order.
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

    /// The major version of the JDK in the Management API image: 8 for 3.11, 11 for 4.0 and 4.1, 17 for 5.0
    /// (management-api README.md, "Published Docker images"; 3.11 from the last tag that still built it).
    pub fn jdk(self) -> u32 {
        match self {
            Self::V3_11 => 8,
            Self::V4_0 | Self::V4_1 => 11,
            Self::V5_0 => 17,
        }
    }

    /// The option files that the start script of the image reads for the server: one common file and, since 4.0, one
    /// for the image's JDK (apache/cassandra conf/ and bin/cassandra.in.sh of each line).
    pub fn option_files(self) -> OptionFiles {
        match self {
            Self::V3_11 => OptionFiles { common: "jvm.options", per_jdk: None },
            Self::V4_0 | Self::V4_1 => {
                OptionFiles { common: "jvm-server.options", per_jdk: Some("jvm11-server.options") }
            }
            Self::V5_0 => OptionFiles { common: "jvm-server.options", per_jdk: Some("jvm17-server.options") },
        }
    }

    /// The patch numbers that have a published Management API image (management-api README.md, "Supported Image
    /// Matrix"): 4.0.2 and 4.0.16 were never built, 5.0.0 neither, and 3.11 is frozen since Management API v0.1.88.
    /// A newer patch may exist by now; then the user names the image.
    pub fn published_patches(self) -> &'static [u32] {
        match self {
            Self::V3_11 => &[7, 8, 11, 12, 13, 14, 15, 16, 17],
            Self::V4_0 => &[0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21],
            Self::V4_1 => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
            Self::V5_0 => &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        }
    }
}

impl fmt::Display for Minor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The names of the server's JVM option files, relative to Cassandra's configuration directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionFiles {
    /// The file that is read on every JDK.
    pub common: &'static str,
    /// The file that is read on the image's JDK only; 3.11 has none, there everything is in the common file.
    pub per_jdk: Option<&'static str>,
}

impl OptionFiles {
    /// Where garbage collector flags belong: the file of the JDK, or the only one.
    pub fn for_collector(self) -> &'static str {
        self.per_jdk.unwrap_or(self.common)
    }
}

/// One Cassandra release: a known minor and any patch number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// The text is a version of a release line that cassc does not know.
    #[error("Cassandra {text} is not known; cassc knows 3.11, 4.0, 4.1 and 5.0")]
    UnknownMinor {
        /// What the user wrote.
        text: String,
    },
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
pub(crate) fn plain_number(text: &str) -> Option<u32> {
    let digits_only = text.bytes().all(|byte| byte.is_ascii_digit());
    let leading_zero = text.len() > 1 && text.starts_with('0');
    if !digits_only || leading_zero {
        return None;
    }
    text.parse().ok()
}

/// There is no published image of a release; the user can take another patch or name an image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no published Management API image for Cassandra {release}; the nearest that has one is {nearest}")]
pub struct NoImage {
    /// What was asked for.
    pub release: Release,
    /// The nearest patch of the same minor that has an image; of two equally near ones the newer.
    pub nearest: Release,
}

impl Release {
    /// The image that cassc uses when the topology names none: Cassandra with the Management API, by tag.
    ///
    /// 4.0, 4.1 and 5.0 take `<version>-ubi`, which exists for every published patch and is the only form for 5.0 and
    /// on ghcr.io (management-api README.md and .github/workflows/release.yaml; Cass Operator's default too).
    /// 3.11 takes the plain `<version>`: that form existed from the first published image on. The README says that
    /// UBI images exist for everything but names no tag for 3.11, and the frozen images predate the present tag
    /// scheme (`-ubi8`), so `-ubi` is not known to exist for every patch of 3.11.
    pub fn default_image(self) -> Result<String, NoImage> {
        if !self.minor.published_patches().contains(&self.patch) {
            return Err(NoImage { release: self, nearest: self.nearest_published() });
        }
        let suffix = if self.minor == Minor::V3_11 { "" } else { "-ubi" };
        Ok(format!("docker.io/k8ssandra/cass-management-api:{self}{suffix}"))
    }

    /// The release of the same minor with a published image whose patch number is nearest, the newer of two.
    fn nearest_published(self) -> Self {
        let newest_first = self.minor.published_patches().iter().rev().copied();
        let patch = newest_first.min_by_key(|patch| patch.abs_diff(self.patch));
        Self { minor: self.minor, patch: patch.expect("every minor has a published patch") }
    }
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
    fn default_images_use_the_tag_form_that_surely_exists() {
        assert_eq!(release("4.1.9").default_image(), Ok("docker.io/k8ssandra/cass-management-api:4.1.9-ubi".into()));
        assert_eq!(release("5.0.1").default_image(), Ok("docker.io/k8ssandra/cass-management-api:5.0.1-ubi".into()));
        assert_eq!(release("3.11.11").default_image(), Ok("docker.io/k8ssandra/cass-management-api:3.11.11".into()));
    }

    #[test]
    fn a_patch_without_image_names_the_nearest_with_one() {
        let cases = [
            ("4.0.2", "4.0.3"),
            ("4.0.16", "4.0.17"),
            ("4.0.99", "4.0.21"),
            ("4.1.13", "4.1.12"),
            ("5.0.0", "5.0.1"),
            ("3.11.0", "3.11.7"),
            ("3.11.9", "3.11.8"),
            ("3.11.19", "3.11.17"),
        ];
        for (asked, nearest) in cases {
            let expected = NoImage { release: release(asked), nearest: release(nearest) };
            assert_eq!(release(asked).default_image(), Err(expected), "{asked}");
        }
    }

    #[test]
    fn minors_are_ordered_for_upgrades() {
        assert_eq!(Minor::V3_11.next(), Some(Minor::V4_0));
        assert_eq!(Minor::V5_0.next(), None);
        assert!(release("4.1.12") < release("5.0.1") && release("4.0.21") < release("4.1.0"));
    }

    #[test]
    fn option_files_follow_the_jdk_of_the_image() {
        for minor in MINORS {
            let expected =
                if minor == Minor::V3_11 { "jvm.options".into() } else { format!("jvm{}-server.options", minor.jdk()) };
            assert_eq!(minor.option_files().for_collector(), expected);
        }
    }
}

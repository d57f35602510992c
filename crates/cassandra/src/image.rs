//! The published image of each Cassandra version, and what it brings along: its JDK and the names of its option files.
//! Called by the checks (is there an image), the resolver (default image) and the renderer (option files).

use cassc_ring::release::{Minor, Release};
use thiserror::Error;

/// The major version of the JDK in the Management API image: 8 for 3.11, 11 for 4.0 and 4.1, 17 for 5.0
/// (management-api README.md, "Published Docker images"; 3.11 from the last tag that still built it).
pub fn jdk(minor: Minor) -> u32 {
    match minor {
        Minor::V3_11 => 8,
        Minor::V4_0 | Minor::V4_1 => 11,
        Minor::V5_0 => 17,
    }
}

/// The folders of the published image whose files a configuration may name: Cassandra, its configuration, the agents that
/// are installed beside it, the operating system and its certificates (management-api cassandra/Dockerfile-*.ubi).
pub const FOLDERS: &[&str] = &[
    "/dev",
    "/etc/cassandra",
    "/etc/crypto-policies",
    "/etc/pki",
    "/etc/ssl",
    "/lib",
    "/lib64",
    "/opt/cassandra",
    "/opt/cdc_agent",
    "/opt/java",
    "/opt/management-api",
    "/opt/metrics-collector",
    "/proc",
    "/usr",
];

/// The folders of the published image that Cassandra's user may write to (the same file). From 4.1 on the root file system
/// is read-only in cassc's pods.
pub const OWN_FOLDERS: &[&str] = &[
    "/etc/cassandra",
    "/opt/cassandra",
    "/opt/cdc_agent",
    "/opt/management-api",
    "/opt/metrics-collector",
    "/var/tmp",
];

/// The option files that the start script of the image reads for the server: one common file and, since 4.0, one
/// for the image's JDK (apache/cassandra conf/ and bin/cassandra.in.sh of each line).
pub fn option_files(minor: Minor) -> OptionFiles {
    match minor {
        Minor::V3_11 => OptionFiles { common: "jvm.options", per_jdk: None },
        Minor::V4_0 | Minor::V4_1 => {
            OptionFiles { common: "jvm-server.options", per_jdk: Some("jvm11-server.options") }
        }
        Minor::V5_0 => OptionFiles { common: "jvm-server.options", per_jdk: Some("jvm17-server.options") },
    }
}

/// The patch numbers that have a published Management API image (management-api README.md, "Supported Image
/// Matrix"): 4.0.2 and 4.0.16 were never built, 5.0.0 neither, and 3.11 is frozen since Management API v0.1.88.
/// A newer patch may exist by now; then the user names the image.
pub fn published_patches(minor: Minor) -> &'static [u32] {
    match minor {
        Minor::V3_11 => &[7, 8, 11, 12, 13, 14, 15, 16, 17],
        Minor::V4_0 => &[0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21],
        Minor::V4_1 => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        Minor::V5_0 => &[1, 2, 3, 4, 5, 6, 7, 8, 9],
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

/// There is no published image of a release; the user can take another patch or name an image.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no published Management API image for Cassandra {release}; the nearest that has one is {nearest}")]
pub struct NoImage {
    /// What was asked for.
    pub release: Release,
    /// The nearest patch of the same minor that has an image; of two equally near ones the newer.
    pub nearest: Release,
}

/// The image that cassc uses when the topology names none: Cassandra with the Management API, by tag.
///
/// 4.0, 4.1 and 5.0 take `<version>-ubi`, which exists for every published patch and is the only form for 5.0 and
/// on ghcr.io (management-api README.md and .github/workflows/release.yaml; Cass Operator's default too).
/// 3.11 takes the plain `<version>`: that form existed from the first published image on. The README says that
/// UBI images exist for everything but names no tag for 3.11, and the frozen images predate the present tag
/// scheme (`-ubi8`), so `-ubi` is not known to exist for every patch of 3.11.
pub fn default_image(release: Release) -> Result<String, NoImage> {
    if !published_patches(release.minor).contains(&release.patch) {
        return Err(NoImage { release, nearest: nearest_published(release) });
    }
    let suffix = if release.minor == Minor::V3_11 { "" } else { "-ubi" };
    Ok(format!("docker.io/k8ssandra/cass-management-api:{release}{suffix}"))
}

/// The release of the same minor with a published image whose patch number is nearest, the newer of two.
fn nearest_published(release: Release) -> Release {
    let newest_first = published_patches(release.minor).iter().rev().copied();
    let patch = newest_first.min_by_key(|patch| patch.abs_diff(release.patch));
    Release { minor: release.minor, patch: patch.expect("every minor has a published patch") }
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;

    fn release(text: &str) -> Release {
        text.parse().expect("the test's version is well-formed")
    }

    #[test]
    fn default_images_use_the_tag_form_that_surely_exists() {
        assert_eq!(default_image(release("4.1.9")), Ok("docker.io/k8ssandra/cass-management-api:4.1.9-ubi".into()));
        assert_eq!(default_image(release("5.0.1")), Ok("docker.io/k8ssandra/cass-management-api:5.0.1-ubi".into()));
        assert_eq!(default_image(release("3.11.11")), Ok("docker.io/k8ssandra/cass-management-api:3.11.11".into()));
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
            assert_eq!(default_image(release(asked)), Err(expected), "{asked}");
        }
    }

    #[test]
    fn option_files_follow_the_jdk_of_the_image() {
        for minor in MINORS {
            let expected =
                if minor == Minor::V3_11 { "jvm.options".into() } else { format!("jvm{}-server.options", jdk(minor)) };
            assert_eq!(option_files(minor).for_collector(), expected);
        }
    }
}

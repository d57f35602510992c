//! Images of Cassandra without the Management API: which version they hold, and what replaces them. The operators that use
//! them start `cassandra -f`; cassc starts the Management API, which starts Cassandra.

use cassc_cassandra::image::{default_image, published_patches};
use cassc_ring::release::{MINORS, Minor, Release};

use crate::documents::At;
use crate::draft::{Draft, spec};
use crate::report::Refusal;

/// Repositories whose images are Cassandra as it is published, and nothing else.
const PUBLIC: [&str; 8] = [
    "cassandra",
    "docker.io/cassandra",
    "docker.io/library/cassandra",
    "library/cassandra",
    "bitnami/cassandra",
    "docker.io/bitnami/cassandra",
    "bitnamilegacy/cassandra",
    "docker.io/bitnamilegacy/cassandra",
];

/// What an image holds, as far as its name tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// A release.
    Release(Release),
    /// Some release of a minor version.
    Minor(Minor),
    /// A version that cassc does not support.
    Other(String),
    /// It does not tell.
    Unknown,
}

/// What the tag of an image tells: the version at its beginning.
pub(super) fn held(image: &str) -> Held {
    let without_digest = image.split('@').next().unwrap_or_default();
    match without_digest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((_, tag)) => version_of(tag),
        None => Held::Unknown,
    }
}

/// The version at the beginning of a text such as `3.11.4-8u212` or `v4.1`.
pub(super) fn version_of(text: &str) -> Held {
    let text = text.trim_start_matches('v');
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    let parts: Vec<&str> = number.split('.').collect();
    let [major, minor, rest @ ..] = parts.as_slice() else {
        return if number.is_empty() { Held::Unknown } else { Held::Other(number.to_owned()) };
    };
    let name = format!("{major}.{minor}");
    let Some(minor) = MINORS.into_iter().find(|minor| minor.name() == name) else {
        return Held::Other(number.to_owned());
    };
    match rest.first().and_then(|patch| patch.parse().ok()) {
        Some(patch) => Held::Release(Release { minor, patch }),
        None => Held::Minor(minor),
    }
}

/// Whether an image has the Management API, as its name tells.
pub(super) fn has_management_api(image: &str) -> bool {
    image.contains("management-api") || image.contains("mgmtapi")
}

/// Writes the version, and the image where it can stay; tells what replaces it. The minor version, where it is known.
pub(super) fn write(draft: &mut Draft, at: &At<'_>, image: &str, held: &Held) -> Result<Option<Minor>, Refusal> {
    let to = spec(&["cassandra", "version"]);
    if is_another_database(image) {
        return Err(another_database(at, image));
    }
    let is_complete = has_management_api(image);
    if is_complete {
        draft.carry(at, &spec(&["cassandra", "image"]), image);
    }
    let minor = match held {
        Held::Release(release) if is_complete => {
            draft.change(at, &to, release.to_string(), "the version of the image");
            Some(release.minor)
        }
        Held::Release(release) => {
            let (version, why) = published(*release, image);
            draft.change(at, &to, version.to_string(), &why);
            Some(release.minor)
        }
        Held::Minor(minor) => {
            let patch = published_patches(*minor).iter().copied().max().unwrap_or_default();
            let newest = Release { minor: *minor, patch };
            let why = format!(
                "`{image}` names no patch: this is the newest {} whose image has the Management API",
                minor.name()
            );
            draft.change(at, &to, newest.to_string(), &why);
            Some(*minor)
        }
        Held::Other(version) => {
            let message = format!("Cassandra {version} is not supported");
            let way_out = "upgrade the ring to 3.11, 4.0, 4.1 or 5.0 where it runs, then import it";
            return Err(at.refused(message, way_out));
        }
        Held::Unknown => {
            draft.decide(Some(at), &to, &format!("the version of Cassandra in `{image}`, such as 4.1.9"));
            None
        }
    };
    if !is_complete && !is_public(image) {
        let did = format!("ran `{image}`, which may hold more than Cassandra");
        draft.lose(
            at,
            &did,
            "mirror or extend k8ssandra/cass-management-api of the version, and write it as `cassandra.image`",
        );
    }
    Ok(minor)
}

/// The release whose published image replaces another image, and why.
fn published(release: Release, image: &str) -> (Release, String) {
    match default_image(release) {
        Ok(_) => {
            let why = format!("`{image}` has no Management API: the published image with it replaces it");
            (release, why)
        }
        Err(error) => {
            let why = format!(
                "no image of {release} with the Management API is published: this is the nearest patch that has one"
            );
            (error.nearest, why)
        }
    }
}

fn is_public(image: &str) -> bool {
    let without_digest = image.split('@').next().unwrap_or_default();
    let repository =
        without_digest.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(without_digest, |(name, _)| name);
    PUBLIC.contains(&repository)
}

fn is_another_database(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    ["dse", "hcd", "scylla", "elassandra"].iter().any(|other| name.starts_with(other))
}

/// The refusal of `DataStax` Enterprise and other databases.
pub(super) fn another_database(at: &At<'_>, name: &str) -> Refusal {
    at.refused(
        format!("`{name}` is not Apache Cassandra"),
        "cassc runs Apache Cassandra 3.11 to 5.0; move the data to such a ring first, or keep the operator",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_begins_with_its_version() {
        let release = |minor, patch| Held::Release(Release { minor, patch });
        for (image, expected) in [
            ("cassandra:3.11.19", release(Minor::V3_11, 19)),
            ("registry.example.com:5000/cassandra:4.1.3-debian-12-r7@sha256:ab", release(Minor::V4_1, 3)),
            ("orange/cassandra:3.11.4-8u212-0.3.1-cqlsh", release(Minor::V3_11, 4)),
            ("cassandra:3.11", Held::Minor(Minor::V3_11)),
            ("cassandra:4.0-rc1", Held::Minor(Minor::V4_0)),
            ("cassandra:2.2.19", Held::Other("2.2.19".to_owned())),
            ("cassandra:4", Held::Other("4".to_owned())),
            ("cassandra:latest", Held::Unknown),
            ("registry.example.com:5000/cassandra", Held::Unknown),
            ("cassandra:4.1.99999999999", Held::Minor(Minor::V4_1)),
        ] {
            assert_eq!(held(image), expected, "{image}");
        }
    }
}

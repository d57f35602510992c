//! E403: the tag of the image contradicts `version`.

use cassc_ring::release::{MINORS, Minor, Release, plain_number};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::image::read;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E403",
    name: "image-version",
    summary: "the tag of the image contradicts `version`",
    explain: "\
`version` determines the keys and options of the configuration; the image determines what runs. If they differ, nodes get the
configuration of a different version, and an upgrade can bypass all checks.

Write the version that the image contains. If the tag is not a version of Cassandra, it must not start like one.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cassandra = &subject.spec().cassandra;
    let Ok(release) = cassandra.version.parse::<Release>() else { return };
    let Some(reference) = cassandra.image.as_deref().and_then(|image| read(image).ok()) else { return };
    let Some(in_tag) = reference.tag.and_then(leading_version) else { return };
    let contradicts = in_tag.minor != release.minor.name() || in_tag.patch.is_some_and(|patch| patch != release.patch);
    if contradicts {
        let found = in_tag.patch.map_or_else(|| in_tag.minor.to_owned(), |patch| format!("{}.{patch}", in_tag.minor));
        let message = format!("the tag of the image names Cassandra {found}, but `version` is {release}");
        let at = subject.value(Route::of("spec.cassandra.image"), format!("Cassandra {found}"));
        let version = subject.value(Route::of("spec.cassandra.version"), format!("Cassandra {release}"));
        let complaint = RULE.complain(message, at).label(version);
        complaints.push(match in_tag.patch {
            Some(_) => complaint.help(format!("write `version: {found}`, or use an image of {release}")),
            None => complaint.help(format!("use an image of {release}, or write the version that the image contains")),
        });
    }
}

/// A version of a known minor, with or without a patch.
struct TagVersion {
    minor: &'static str,
    patch: Option<u32>,
}

/// The version at the start of a tag, with an optional `v`, if its minor is supported.
fn leading_version(tag: &str) -> Option<TagVersion> {
    let version = tag.strip_prefix('v').unwrap_or(tag);
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    let (version, rest) = version.split_at(end);
    if !(rest.is_empty() || rest.starts_with(['-', '_'])) {
        return None;
    }
    let minor = MINORS
        .into_iter()
        .map(Minor::name)
        .find(|name| version.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))?;
    let patch = version.strip_prefix(minor)?.strip_prefix('.');
    match patch.map(plain_number) {
        None => Some(TagVersion { minor, patch: None }),
        Some(patch) => Some(TagVersion { minor, patch: Some(patch?) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_at_the_start_of_a_tag_counts() {
        let of = |tag| leading_version(tag).map(|version| (version.minor, version.patch));
        assert_eq!(of("4.1.9-ubi"), Some(("4.1", Some(9))));
        assert_eq!(of("v4.1.9"), Some(("4.1", Some(9))));
        assert_eq!(of("3.11-ubi"), Some(("3.11", None)));
        for tag in ["2024.1", "1.4.1.9", "4.1.9.2", "4.1.x", "4.10.1", "jdk11-4.1.9", "4.1rc1", "release", "6.0.1", ""]
        {
            assert_eq!(of(tag), None, "{tag}");
        }
    }
}

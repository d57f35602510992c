//! E401: an invalid or unsupported Cassandra version, or one without a published image.

use cassc_cassandra::image::{default_image, published_patches};
use cassc_ring::release::{MINORS, Minor, Release, ReleaseError};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E401",
    name: "version",
    summary: "the Cassandra version is invalid, not supported, or has no published image",
    explain: "\
The version determines the keys of `cassandra.yaml`, the JVM options and the image. Without `image` cassc uses the published
image of the Management API for Apache Cassandra. It exists for most patches of 4.0, 4.1 and 5.0 and for some of 3.11, but
not for 4.0.2, 4.0.16, 5.0.0 and versions after 3.11.17.

Write three numbers, such as `4.1.9`. For a patch without a published image, or newer than this cassc, write `image` too.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cassandra = &subject.spec().cassandra;
    let complain = |message: String| RULE.complain(message, subject.value(Route::of("spec.cassandra.version"), ""));
    let shown = cassandra.version.escape_debug();
    let known = || MINORS.map(Minor::name).join(", ");
    let complaint = match cassandra.version.parse::<Release>() {
        Err(ReleaseError::NotAVersion { .. }) => {
            let complaint = complain(format!("`{shown}` is not a valid Cassandra version"));
            let complaint = complaint.expected("three numbers with dots, such as 4.1.9");
            Some(match repaired(&cassandra.version) {
                Some(release) => complaint.help(format!("write `{release}`, the newest with a published image")),
                None => complaint,
            })
        }
        Err(ReleaseError::UnknownMinor { .. }) => {
            Some(complain(format!("Cassandra {shown} is not supported")).expected(format!("a version of {}", known())))
        }
        Ok(release) if cassandra.image.is_none() => default_image(release).err().map(|error| {
            complain(format!("Cassandra {release} has no published image"))
                .help(format!("write `version: {}`, or write your own `image`", error.nearest))
        }),
        Ok(_) => None,
    };
    complaints.extend(complaint);
}

/// For a text that contains only a minor version, such as `v4.1` or `4.1.x`: its newest patch with an image.
fn repaired(text: &str) -> Option<Release> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let of_minor = |minor: &Minor| {
        let rest = text.strip_prefix(minor.name());
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let minor = MINORS.into_iter().find(of_minor)?;
    let patch = published_patches(minor).iter().copied().max()?;
    Some(Release { minor, patch })
}

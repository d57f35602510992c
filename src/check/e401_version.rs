//! E401: a version of Cassandra that does not exist, that cassc does not know, or that has no image.

use cassc_cassandra::image::{default_image, published_patches};
use cassc_ring::release::{MINORS, Minor, Release, ReleaseError};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E401",
    name: "version",
    summary: "the version of Cassandra is none, is not known, or has no published image",
    explain: "\
The version decides which keys `cassandra.yaml` may have, which JVM options apply, and the image: without `image` it
is the published image of the Management API for Apache Cassandra, which exists for most patches of 4.0, 4.1 and 5.0
and for some of 3.11. There is none for 4.0.2, 4.0.16 and 5.0.0, and none for 3.11 after 3.11.17.

Write three numbers, such as `4.1.9`. For a patch without a published image, or newer than this cassc, name the
`image` too.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cassandra = &subject.spec().cassandra;
    let complain = |message: String| RULE.complain(message, subject.value(Route::of("spec.cassandra.version"), ""));
    let shown = cassandra.version.escape_debug();
    let known = || MINORS.map(Minor::name).join(", ");
    let complaint = match cassandra.version.parse::<Release>() {
        Err(ReleaseError::NotAVersion { .. }) => {
            let complaint = complain(format!("`{shown}` is not a version of Cassandra"));
            let complaint = complaint.expected("three numbers with dots, such as 4.1.9");
            Some(match repaired(&cassandra.version) {
                Some(release) => complaint.help(format!("the newest with a published image is `{release}`")),
                None => complaint,
            })
        }
        Err(ReleaseError::UnknownMinor { .. }) => {
            Some(complain(format!("Cassandra {shown} is not known")).expected(format!("a version of {}", known())))
        }
        Ok(release) if cassandra.image.is_none() => default_image(release).err().map(|error| {
            complain(format!("there is no published image of Cassandra {release}"))
                .help(format!("take `{}`, or name an `image` of your own", error.nearest))
        }),
        Ok(_) => None,
    };
    complaints.extend(complaint);
}

/// For a minor alone, with `v` in front or something behind it: the newest patch with an image.
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

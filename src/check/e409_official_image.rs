//! E409: an image of Cassandra that is known not to have the Management API.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::image::read;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E409",
    name: "official-image",
    summary: "the image of Cassandra is a published one without the Management API",
    explain: "\
The official image `cassandra` of Docker Hub starts Cassandra itself. cassc's pods are started, drained and probed through the
Management API for Apache Cassandra, which only images such as `k8ssandra/cass-management-api` have. The images of Bitnami and those
of other databases do not have it either, or hold no Apache Cassandra. A pod with such an image never becomes ready.

Remove `image`: the published image with the Management API has the same Cassandra of the same version, with the same data. If you
need your own image, build it from `k8ssandra/cass-management-api`. CassKop and Bitnami run Cassandra without the Management API;
the data of such a cluster can be used, its pods are replaced.",
};

/// Where Docker Hub is named: nothing is its default.
const HUB: [&str; 3] = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"];
/// Published images that are known.
const PUBLISHED: [&str; 12] = [
    "cassandra",
    "library/cassandra",
    "bitnami/cassandra",
    "bitnamilegacy/cassandra",
    "bitnamisecure/cassandra",
    "datastax/ddac",
    "datastax/dse-server",
    "datastax/hcd",
    "public.ecr.aws/docker/library/cassandra",
    "scylladb/scylla",
    "scylladb/scylla-enterprise",
    "strapdata/elassandra",
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(image) = subject.spec().cassandra.image.as_deref() else { return };
    let Some(name) = read(image).ok().map(|reference| reference.name).filter(|name| is_published(name)) else { return };
    let message = format!("the image `{name}` has no Management API");
    let at = subject.value(Route::of("spec.cassandra.image"), "Cassandra cannot start");
    let complaint = RULE.complain(message, at);
    complaints.push(complaint.help(
        "remove `image`: the published image with the Management API has the same Cassandra. Or build yours from \
         `k8ssandra/cass-management-api`",
    ));
}

/// Whether an image is one of the published ones that are known.
pub(super) fn is_published(name: &str) -> bool {
    let name = HUB.into_iter().find_map(|hub| name.strip_prefix(hub)).unwrap_or(name);
    PUBLISHED.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_docker_hub_are_known_in_every_spelling() {
        for name in [
            "cassandra",
            "library/cassandra",
            "docker.io/cassandra",
            "docker.io/library/cassandra",
            "bitnami/cassandra",
        ] {
            assert!(is_published(name), "{name}");
        }
        for name in ["registry.example.com/cassandra", "k8ssandra/cass-management-api", "docker.io/ours/cassandra"] {
            assert!(!is_published(name), "{name}");
        }
    }
}

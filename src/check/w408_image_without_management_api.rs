//! W408: an image of Cassandra that does not have the Management API.

use super::e409_official_image::is_published;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::image::read;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W408",
    name: "image-without-management-api",
    summary: "the image of Cassandra is one that does not have the Management API",
    explain: "\
The pods start `/tini` with `/docker-entrypoint.sh mgmtapi`. The entry point copies `/config` to `/etc/cassandra` and starts the
Management API for Apache Cassandra from `/opt/management-api`, which starts Cassandra and answers the probes on port 8080. The
gate also needs `sh`, `curl`, `getent`, `awk` and `sed`. A mirror of the official image `cassandra`, of those of Bitnami or
of another database has no Management API: the container ends at once, or never becomes ready. cassc knows an image by the name of
its repository; E409 refuses those that are known for certain.

Remove `image` to use the published image, or build your own from `k8ssandra/cass-management-api`. If your image has the
Management API, accept the warning.",
};

/// Last parts of repositories: the official image and its mirrors, that of Bitnami, and other databases.
const WITHOUT: [&str; 9] =
    ["cassandra", "ddac", "dse", "dse-server", "elassandra", "hcd", "scylla", "scylla-enterprise", "yugabyte"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(image) = subject.spec().cassandra.image.as_deref() else { return };
    let Some(name) = read(image).ok().map(|reference| reference.name).filter(|name| is_without(name)) else { return };
    if is_published(name) {
        return;
    }
    let message = format!("the image `{name}` has no Management API");
    let complaint = RULE.complain(message, subject.value(Route::of("spec.cassandra.image"), "Cassandra cannot start"));
    complaints.push(complaint.help(
        "remove `image` to use the published one, or build yours from `k8ssandra/cass-management-api`; accept the warning \
         if it has the Management API",
    ));
}

fn is_without(name: &str) -> bool {
    let last = name.rsplit('/').next().unwrap_or(name);
    WITHOUT.contains(&last) && !name.contains("management-api") && !name.contains("mgmtapi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_repository() {
        for name in [
            "cassandra",
            "docker.io/cassandra",
            "docker.io/library/cassandra",
            "public.ecr.aws/docker/library/cassandra",
            "bitnami/cassandra",
            "registry.example.com:5000/mirror/bitnamilegacy/cassandra",
            "datastax/dse-server",
            "scylladb/scylla",
        ] {
            assert!(is_without(name), "{name}");
        }
        for name in [
            "docker.io/k8ssandra/cass-management-api",
            "datastax/cassandra-mgmtapi-3_11_7",
            "registry.example.com/mgmtapi/cassandra",
            "registry.example.com/cassandra-with-jdk-21",
            "registry.example.com/team/cass-ours",
        ] {
            assert!(!is_without(name), "{name}");
        }
    }
}

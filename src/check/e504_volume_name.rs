//! E504: additional volumes that collide with those of the pod, or lose data.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::release::{Minor, Release};
use cassc_wording::nearest;

use super::written::{WrittenContainer, called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_label, nearest_label};
use crate::subject::Subject;
use crate::topology::AdditionalVolume;

pub(super) const RULE: Rule = Rule {
    code: "E504",
    name: "volume-name",
    summary: "an additional volume cannot be mounted as it is written",
    explain: "\
An additional volume over a directory of the pod hides what is there: Cassandra's configuration, or its data. A volume
inside the data directory may be a claim of its own, such as a disk for the commit log; scratch space there is gone
with the pod, and the writes that only the commit log had with it.

Give each volume its own name and one source (`claim`, `configMap`, `secret`, `emptyDir`, `downwardAPI`, `projected` or
`csi`), and mount it at an absolute path of its own. Extra containers mount these volumes, and those of the pod, by name.",
};

/// The volumes that every pod has.
const OWN_VOLUMES: [&str; 7] =
    ["cassc-config", "cassc-start-order", "cassc-state", "server-config", "server-data", "server-logs", "tmp"];
/// The volume of the Management API's certificates, where it has some.
const CERTIFICATES: &str = "management-api-server-certs-volume";
/// The volume over the configuration of an image whose root file system is read-only: from 4.1 on, unless the image is
/// the user's.
const READ_ONLY_ROOT: &str = "etc-cassandra";
/// The data directory.
const DATA: &str = "/var/lib/cassandra";
/// What may be lost with the pod: Cassandra fills caches again, and change data is consumed elsewhere.
const EXPENDABLE: [&str; 2] = ["/var/lib/cassandra/saved_caches", "/var/lib/cassandra/cdc_raw"];
/// Directories that a volume would hide. `/etc/cassc` stands for all that begin so.
const OWN_PATHS: [&str; 8] = [
    DATA,
    "/config",
    "/etc/cassandra",
    "/management-api-certs",
    "/opt/cassandra",
    "/opt/management-api",
    "/tmp",
    "/var/log/cassandra",
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let volumes = &subject.spec().storage.additional_volumes;
    let mut names: BTreeMap<&str, Route> = BTreeMap::new();
    let mut paths: BTreeMap<&str, Route> = BTreeMap::new();
    for (index, volume) in volumes.iter().enumerate() {
        let route = Route::of("spec.storage.additionalVolumes").index(index);
        complaints.extend(name_fault(subject, volume, &route));
        complaints.extend(source_fault(subject, volume, &route));
        complaints.extend(path_fault(subject, volume, &route));
        for (seen, value, key, what) in [
            (&mut names, volume.name.as_str(), "name", "are called"),
            (&mut paths, volume.mount_path.as_str(), "mountPath", "are mounted at"),
        ] {
            if let Some(other) = seen.insert(value, route.key(key)) {
                let message = format!("two volumes {what} `{}`", value.escape_debug());
                let complaint = RULE.complain(message, subject.value(route.key(key), "and here"));
                complaints.push(complaint.label(subject.value(other, "here")));
            }
        }
    }
    for written in containers(subject) {
        complaints.extend(mounts(subject, &written));
    }
}

fn name_fault(subject: &Subject<'_>, volume: &AdditionalVolume, route: &Route) -> Option<Diagnostic> {
    let name = volume.name.as_str();
    let at = subject.value(route.key("name"), "");
    let reserved = matches!(name, CERTIFICATES | READ_ONLY_ROOT) || name.starts_with("medusa-");
    if reserved || OWN_VOLUMES.contains(&name) {
        let complaint = RULE.complain(format!("the name `{name}` belongs to a volume of cassc"), at);
        return Some(complaint.help("choose another name"));
    }
    if is_label(name) {
        return None;
    }
    let complaint = RULE.complain(format!("`{}` cannot be the name of a volume", name.escape_debug()), at);
    let complaint = complaint.expected("lower-case letters, digits and `-`, at most 63");
    Some(match nearest_label(name) {
        Some(nearest) => complaint.help(format!("write `name: {nearest}`")),
        None => complaint,
    })
}

fn source_fault(subject: &Subject<'_>, volume: &AdditionalVolume, route: &Route) -> Option<Diagnostic> {
    let sources = [
        ("claim", volume.claim.is_some()),
        ("configMap", volume.config_map.is_some()),
        ("secret", volume.secret.is_some()),
        ("emptyDir", volume.empty_dir.is_some()),
        ("downwardAPI", volume.downward_api.is_some()),
        ("projected", volume.projected.is_some()),
        ("csi", volume.csi.is_some()),
    ];
    let written: Vec<&str> = sources.into_iter().filter(|(_, written)| *written).map(|(key, _)| key).collect();
    let complaint = match written.as_slice() {
        [_] => return None,
        [] => {
            let at = subject.value(route.key("name"), "");
            RULE.complain(format!("the volume `{}` has no source", volume.name), at)
        }
        [first, second, ..] => {
            let at = subject.key(route.key(second), "and another one");
            let message = format!("the volume `{}` has {} sources", volume.name, written.len());
            RULE.complain(message, at).label(subject.key(route.key(first), "a source"))
        }
    };
    let known = "one of `claim`, `configMap`, `secret`, `emptyDir`, `downwardAPI`, `projected` and `csi`";
    Some(complaint.expected(known))
}

fn path_fault(subject: &Subject<'_>, volume: &AdditionalVolume, route: &Route) -> Option<Diagnostic> {
    let path = volume.mount_path.as_str();
    let at = |text: &str| subject.value(route.key("mountPath"), text);
    if !is_plain_path(path) {
        let message = format!("`{}` is not a path to mount at", path.escape_debug());
        let complaint = RULE.complain(message, at(""));
        return Some(
            complaint.expected(
                "an absolute path such as `/commitlog`, without `:`, `.` and `..`, and without `/` at its end",
            ),
        );
    }
    let own = OWN_PATHS.into_iter().find(|own| *own == path || is_below(own, path));
    let own = own.or((path == "/etc" || path.starts_with("/etc/cassc")).then_some("/etc/cassc"));
    if let Some(own) = own {
        let message = format!("the volume `{}` would hide `{own}` of the pod", volume.name);
        return Some(RULE.complain(message, at("")).help("mount it elsewhere"));
    }
    let lost = is_below(path, DATA) && volume.claim.is_none() && !EXPENDABLE.contains(&path);
    lost.then(|| {
        let message = format!("what Cassandra writes to `{path}` would not outlive the pod");
        RULE.complain(message, at("inside the data directory")).help("use `claim`, or mount the volume elsewhere")
    })
}

/// Absolute, more than the root, and the shortest spelling.
fn is_plain_path(path: &str) -> bool {
    let plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains([':', '\0']);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain))
}

fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

/// The volumes that the pods of this topology have without being asked for.
fn own_volumes<'t>(subject: &Subject<'t>) -> impl Iterator<Item = &'t str> + use<'t> {
    let cassandra = &subject.spec().cassandra;
    let release: Option<Release> = cassandra.version.parse().ok();
    let read_only = cassandra.image.is_none() && release.is_some_and(|release| release.minor >= Minor::V4_1);
    let certificates = subject.spec().management_api.tls.is_some();
    let some = [(CERTIFICATES, certificates), (READ_ONLY_ROOT, read_only)];
    OWN_VOLUMES.into_iter().chain(some.into_iter().filter(|(_, there)| *there).map(|(name, _)| name))
}

fn mounts(subject: &Subject<'_>, written: &WrittenContainer<'_>) -> Vec<Diagnostic> {
    let additional = subject.spec().storage.additional_volumes.iter().map(|volume| volume.name.as_str());
    let mut volumes: BTreeSet<&str> = additional.collect();
    volumes.extend(own_volumes(subject));
    let mut paths: BTreeMap<&str, Route> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (index, mount) in written.container.volume_mounts.iter().flatten().enumerate() {
        let route = written.route.key("volumeMounts").index(index);
        if !volumes.contains(mount.name.as_str()) {
            let message =
                format!("{} mounts the volume `{}`, which the pod does not have", called(written), mount.name);
            let complaint = RULE.complain(message, subject.value(route.key("name"), ""));
            complaints.push(match (mount.name.as_str(), nearest(&mount.name, volumes.iter().copied())) {
                (READ_ONLY_ROOT, _) => {
                    complaint.help("pods have it from Cassandra 4.1 on, without an `image` of yours")
                }
                (CERTIFICATES, _) => complaint.help("pods have it with `spec.managementApi.tls`"),
                (_, Some(near)) => complaint.help(format!("did you mean `{near}`?")),
                (_, None) => complaint.help("add it to `spec.storage.additionalVolumes`"),
            });
        }
        let path = mount.mount_path.as_str();
        if path.is_empty() || path.contains(':') {
            let message = format!("`{path}` is not a path to mount at");
            complaints.push(RULE.complain(message, subject.value(route.key("mountPath"), "")));
        } else if let Some(other) = paths.insert(path, route.key("mountPath")) {
            let message = format!("{} mounts two volumes at `{path}`", called(written));
            let complaint = RULE.complain(message, subject.value(route.key("mountPath"), "and here"));
            complaints.push(complaint.label(subject.value(other, "here")));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_plain_or_not() {
        for plain in ["/a", "/a/b.c", "/var/lib/cassandra/commitlog", "/..."] {
            assert!(is_plain_path(plain), "{plain}");
        }
        for other in ["", "/", "a", "/a/", "//a", "/a/../b", "/a/./b", "/a:b"] {
            assert!(!is_plain_path(other), "{other}");
        }
        assert!(is_below("/a/b", "/a") && !is_below("/ab", "/a") && !is_below("/a", "/a"));
    }
}

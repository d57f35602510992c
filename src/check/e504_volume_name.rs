//! E504: additional volumes that are invalid, collide with those of the pod, or lose data.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::release::{Minor, Release};
use cassc_wording::nearest;

use super::e503_container_name::reaper_in_pods;
use super::written::{WrittenContainer, called, containers_of};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_label, is_mount_path, nearest_label};
use crate::subject::Subject;
use crate::topology::AdditionalVolume;

pub(super) const RULE: Rule = Rule {
    code: "E504",
    name: "volume-name",
    summary: "an additional volume cannot be mounted as written",
    explain: "\
An additional volume that is mounted over a directory of the pod hides its files, such as Cassandra's configuration or data. A
volume inside the data directory needs a `claim`, such as a disk for the commit log. An `emptyDir` there is lost with the pod,
and with it all mutations that were only in the commit log.

A volume at `/var/log/cassandra`, a `claim` or an `emptyDir`, takes the place of cassc's own for the logs, and may have its name
`server-logs`. It keeps the logs of a pod that is gone; its size is yours to watch, with `gc.log` and `audit` on it.

Give each volume a unique name, one source (`claim`, `configMap`, `secret`, `emptyDir`, `downwardAPI`, `projected` or `csi`),
and a unique absolute path. Extra containers mount these volumes, and those of the pod, by name.",
};

/// The volumes that every pod has.
const OWN_VOLUMES: [&str; 7] =
    ["cassc-config", "cassc-start-order", "cassc-state", "server-config", "server-data", "server-logs", "tmp"];
/// The volume of the Management API's certificates, if TLS is on.
const CERTIFICATES: &str = "management-api-server-certs-volume";
/// The volume over the configuration of an image with a read-only root file system: from 4.1 on, if the topology names no
/// image.
const READ_ONLY_ROOT: &str = "etc-cassandra";
/// The volumes that pods have where Reaper runs in them.
const REAPER: [&str; 2] = ["reaper-config", "reaper-tmp"];
/// The volume of the logs, and where it is: a volume of the user there takes its place.
const LOGS: &str = "server-logs";
const LOGS_PATH: &str = "/var/log/cassandra";
/// The data directory.
const DATA: &str = "/var/lib/cassandra";
/// Directories that may be lost with the pod: Cassandra fills caches again, and CDC logs are consumed elsewhere.
const EXPENDABLE: [&str; 2] = ["/var/lib/cassandra/saved_caches", "/var/lib/cassandra/cdc_raw"];
/// Directories that a volume would hide; so are all paths that start with `/etc/cassc`.
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
            (&mut names, volume.name.as_str(), "name", "have the name"),
            (&mut paths, volume.mount_path.as_str(), "mountPath", "are mounted at"),
        ] {
            if let Some(other) = seen.insert(value, route.key(key)) {
                let message = format!("two volumes {what} `{}`", value.escape_debug());
                let complaint = RULE.complain(message, subject.value(route.key(key), "used twice"));
                let complaint = complaint.label(subject.value(other, "first use"));
                complaints.push(complaint.help(format!("write a different `{key}` for one of the two")));
            }
        }
    }
    for written in subject.pods().iter().flat_map(containers_of) {
        complaints.extend(mounts(subject, &written));
    }
}

fn name_fault(subject: &Subject<'_>, volume: &AdditionalVolume, route: &Route) -> Option<Diagnostic> {
    let name = volume.name.as_str();
    let at = subject.value(route.key("name"), "");
    let of_reaper = REAPER.contains(&name) && reaper_in_pods(subject);
    let reserved = of_reaper || matches!(name, CERTIFICATES | READ_ONLY_ROOT);
    let is_logs = name == LOGS && volume.mount_path == LOGS_PATH;
    if reserved || OWN_VOLUMES.contains(&name) && !is_logs {
        let complaint = RULE.complain(format!("the volume name `{name}` is reserved for cassc"), at);
        return Some(complaint.help("use a different name"));
    }
    if is_label(name) {
        return None;
    }
    let complaint = RULE.complain(format!("`{}` is not a valid volume name", name.escape_debug()), at);
    let complaint = complaint.expected("at most 63 lower-case letters, digits and `-`");
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
            let at = subject.key(route.key(second), "second source");
            let message = format!("the volume `{}` has {} sources", volume.name, written.len());
            RULE.complain(message, at).label(subject.key(route.key(first), "first source"))
        }
    };
    let known = "one of `claim`, `configMap`, `secret`, `emptyDir`, `downwardAPI`, `projected` and `csi`";
    Some(complaint.expected(known))
}

fn path_fault(subject: &Subject<'_>, volume: &AdditionalVolume, route: &Route) -> Option<Diagnostic> {
    let path = volume.mount_path.as_str();
    let at = |text: &str| subject.value(route.key("mountPath"), text);
    if !is_mount_path(path) {
        let message = format!("`{}` is not a valid mount path", path.escape_debug());
        let complaint = RULE.complain(message, at(""));
        return Some(
            complaint.expected("an absolute path such as `/commitlog`, without `:`, `.`, `..` and a trailing `/`"),
        );
    }
    if path == LOGS_PATH {
        let may_be_written = volume.claim.is_some() || volume.empty_dir.is_some();
        return (!may_be_written).then(|| {
            let message = format!("Cassandra cannot write its logs to the volume `{}`", volume.name);
            RULE.complain(message, at("the logs")).help("use `claim` or `emptyDir`, or write a different `mountPath`")
        });
    }
    if let Some(own) = hides(path) {
        let message = format!("the volume `{}` would hide `{own}` of the pod", volume.name);
        return Some(RULE.complain(message, at("")).help("write a different `mountPath`"));
    }
    let lost = is_below(path, DATA) && volume.claim.is_none() && !EXPENDABLE.contains(&path);
    lost.then(|| {
        let message = format!("the data in `{path}` would be lost with the pod");
        RULE.complain(message, at("in the data directory")).help("use `claim`, or write a different `mountPath`")
    })
}

/// The directory of the pod that a volume at a path would hide.
pub(super) fn hides(path: &str) -> Option<&'static str> {
    let own = OWN_PATHS.into_iter().find(|own| *own == path || is_below(own, path));
    own.or((path == "/etc" || path.starts_with("/etc/cassc")).then_some("/etc/cassc"))
}

/// Whether a volume that is mounted into Cassandra's container hides nothing of the pod and holds no data.
pub(crate) fn is_free_path(path: &str) -> bool {
    is_mount_path(path) && hides(path).is_none() && !is_below(path, DATA)
}

fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

/// The volumes that cassc adds to the pods of this topology.
fn own_volumes<'t>(subject: &Subject<'t>) -> impl Iterator<Item = &'t str> + use<'t> {
    let cassandra = &subject.spec().cassandra;
    let release: Option<Release> = cassandra.version.parse().ok();
    let read_only = cassandra.image.is_none() && release.is_some_and(|release| release.minor >= Minor::V4_1);
    let certificates = subject.spec().has_management_certificates();
    let some = [(CERTIFICATES, certificates), (READ_ONLY_ROOT, read_only)];
    let own_logs = subject.spec().storage.additional_volumes.iter().any(|volume| volume.mount_path == LOGS_PATH);
    OWN_VOLUMES
        .into_iter()
        .filter(move |name| !own_logs || *name != LOGS)
        .chain(some.into_iter().filter(|(_, there)| *there).map(|(name, _)| name))
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
                    complaint.help("remove it; pods have it only from Cassandra 4.1 on, without `image`")
                }
                (CERTIFICATES, _) => complaint.help("remove it, or write `spec.managementApi.tls`"),
                (_, Some(near)) => complaint.help(format!("did you mean `{near}`?")),
                (_, None) => complaint.help("add it to `spec.storage.additionalVolumes`"),
            });
        }
        let path = mount.mount_path.as_str();
        if path.is_empty() || path.contains(':') {
            let message = format!("`{path}` is not a valid mount path");
            let complaint = RULE.complain(message, subject.value(route.key("mountPath"), ""));
            complaints.push(complaint.expected("a path without `:`"));
        } else if let Some(other) = paths.insert(path, route.key("mountPath")) {
            let message = format!("{} mounts two volumes at `{path}`", called(written));
            let complaint = RULE.complain(message, subject.value(route.key("mountPath"), "used twice"));
            let complaint = complaint.label(subject.value(other, "first use"));
            complaints.push(complaint.help("write a different `mountPath` for one of the two"));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_is_deeper() {
        assert!(is_below("/a/b", "/a") && !is_below("/ab", "/a") && !is_below("/a", "/a"));
    }
}

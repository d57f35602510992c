//! E414: a key of cassandra.yaml that cassc manages, or a directory outside the persistent volumes.

use serde_json::Value;

use super::config_places::config_route;
use super::owned_keys::{CACHE_DIRECTORY, DATA_DIRECTORIES, owned_key};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E414",
    name: "config-key-owned",
    summary: "a key of cassandra.yaml is managed by cassc, or names a directory outside the persistent volumes",
    explain: "\
cassc derives names, addresses, ports, seeds, the snitch and authentication from the topology. Different values in
`cassandra.config` would contradict the Kubernetes objects. Directories must be in a persistent volume: the data in all other
directories is lost with the pod.

Use the field of the topology. Write directories below `/var/lib/cassandra`, or below the `mountPath` of an additional volume
with a `claim`.",
};

/// Where the data volume is mounted.
const DATA: &str = "/var/lib/cassandra";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, config) in subject.configs() {
        for (key, value) in config {
            let route = config_route(level).key(key);
            if let Some(owned) = owned_key(key) {
                let complaint = RULE.complain(format!("`{key}` is managed by cassc"), subject.key(route, owned.reason));
                complaints.push(complaint.help(owned.instead));
            } else if DATA_DIRECTORIES.contains(&key.as_str()) || key == CACHE_DIRECTORY {
                complaints.extend(
                    directories(route, value)
                        .into_iter()
                        .filter_map(|(route, path)| directory(subject, key, &route, &path)),
                );
            }
        }
    }
}

/// The paths that Cassandra reads; it also takes a number or a boolean as a path.
fn directories(route: Route, value: &Value) -> Vec<(Route, String)> {
    match value {
        Value::String(path) => vec![(route, path.clone())],
        Value::Number(_) | Value::Bool(_) => vec![(route, value.to_string())],
        Value::Array(paths) => {
            let paths = paths.iter().enumerate();
            paths.flat_map(|(index, path)| directories(route.index(index), path)).collect()
        }
        _ => Vec::new(),
    }
}

fn directory(subject: &Subject<'_>, key: &str, route: &Route, path: &str) -> Option<Diagnostic> {
    let complain = |message: String, label: &str| RULE.complain(message, subject.value(route.clone(), label));
    let shown = path.escape_debug();
    let expected = format!("a directory below {DATA}, without `..`");
    if !path.starts_with('/') {
        return Some(complain(format!("`{shown}` is not an absolute path"), "").expected(expected));
    }
    if path.split('/').any(|part| part == "..") {
        return Some(complain(format!("`{shown}` contains `..`"), "").expected(expected));
    }
    match mount_of(subject, key, path) {
        Mount::Kept => None,
        Mount::Data => {
            let complaint = complain(format!("`{path}` is the root of the data volume"), "has other directories");
            Some(complaint.expected(format!("a directory below {DATA}")))
        }
        Mount::Lost => {
            let complaint = complain(format!("`{path}` is not in a persistent volume"), "lost with the pod");
            let claim = "below the `mountPath` of an additional volume with a `claim`";
            Some(complaint.expected(format!("a directory below {DATA}, or {claim}")))
        }
    }
}

/// Where a path lies.
enum Mount {
    /// In a persistent volume, or in a volume that is allowed to be lost.
    Kept,
    /// At the root of the data volume.
    Data,
    /// Anywhere else.
    Lost,
}

/// The deepest mount above a path counts.
fn mount_of(subject: &Subject<'_>, key: &str, path: &str) -> Mount {
    let volumes = subject.spec().storage.additional_volumes.iter();
    let additional = volumes.filter_map(|volume| {
        let kept = volume.claim.is_some() || (key == CACHE_DIRECTORY && volume.empty_dir.is_some());
        Some((depth_below(&volume.mount_path, path)?, if kept { Mount::Kept } else { Mount::Lost }))
    });
    let data = depth_below(DATA, path).map(|depth| (depth, if depth > 0 { Mount::Kept } else { Mount::Data }));
    let nearest = additional.chain(data).min_by_key(|(depth, _)| *depth);
    nearest.map_or(Mount::Lost, |(_, mount)| mount)
}

/// How many directories lie between a path and what is below it; `None` where it is not below.
fn depth_below(above: &str, path: &str) -> Option<usize> {
    let parts =
        |path: &str| path.split('/').filter(|part| !matches!(*part, "" | ".")).map(str::to_owned).collect::<Vec<_>>();
    let (above, path) = (parts(above), parts(path));
    path.starts_with(&above).then(|| path.len() - above.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_part_by_part() {
        assert_eq!(depth_below("/var/lib/cassandra", "/var/lib//cassandra/data/"), Some(1));
        assert_eq!(depth_below("/var/lib/cassandra/", "/var/lib/cassandra"), Some(0));
        assert_eq!(depth_below("/var/lib/cassandra", "/var/lib/cassandra-commitlog"), None);
        assert_eq!(depth_below("/", "/anything"), Some(1));
    }
}

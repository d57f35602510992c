//! W432: a path that the pod cannot serve, so that something fails later, or is lost.

use super::pod_files::PodFiles;
use super::{config_paths, jvm_paths};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W432",
    name: "path",
    summary: "the pod cannot read or write a path of the configuration",
    explain: "\
The container of Cassandra has the files of its image, the data volume at `/var/lib/cassandra`, volumes that are emptied with
every pod at `/var/log/cassandra` and `/tmp`, and the additional volumes of the topology. From 4.1 on its root file system is
read-only, unless the topology names an image; before, what is written elsewhere is lost when the container restarts. A
heap dump, a log or a certificate that is not in a volume is missing when it is needed. If Cassandra would not start at all,
E417 and E422 refuse the path.

Write a path below one of these volumes, or add a volume to `spec.storage.additionalVolumes`. If your own image has the folder,
accept the warning.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let files = PodFiles::of(subject);
    let found = config_paths::faults(subject, &files).into_iter().chain(jvm_paths::faults(subject, &files));
    for found in found.filter(|found| !found.fault.is_fatal()) {
        let at = |label: &str| subject.value(found.route.clone(), label);
        complaints.push(found.fault.complaint(&RULE, &files, &found.name, at));
    }
}

//! E503: extra containers without a valid name or an image, or with a duplicate name.

use std::collections::BTreeMap;

use cassc_ring::reaper::ReaperMode;

use super::written::{WrittenContainer, called, containers_of};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_environment_name, is_label, nearest_label};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E503",
    name: "container-name",
    summary: "an extra container has an invalid name, no image, or a duplicate variable",
    explain: "\
All containers and init containers of a pod need different names, and cassc uses some names itself. A container with the same
name would replace the other one, or the API server would refuse the pod. If an environment variable is written twice, the last
value silently counts.

Give each container a unique DNS label as its name, and an image. Write each variable once.",
};

/// The names of the containers that cassc renders.
pub(super) const OWN_CONTAINERS: [&str; 3] = ["cassandra", "server-config-init", "server-system-logger"];

/// The one that pods have where Reaper runs in them.
const REAPER: &str = "reaper";

/// Whether Reaper runs in the pods of Cassandra.
pub(super) fn reaper_in_pods(subject: &Subject<'_>) -> bool {
    subject.spec().repair.reaper.as_ref().is_some_and(|reaper| reaper.mode == ReaperMode::Sidecar)
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for pod in subject.pods() {
        of_pod(subject, &containers_of(pod), complaints);
    }
}

fn of_pod(subject: &Subject<'_>, containers: &[WrittenContainer<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, Route> = BTreeMap::new();
    for written in containers {
        let name = written.container.name.as_str();
        let route = written.route.key("name");
        if let Some(complaint) = name_fault(subject, written) {
            complaints.push(complaint);
        } else if let Some(other) = first.get(name) {
            let complaint =
                RULE.complain(format!("two containers have the name `{name}`"), subject.value(route, "used twice"));
            let complaint = complaint.label(subject.value(other.clone(), "first use"));
            complaints.push(complaint.help("rename one of the two"));
        } else {
            first.insert(name, route);
        }
        if written.container.image.as_deref().is_none_or(|image| image.trim().is_empty()) {
            let message = format!("{} has no image", called(written));
            let at = subject.value(written.route.key("image"), "");
            complaints.push(RULE.complain(message, at).help("add `image: …` with a tag or a digest"));
        }
        complaints.extend(environment(subject, written));
    }
}

fn name_fault(subject: &Subject<'_>, written: &WrittenContainer<'_>) -> Option<Diagnostic> {
    let name = written.container.name.as_str();
    let at = || subject.value(written.route.key("name"), "");
    if name.is_empty() {
        return Some(RULE.complain("an extra container has no name", at()).help("add `name: …`"));
    }
    let is_sidecar = || name == REAPER && reaper_in_pods(subject);
    if OWN_CONTAINERS.contains(&name) || is_sidecar() {
        let complaint = RULE.complain(format!("the container name `{name}` is that of a container of cassc"), at());
        return Some(complaint.help("use a different name"));
    }
    if is_label(name) {
        return None;
    }
    let message = format!("`{}` is not a valid container name", name.escape_debug());
    let complaint = RULE.complain(message, at()).expected("at most 63 lower-case letters, digits and `-`");
    Some(match nearest_label(name) {
        Some(nearest) => complaint.help(format!("write `name: {nearest}`")),
        None => complaint,
    })
}

fn environment(subject: &Subject<'_>, written: &WrittenContainer<'_>) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    let mut first: BTreeMap<&str, Route> = BTreeMap::new();
    for (index, variable) in written.container.env.iter().flatten().enumerate() {
        let (name, route) = (variable.name.as_str(), written.route.key("env").index(index));
        if !is_environment_name(name) {
            let message = format!("`{}` is not a valid name of an environment variable", name.escape_debug());
            let at = subject.value(route.key("name"), "");
            complaints.push(RULE.complain(message, at).expected("printable ASCII without `=`"));
        } else if let Some(other) = first.get(name) {
            let message = format!("{} sets the variable `{name}` twice", called(written));
            let at = subject.value(route.key("name"), "used twice");
            let complaint = RULE.complain(message, at).label(subject.value(other.clone(), "first use"));
            complaints.push(complaint.help("remove one of the two"));
        } else {
            first.insert(name, route.key("name"));
        }
        if variable.value.as_deref().is_some_and(|value| !value.is_empty()) && variable.value_from.is_some() {
            let message = format!("the variable `{name}` has two values");
            let at = subject.value(route.key("valueFrom"), "second value");
            let complaint = RULE.complain(message, at).label(subject.value(route.key("value"), "first value"));
            complaints.push(complaint.help("remove `value` or `valueFrom`"));
        }
    }
    complaints
}

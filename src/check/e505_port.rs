//! E505: invalid ports of extra containers, and ports that are in use.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::reaper;
use k8s_openapi::api::core::v1::ContainerPort;

use super::e503_container_name::reaper_in_pods;
use super::written::{WrittenContainer, containers_of};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_port_name;
use crate::subject::{PodAt, Subject};

pub(super) const RULE: Rule = Rule {
    code: "E505",
    name: "port",
    summary: "a port of an extra container is invalid or in use",
    explain: "\
The containers of a pod share one network address. If two of them listen on the same port, the second one does not start; if
that is Cassandra, the node is down.

Cassandra, its Management API and its metrics use the ports 7000, 7001, 7199, 8080, 9000, 9042, 9103 and 9142, and their names.
Reaper in the pods uses 7080 and 7081. Use a different port between 1 and 65535, and a name of at most 15 lower-case letters, digits and `-`.",
};

/// Ports of the Cassandra container with their names (Cass Operator's `pkg/reconciliation/construct_podtemplatespec.go`).
pub(super) const OWN_PORTS: [(u16, &str); 8] = [
    (7000, "internode"),
    (7001, "tls-internode"),
    (7199, "jmx"),
    (8080, "mgmt-api-http"),
    (9000, "metrics"),
    (9042, "native"),
    (9103, "prometheus"),
    (9142, "tls-native"),
];

/// Ports of Reaper where it runs in the pods, with their names.
const REAPER_PORTS: [(u16, &str); 2] = [(reaper::PORT, "ui"), (reaper::ADMIN_PORT, "admin")];

/// The names, and the numbers with their protocol, that were seen so far.
#[derive(Default)]
struct Seen<'t> {
    names: BTreeMap<&'t str, Route>,
    numbers: BTreeMap<(&'t str, i32), Route>,
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let node_ports: BTreeSet<i32> = subject
        .spec()
        .datacenters
        .iter()
        .filter_map(|datacenter| Some(i32::from(datacenter.node_port.as_ref()?.native)))
        .collect();
    let pods: Vec<_> = subject.pods().iter().map(|pod| (pod, containers_of(pod))).collect();
    for (pod, containers) in &pods {
        of_pod(subject, pod, containers, &node_ports, complaints);
    }
}

fn of_pod(
    subject: &Subject<'_>,
    pod: &PodAt<'_>,
    containers: &[WrittenContainer<'_>],
    node_ports: &BTreeSet<i32>,
    complaints: &mut Vec<Diagnostic>,
) {
    let mut seen = Seen::default();
    for written in containers {
        for (index, port) in written.container.ports.iter().flatten().enumerate() {
            let route = written.route.key("ports").index(index);
            complaints.extend(name_fault(subject, port, &route, &mut seen));
            complaints.extend(number_fault(subject, port, &route, node_ports, &mut seen));
            complaints.extend(host_port_fault(subject, pod, written, port, &route));
        }
    }
}

fn name_fault<'t>(
    subject: &Subject<'_>,
    port: &'t ContainerPort,
    route: &Route,
    seen: &mut Seen<'t>,
) -> Option<Diagnostic> {
    let name = port.name.as_deref()?;
    let route = route.key("name");
    if !is_port_name(name) {
        let message = format!("`{}` is not a valid port name", name.escape_debug());
        let complaint = RULE.complain(message, subject.value(route, ""));
        return Some(
            complaint.expected("at most 15 lower-case letters, digits and single `-`, with at least one letter"),
        );
    }
    if OWN_PORTS.iter().any(|(_, own)| *own == name) {
        let message = format!("the port name `{name}` is reserved for Cassandra");
        return Some(RULE.complain(message, subject.value(route, "")).help("use a different name"));
    }
    if REAPER_PORTS.iter().any(|(_, own)| *own == name) && reaper_in_pods(subject) {
        let message = format!("the port name `{name}` is reserved for Reaper");
        return Some(RULE.complain(message, subject.value(route, "")).help("use a different name"));
    }
    let other = seen.names.insert(name, route.clone())?;
    let complaint = RULE.complain(format!("two ports have the name `{name}`"), subject.value(route, "used twice"));
    Some(complaint.label(subject.value(other, "first use")).help("rename one of the two"))
}

fn number_fault<'t>(
    subject: &Subject<'_>,
    port: &'t ContainerPort,
    route: &Route,
    node_ports: &BTreeSet<i32>,
    seen: &mut Seen<'t>,
) -> Option<Diagnostic> {
    let number = port.container_port;
    let route = route.key("containerPort");
    if !(1..=65535).contains(&number) {
        let complaint = RULE.complain(format!("{number} is not a valid port"), subject.value(route, ""));
        return Some(complaint.expected("1 to 65535"));
    }
    let protocol = port.protocol.as_deref().unwrap_or("TCP");
    let own = OWN_PORTS.iter().find(|(own, _)| i32::from(*own) == number).map(|(_, name)| *name);
    let own = own.or_else(|| node_ports.contains(&number).then_some("native"));
    if let Some(own) = own.filter(|_| protocol == "TCP") {
        let message = format!("Cassandra uses port {number} (`{own}`)");
        return Some(RULE.complain(message, subject.value(route, "in use")).help("use a different port"));
    }
    let reaper = REAPER_PORTS.iter().find(|(own, _)| i32::from(*own) == number && reaper_in_pods(subject));
    if let Some((_, own)) = reaper.filter(|_| protocol == "TCP") {
        let message = format!("Reaper uses port {number} (`{own}`)");
        return Some(RULE.complain(message, subject.value(route, "in use")).help("use a different port"));
    }
    let other = seen.numbers.insert((protocol, number), route.clone())?;
    let complaint = RULE.complain(format!("two ports have the number {number}"), subject.value(route, "used twice"));
    Some(complaint.label(subject.value(other, "first use")).help("use a different port for one of the two"))
}

fn host_port_fault(
    subject: &Subject<'_>,
    pod: &PodAt<'_>,
    written: &WrittenContainer<'_>,
    port: &ContainerPort,
    route: &Route,
) -> Option<Diagnostic> {
    let host_port = port.host_port?;
    let at = subject.value(route.key("hostPort"), "");
    if !(0..=65535).contains(&host_port) {
        return Some(RULE.complain(format!("{host_port} is not a valid port"), at).expected("1 to 65535"));
    }
    let is_on = pod.pod.host_network == Some(true);
    let differs = is_on && host_port != 0 && host_port != port.container_port;
    differs.then(|| {
        let name = &written.container.name;
        let message = format!("`hostPort` of `{name}` differs from `containerPort`, but `hostNetwork` is on");
        RULE.complain(message, at).help("remove `hostPort`")
    })
}

//! E437: certificates for the Management API of some datacenters only.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E437",
    name: "management-tls",
    summary: "the Management API has certificates in some datacenters only",
    explain: "\
With certificates the Management API speaks TLS alone. The program in the cluster and Reaper call the nodes of all datacenters in
the same way: with certificates, or without.

Write `managementApi.tls` below `spec`, or in every datacenter. Secrets of datacenters in one Kubernetes cluster must come from the
same authority, because the program in the cluster shows the certificate of one of them to the nodes of all.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    if spec.management_api.tls.is_some() {
        return;
    }
    let route = |index: usize| Level::Datacenter(index).route().key("managementApi").key("tls");
    let mut datacenters = spec.datacenters.iter().enumerate();
    let Some((with, _)) = datacenters.clone().find(|(_, it)| it.management_api.tls.is_some()) else { return };
    let Some((without, datacenter)) = datacenters.find(|(_, it)| it.management_api.tls.is_none()) else { return };
    let message = format!(
        "the Management API of `{}` has no certificates, but that of `{}` has",
        datacenter.name, spec.datacenters[with].name
    );
    let at = subject.value(Level::Datacenter(without).route().key("name"), "no certificates");
    let complaint = RULE.complain(message, at).label(subject.key(route(with), "certificates here"));
    complaints.push(complaint.help("write `managementApi.tls` below `spec`, or in every datacenter"));
}

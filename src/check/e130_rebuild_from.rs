//! E130: a datacenter that copies its data from one that does not exist, or from itself.

use cassc_ring::ring_names;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::Datacenter;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E130",
    name: "rebuild-from",
    summary: "`rebuildFrom` of a datacenter does not name another datacenter",
    explain: "\
The nodes of a new datacenter copy their data from the datacenter that `rebuildFrom` names (`nodetool rebuild`). Cassandra refuses
a source without nodes, and a datacenter that copies from itself stays empty while clients already read from it.

Write the `name` of another datacenter of the topology. With `additionalSeeds` it may also be a datacenter that runs elsewhere:
then write its name in Cassandra. Without `rebuildFrom`, the source is the first other datacenter with nodes.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let Some(source) = &datacenter.rebuild_from else { continue };
        let at = |words| subject.value(Level::Datacenter(index).route().key("rebuildFrom"), words);
        let complaint = match found(subject, source) {
            Some(name) if name == in_ring(datacenter) => {
                RULE.complain(format!("`{}` would copy its data from itself", datacenter.name), at(""))
            }
            Some(_) => continue,
            None => {
                let message = format!("`rebuildFrom: {}` names no datacenter", source.escape_debug());
                RULE.complain(message, at("unknown"))
            }
        };
        complaints.push(complaint.help(help(subject, index)));
    }
}

/// The name in Cassandra of the datacenter with that name, or of one that runs elsewhere.
pub(super) fn found<'t>(subject: &Subject<'t>, source: &'t str) -> Option<&'t str> {
    let named = subject.spec().datacenters.iter().find(|other| other.name == source);
    let is_elsewhere =
        || !subject.spec().additional_seeds.is_empty() && ring_names::fault("datacenter", source).is_none();
    named.map(in_ring).or_else(|| is_elsewhere().then_some(source))
}

/// The name of a datacenter in Cassandra.
pub(super) fn in_ring(datacenter: &Datacenter) -> &str {
    datacenter.ring_name.as_ref().unwrap_or(&datacenter.name)
}

fn help(subject: &Subject<'_>, index: usize) -> String {
    let others = subject.spec().datacenters.iter().enumerate().filter(|(other, _)| *other != index);
    let names: Vec<String> = others.map(|(_, other)| format!("`{}`", other.name)).collect();
    match names.as_slice() {
        [] => "remove the field: there is no other datacenter".to_owned(),
        names => format!("write {}, or remove the field", names.join(" or ")),
    }
}

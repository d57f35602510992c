//! E106: a name that Cassandra's configuration files cannot contain.

use cassc_ring::ring_names::fault;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E106",
    name: "ring-name",
    summary: "a name has characters that Cassandra's configuration files cannot contain",
    explain: "\
Cassandra reads the names of datacenter and rack from `cassandra-rackdc.properties`, a Java properties file in Latin-1.
Trailing spaces, `\\`, `#`, `=` and `:` have a special meaning there. The name of a datacenter is also part of replication
maps and of lists such as `dc1:3,dc2:3`. A node that reads a wrong name starts a new datacenter and does not find its replicas.

Use letters, digits, `_`, `-`, `.`, and spaces except at the start or the end. `clusterName` may be any single line of text
without leading or trailing spaces.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if let Some(name) = &subject.spec().cluster_name {
        complaints.extend(judge(subject, "clusterName", name, Route::of("spec.clusterName")));
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let route = Level::Datacenter(index).route().key("ringName");
        complaints
            .extend(datacenter.ring_name.iter().filter_map(|name| judge(subject, "datacenter", name, route.clone())));
    }
    for place in &subject.racks {
        let Some(name) = &place.rack.ring_name else { continue };
        complaints.extend(judge(subject, "rack", name, place.level().route().key("ringName")));
    }
}

fn judge(subject: &Subject<'_>, what: &str, name: &str, route: Route) -> Option<Diagnostic> {
    let fault = fault(what, name)?;
    let field = if what == "clusterName" { "`clusterName`".to_owned() } else { format!("`ringName` of a {what}") };
    let message = match name {
        "" => format!("{field} is empty"),
        _ => format!("`{}` is not a valid {field}", name.escape_debug()),
    };
    let complaint = RULE.complain(message, subject.value(route, if name.is_empty() { "" } else { &fault }));
    Some(match what {
        _ if name.is_empty() => complaint.help("write a name, or remove the field"),
        "clusterName" => complaint.expected("one line of text without leading or trailing spaces"),
        _ => complaint.expected("letters, digits, `_`, `-`, `.`, and spaces except at the start or the end"),
    })
}

//! E654: a field of `network` that has no effect, or a port that is none.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{MOST_PEERS, Network};

pub(super) const RULE: Rule = Rule {
    code: "E654",
    name: "network-without-effect",
    summary: "a field of `network` has no effect, or a port is invalid",
    explain: "\
The fields of `network` say what NetworkPolicies let through. Without `policies: true` there are none, and everybody reaches
everything, although the topology looks otherwise. `reaper` needs `repair.reaper`, and `apiServer` needs `steps`: without them
there is nobody to reach, or nobody who calls. A port is a number from 1 to 65535, and is listed once.

Write `policies: true`, or remove the field.",
};

/// The fields but `policies`, and whether they are written.
fn fields(network: &Network) -> [(&'static str, bool); 6] {
    let Network { policies: _, clients, monitoring, reaper, nodes_elsewhere, api_server, dns } = network;
    [
        ("clients", !clients.is_empty()),
        ("monitoring", !monitoring.is_empty()),
        ("reaper", !reaper.is_empty()),
        ("nodesElsewhere", !nodes_elsewhere.is_empty()),
        ("apiServer", !api_server.cidrs.is_empty() || !api_server.ports.is_empty()),
        ("dns", !dns.servers.is_empty() || !dns.ports.is_empty()),
    ]
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let has_steps = spec.steps.as_ref().is_some_and(|steps| steps.enabled);
    for (field, _) in fields(&spec.network).into_iter().filter(|(_, is_written)| *is_written) {
        let (needed, help) = match field {
            _ if !spec.network.policies => ("policies: true", "add `policies: true`, or remove it"),
            "reaper" if spec.repair.reaper.is_none() => ("repair.reaper", "add `repair.reaper`, or remove it"),
            "apiServer" if !has_steps => ("steps", "write `steps: {enabled: true}`, or remove it"),
            _ => continue,
        };
        let at = subject.key(Route::of("spec.network").key(field), "");
        complaints.push(RULE.complain(format!("`network.{field}` has no effect without `{needed}`"), at).help(help));
    }
    for (field, ports) in [("apiServer", &spec.network.api_server.ports), ("dns", &spec.network.dns.ports)] {
        self::ports(subject, &Route::of("spec.network").key(field).key("ports"), ports, complaints);
    }
}

fn ports(subject: &Subject<'_>, route: &Route, ports: &[u16], complaints: &mut Vec<Diagnostic>) {
    if ports.len() > MOST_PEERS {
        let complaint = RULE.complain(format!("the list has {} entries", ports.len()), subject.key(route.clone(), ""));
        complaints.push(complaint.expected(format!("at most {MOST_PEERS}")));
        return;
    }
    for (index, port) in ports.iter().enumerate() {
        let at = subject.value(route.index(index), "");
        if *port == 0 {
            complaints.push(RULE.complain("0 is not a port", at).expected("1 to 65535"));
        } else if ports[..index].contains(port) {
            complaints
                .push(RULE.complain(format!("the port {port} is listed twice"), at).help("remove one of the two"));
        }
    }
}

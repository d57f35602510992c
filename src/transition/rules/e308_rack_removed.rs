//! E308: a rack that is no longer there.

use crate::cluster::{Datacenter, Rack};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E308",
    name: "rack-removed",
    summary: "a rack of a deployed datacenter is gone, or has another name",
    explain: "\
Cassandra puts the replicas of a row into different racks. With a rack less most rows belong to other nodes, all at once,
and the pods of the rack would be deleted with the only nodes that have them. CassKop and Cass Operator refuse it. A rack
with another name is a rack that is removed and one that is added.

Racks stay. To have other racks, add a datacenter that has them, let it be rebuilt, move the clients, and scale the old
one to `nodes: 0`; then it may be removed, and while it has no nodes its racks may change.",
};

pub(super) const FORCE: Force = Force::Never("the rows of a rack cannot be moved while its datacenter serves");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for pair in transition.datacenters().into_iter().filter(Pair::has_nodes) {
        for rack in removed(&pair) {
            complaints.push(refuse(transition, &pair, rack));
        }
    }
}

/// The racks of a datacenter that are no longer there.
pub(super) fn removed<'t>(Pair { before, after }: &Pair<'t, Datacenter>) -> Vec<&'t Rack> {
    before.racks.iter().filter(|rack| after.rack(&rack.name).is_none()).collect()
}

fn refuse(transition: &Transition<'_>, Pair { before, after }: &Pair<'_, Datacenter>, rack: &Rack) -> Diagnostic {
    let position = before.racks.iter().position(|it| it.name == rack.name);
    let instead = position.and_then(|position| after.racks.get(position));
    let renamed = instead.filter(|instead| before.rack(&instead.name).is_none());
    let message = format!("rack `{}` of `{}` is gone", rack.name, after.name);
    let complaint = match renamed {
        Some(renamed) => {
            let scope = Scope::Rack(&after.name, &renamed.name);
            RULE.complain(message, transition.now(At::name(scope), format!("is this `{}` renamed?", rack.name)))
        }
        None => RULE.complain(
            message,
            transition.now(At::of(Scope::Datacenter(&after.name), "racks", "racks"), "not among these"),
        ),
    };
    let was = transition.was(At::name(Scope::Rack(&before.name, &rack.name)), "was here");
    let help = match renamed {
        Some(_) => format!("write `{}`: the name of a rack never changes; `ringName` neither", rack.name),
        None => "put it back: racks stay until their whole datacenter has `nodes: 0`".to_owned(),
    };
    complaint.labels(was).help(help)
}

//! E308: a deployed rack was removed or renamed.

use cassc_ring::facts::{Removed, removed_racks};

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E308",
    name: "rack-removed",
    summary: "a rack of a deployed datacenter was removed or renamed",
    explain: "\
Cassandra places the replicas of a row in different racks. Without one of the racks most rows belong to other nodes at
once, and the pods that hold these rows would be deleted. CassKop and Cass Operator refuse this change too. Renaming a
rack removes it and adds a new one.

Keep all deployed racks. To change the racks, add a datacenter with the new racks, rebuild it, move the clients, and scale
the old datacenter to `nodes: 0`. You can then remove it. The racks of a datacenter without nodes may change.",
};

pub(super) const FORCE: Force = Force::Never("the data of a rack cannot move while its datacenter has nodes");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (pair, ring) in transition.ring_pairs() {
        complaints.extend(removed_racks(ring).into_iter().map(|rack| refuse(transition, &pair, rack)));
    }
}

fn refuse(transition: &Transition<'_>, Pair { before, after }: &Pair<'_, Datacenter>, gone: Removed) -> Diagnostic {
    let rack = &before.racks[gone.position];
    let renamed = gone.instead.map(|position| &after.racks[position]);
    let message = format!("rack `{}` of `{}` was removed", rack.name, after.name);
    let complaint = match renamed {
        Some(renamed) => {
            let scope = Scope::Rack(&after.name, &renamed.name);
            RULE.complain(message, transition.label_after(At::name(scope), format!("`{}` renamed?", rack.name)))
        }
        None => RULE.complain(
            message,
            transition.label_after(At::of(Scope::Datacenter(&after.name), "racks", "racks"), "not in this list"),
        ),
    };
    let was = transition.label_before(At::name(Scope::Rack(&before.name, &rack.name)), "deployed here");
    let help = match renamed {
        Some(_) => format!("write `name: {}`; a deployed rack cannot be renamed", rack.name),
        None => format!("add rack `{}` again; it can be removed once its datacenter has `nodes: 0`", rack.name),
    };
    complaint.labels(was).help(help)
}

//! E352: nodes are removed.

use cassc_ring::facts::{deleted_members, shrunk_rack};
use cassc_wording::nodes;

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::Dialect;
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E352",
    name: "nodes-leave",
    summary: "the number of nodes of a deployed datacenter was reduced",
    explain: "\
A StatefulSet with fewer replicas deletes its last pods. Their nodes are not decommissioned: they do not stream their data to
the other nodes, and they stay DN in the ring. Rows with replicas only on these nodes are lost.

With `steps: {enabled: true}` the program in the cluster decommissions the nodes and then lowers the replicas. That is safe only
where the delivery tool leaves `/spec/replicas` of live StatefulSets alone. Argo CD and Flux do where cassc renders their objects
(`delivery.argocd`, `delivery.flux`), and where you tell them (`delivery.ignoresReplicas: true`, E358). With `kubectl` accept E352,
and apply base and steps first; the plan has the commands.

Without the program, decommission the nodes by hand:
1. Check that no keyspace has more replicas in this datacenter than the number of remaining nodes (with `nodes: 0`: no
   replicas at all), and that the remaining nodes have enough free disk space.
2. Run `nodetool decommission` in the pods that the help line names, in that order, one at a time. Wait until
   `nodetool status` no longer lists the node.
3. Accept E352 with that as the reason, and merge at once: a pod that restarts in between would join again.
4. Remove the entry from `spec.accept` afterwards.",
};

pub(super) const FORCE: Force = Force::WithReason;

/// How many pods a message names.
const MOST_NAMES: usize = 6;

/// Where the program alone changes replicas there is nothing to refuse, unless it does only since this change (E355). Where
/// it runs and a delivery tool applies everything at once, no reason makes it safe (E358).
pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let after = transition.after;
    if after.steps.is_some() && (after.steps_change_replicas() || after.dialect != Dialect::Plain) {
        return;
    }
    for (complaint, leaving) in nodes_leave(transition, &RULE) {
        let pods = in_words(&leaving);
        let help = match &after.steps {
            None => format!("decommission {pods}, and add `{{code: E352, reason: …}}` to `spec.accept`"),
            Some(_) => format!(
                "add `{{code: E352, reason: …}}` to `spec.accept`, apply base and steps, and apply cluster when the Job has taken \
                 {pods} out of the ring"
            ),
        };
        complaints.push(complaint.help(help));
    }
}

/// A complaint for every datacenter that loses nodes, with their pods.
pub(super) fn nodes_leave(transition: &Transition<'_>, rule: &Rule) -> Vec<(Diagnostic, Vec<String>)> {
    let mut complaints = Vec::new();
    for (Pair { before, after }, ring) in transition.ring_pairs() {
        let leaving = deleted_members(ring);
        let Some(rack) = shrunk_rack(ring).filter(|_| !leaving.is_empty()) else { continue };
        let rack = &after.racks[rack];
        let at = At::of(Scope::Rack(&after.name, &rack.name), "nodes", "nodes");
        let in_all = |datacenter: &Datacenter| format!("{} in total", nodes(datacenter.nodes()));
        let in_rack = |count| format!("{} in rack `{}`", nodes(count), rack.name);
        let (was, now) = if before.nodes() > after.nodes() {
            (in_all(before), in_all(after))
        } else {
            (in_rack(before.rack(&rack.name).map_or(0, |rack| rack.nodes)), in_rack(rack.nodes))
        };
        let has_steps = transition.after.steps.is_some();
        let message = match (leaving.len(), has_steps) {
            (1, false) => format!("1 node of `{}` is removed, and cassc does not decommission it", after.name),
            (count, false) => {
                format!("{count} nodes of `{}` are removed, and cassc does not decommission them", after.name)
            }
            (1, true) => format!("1 node of `{}` is removed, and the delivery tool would delete its pod", after.name),
            (count, true) => {
                format!("{count} nodes of `{}` are removed, and the delivery tool would delete their pods", after.name)
            }
        };
        let complaint = transition.refuse(rule, message, at, format!("now {now}"), format!("deployed: {was}"));
        complaints.push((complaint, leaving));
    }
    complaints
}

fn in_words(pods: &[String]) -> String {
    let named: Vec<String> = pods.iter().take(MOST_NAMES).map(|pod| format!("`{pod}`")).collect();
    let more = pods.len().saturating_sub(MOST_NAMES);
    let rest = if more > 0 { format!(" and {more} more, the highest ordinals first") } else { String::new() };
    format!("{}{rest}", named.join(", then "))
}

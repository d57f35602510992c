//! What is done to the ring itself for a change of it, by kind of step; an empty list where nothing needs to be done. The
//! order and the guards stand in [`crate::precedence::ORDER`]. Nothing here speaks of objects, PVCs or restarts.

use std::collections::BTreeSet;

use crate::Change;
use crate::change::Pair;
use crate::desired::{Datacenter, Rack, Ring};
use crate::names;
use crate::operation::{Operation, OperationKind};
use crate::step::{Action, OperationChange};

/// Takes system keyspaces out of datacenters that lose all nodes, and down to the nodes that are left elsewhere.
pub fn lower_replication(change: Change<'_>) -> Vec<Action> {
    let fitting = change.replicas_while_nodes_leave();
    if both(change).is_none() || fitting.is_empty() || fitting == change.replicas_before() {
        return Vec::new();
    }
    vec![Action::ReplicateSystemKeyspaces { replicas: fitting }]
}

/// Brings system keyspaces to the replicas that are asked for. When the ring is founded they are made so from the start.
pub fn raise_replication(change: Change<'_>) -> Vec<Action> {
    let replicas = change.replicas_after();
    if both(change).is_none() || change.replicas_while_nodes_leave() == replicas {
        return Vec::new();
    }
    vec![Action::ReplicateSystemKeyspaces { replicas }]
}

/// Nodes leave datacenters that keep others.
pub fn shrink_datacenters(change: Change<'_>) -> Vec<Action> {
    decommissions(change, |left| left > 0)
}

/// All nodes of datacenters leave.
pub fn empty_datacenters(change: Change<'_>) -> Vec<Action> {
    decommissions(change, |left| left == 0)
}

/// Without a topology no node is decommissioned: the nodes run until they are deleted by hand. A lost node that an operation removes
/// is not decommissioned.
fn decommissions(change: Change<'_>, is_meant: fn(u32) -> bool) -> Vec<Action> {
    let removed = removed_pods(change);
    let action = |pair: Pair<'_>| {
        let nodes_left = pair.staying();
        let pods: Vec<String> = pair.leaving().into_iter().filter(|pod| !removed.contains(pod)).collect();
        let datacenter = pair.name.to_owned();
        (!pods.is_empty() && is_meant(nodes_left)).then_some(Action::Decommission { datacenter, pods, nodes_left })
    };
    of_all(change).filter_map(action).collect()
}

/// The pods whose nodes operations remove that are not held back.
fn removed_pods(change: Change<'_>) -> BTreeSet<String> {
    let steps = change.after.and_then(|ring| ring.steps.as_ref());
    let operations = steps.into_iter().flat_map(|steps| &steps.operations);
    let removals = operations.filter(|it| it.kind == OperationKind::RemoveNode && !it.suspend);
    removals.flat_map(|it| it.pods.iter().cloned()).collect()
}

/// New nodes of all datacenters start, in start order. `may_found` is the result of [`crate::founding::may_found`].
pub fn join(change: Change<'_>, may_found: bool) -> Vec<Action> {
    let growing = change.datacenters().into_iter().filter(|pair| !pair.joining().is_empty());
    let growing: Vec<Pair<'_>> = growing.collect();
    let pods: Vec<String> = growing.iter().flat_map(|pair| pair.joining()).collect();
    if pods.is_empty() {
        return Vec::new();
    }
    let kube_cluster = |pair: &Pair<'_>| pair.after.and_then(|datacenter| datacenter.kube_cluster.clone());
    let start_orders = growing.iter().map(kube_cluster).collect::<BTreeSet<_>>().len();
    vec![Action::Join { pods, founds: change.before.is_none() && may_found, start_orders }]
}

/// All nodes are stopped.
pub fn stop(change: Change<'_>) -> Vec<Action> {
    match both(change) {
        Some((before, after)) if !is_stopped(before) && is_stopped(after) => {
            vec![Action::Stop { pods: all_pods(after) }]
        }
        _ => Vec::new(),
    }
}

/// All nodes that were stopped start again.
pub fn start(change: Change<'_>) -> Vec<Action> {
    match both(change) {
        Some((before, after)) if is_stopped(before) && !is_stopped(after) => {
            vec![Action::Start { pods: all_pods(after) }]
        }
        _ => Vec::new(),
    }
}

fn is_stopped(ring: &Ring) -> bool {
    ring.steps.as_ref().is_some_and(|steps| steps.stopped)
}

fn all_pods(ring: &Ring) -> Vec<String> {
    ring.datacenters.iter().flat_map(Datacenter::pods_in_start_order).collect()
}

/// Every node rewrites its tables once all run another release line.
pub fn upgrade_tables(change: Change<'_>) -> Vec<Action> {
    match both(change) {
        Some((before, after)) if before.version.minor != after.version.minor => {
            vec![Action::UpgradeTables { pods: all_pods(after) }]
        }
        _ => Vec::new(),
    }
}

/// Every datacenter that had no nodes copies its data from the one that it names, else from the first one that had some and
/// keeps them.
pub fn rebuild(change: Change<'_>) -> Vec<Action> {
    let datacenters = change.datacenters();
    let source = datacenters.iter().find(|pair| pair.had_nodes() && pair.has_nodes()).and_then(|pair| pair.before);
    let action = |pair: &Pair<'_>| {
        let named = pair.after.and_then(|datacenter| datacenter.rebuild_from.as_ref());
        let from = named.or(source.map(|source| &source.ring_name))?.clone();
        Some(Action::Rebuild { datacenter: pair.name.to_owned(), from, pods: pair.joining() })
    };
    let new = datacenters.iter().filter(|pair| change.before.is_some() && pair.is_new());
    new.filter_map(action).collect()
}

/// After growth the nodes that were there before drop the data whose ranges moved to the new ones.
pub fn cleanup(change: Change<'_>) -> Vec<Action> {
    let grown = change.datacenters().into_iter().filter(|pair| pair.before.is_some() && !pair.joining().is_empty());
    let pods: Vec<String> = grown.flat_map(Pair::staying_pods).collect();
    if pods.is_empty() { Vec::new() } else { vec![Action::Cleanup { pods }] }
}

/// The pods whose nodes leave, in the order in which they leave.
pub fn leaving_pods(change: Change<'_>) -> Vec<String> {
    of_all(change).flat_map(Pair::leaving).collect()
}

fn both(change: Change<'_>) -> Option<(&Ring, &Ring)> {
    change.before.zip(change.after)
}

/// The datacenters of a change of which something is asked.
fn of_all(change: Change<'_>) -> impl Iterator<Item = Pair<'_>> {
    change.datacenters().into_iter().filter(move |_| change.after.is_some())
}

/// Operations that are new, or that are held back, go on or try again; `is_cure` chooses between those that make the ring whole
/// again and all others. One that is only listed as before, or no longer, is none of them.
pub fn operations(change: Change<'_>, is_cure: bool) -> Vec<Action> {
    let Some(after) = change.after else { return Vec::new() };
    let of_ring = |ring: &'_ Ring| ring.steps.as_ref().map(|steps| steps.operations.clone()).unwrap_or_default();
    let known = change.before.map(of_ring).unwrap_or_default();
    let wanted = of_ring(after).into_iter().filter(|operation| operation.kind.is_cure() == is_cure);
    let action = |operation: Operation| {
        let before = known.iter().find(|before| before.id == operation.id);
        let change = change_of_operation(before, &operation)?;
        let pods = pods_of_operation(after, &operation);
        Some(Action::Operation { change, operation: Box::new(operation), pods })
    };
    wanted.filter_map(action).collect()
}

fn change_of_operation(before: Option<&Operation>, after: &Operation) -> Option<OperationChange> {
    let same = before.filter(|before| before.content() == after.content());
    match same {
        Some(before) if before.suspend && after.suspend => None,
        _ if after.suspend => Some(OperationChange::Waits),
        None => Some(OperationChange::Runs),
        Some(before) if before.suspend => Some(OperationChange::Resumes),
        Some(before) => (before.retry != after.retry).then_some(OperationChange::Retries),
    }
}

/// The pods in the scope of an operation, in the order in which it does them: those that it names, or those of its rack, its datacenter,
/// or the ring, as nodes start or, for a restart, as pods restart. None for a node that is named by its host id.
pub fn pods_of_operation(ring: &Ring, operation: &Operation) -> Vec<String> {
    if !operation.pods.is_empty() || operation.kind == OperationKind::RemoveNode {
        return operation.pods.clone();
    }
    let is_meant = |name: &Option<String>, of: &str| name.as_ref().is_none_or(|name| name == of);
    let datacenters = ring.datacenters.iter().filter(|it| is_meant(&operation.datacenter, &it.name));
    if operation.kind != OperationKind::Restart {
        let is_of = |rack: &Rack, pod: &str| names::set_of_pod(pod) == Some(rack.stateful_set.as_str());
        let in_rack = |datacenter: &Datacenter, pod: &str| {
            datacenter.racks.iter().any(|rack| is_of(rack, pod) && is_meant(&operation.rack, &rack.ring_name))
        };
        let pods =
            |it: &Datacenter| it.pods_in_start_order().into_iter().filter(|pod| in_rack(it, pod)).collect::<Vec<_>>();
        return datacenters.flat_map(pods).collect();
    }
    let racks = datacenters.flat_map(|it| &it.racks).filter(|rack| is_meant(&operation.rack, &rack.ring_name));
    let pods = |rack: &'_ Rack| {
        (0..rack.nodes).rev().map(|ordinal| names::pod(&rack.stateful_set, ordinal)).collect::<Vec<_>>()
    };
    racks.flat_map(pods).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::Steps;
    use crate::desired::fixtures::ring;

    fn replicas(actions: &[Action]) -> Vec<(String, u32)> {
        let of = |action: &Action| match action {
            Action::ReplicateSystemKeyspaces { replicas } => replicas.clone().into_iter().collect(),
            _ => Vec::new(),
        };
        actions.iter().flat_map(of).collect()
    }

    #[test]
    fn replication_is_lowered_before_nodes_leave_and_raised_after_others_join() {
        let (before, after) = (ring(&[&[2, 2], &[1]]), ring(&[&[1, 1], &[3]]));
        let change = Change { before: Some(&before), after: Some(&after) };
        assert_eq!(replicas(&lower_replication(change)), [("dc1".to_owned(), 2), ("dc2".to_owned(), 1)]);
        assert_eq!(replicas(&raise_replication(change)), [("dc1".to_owned(), 2), ("dc2".to_owned(), 3)]);
        let same = Change { before: Some(&before), after: Some(&before) };
        assert!(lower_replication(same).is_empty() && raise_replication(same).is_empty());
    }

    #[test]
    fn a_topology_that_is_gone_asks_nobody_to_leave() {
        let ring = ring(&[&[2]]);
        let gone = Change { before: Some(&ring), after: None };
        assert!(empty_datacenters(gone).is_empty() && shrink_datacenters(gone).is_empty());
        assert!(leaving_pods(gone).is_empty() && lower_replication(gone).is_empty());
    }

    #[test]
    fn a_new_datacenter_copies_from_one_that_stays() {
        let (before, after) = (ring(&[&[2], &[0]]), ring(&[&[2], &[1]]));
        let rebuilds = rebuild(Change { before: Some(&before), after: Some(&after) });
        let pods = vec!["shop-dc2-r1-sts-0".to_owned()];
        assert_eq!(rebuilds, [Action::Rebuild { datacenter: "dc2".to_owned(), from: "dc1".to_owned(), pods }]);
        assert!(rebuild(Change { before: None, after: Some(&after) }).is_empty());
    }

    #[test]
    fn a_new_datacenter_copies_from_the_one_that_it_names() {
        let (before, mut after) = (ring(&[&[2], &[2], &[0]]), ring(&[&[2], &[2], &[1]]));
        after.datacenters[2].rebuild_from = Some("dc2".to_owned());
        let rebuilds = rebuild(Change { before: Some(&before), after: Some(&after) });
        assert!(matches!(&rebuilds[..], [Action::Rebuild { from, .. }] if from == "dc2"), "{rebuilds:?}");
        assert!(rebuild(Change { before: None, after: Some(&after) }).is_empty());
    }

    #[test]
    fn a_ring_stops_and_starts_as_a_whole() {
        let (running, mut stopped) = (ring(&[&[1, 1]]), ring(&[&[1, 1]]));
        stopped.steps = Some(Steps { stopped: true, ..Steps::default() });
        let change = |before, after| Change { before: Some(before), after: Some(after) };
        let pods = || vec!["shop-dc1-r1-sts-0".to_owned(), "shop-dc1-r2-sts-0".to_owned()];
        assert_eq!(stop(change(&running, &stopped)), [Action::Stop { pods: pods() }]);
        assert_eq!(start(change(&stopped, &running)), [Action::Start { pods: pods() }]);
        for same in [&running, &stopped] {
            assert!(stop(change(same, same)).is_empty() && start(change(same, same)).is_empty());
        }
        assert!(stop(Change { before: None, after: Some(&stopped) }).is_empty());
    }

    #[test]
    fn only_a_new_ring_is_founded_and_only_old_nodes_are_cleaned_up() {
        let (before, after) = (ring(&[&[1]]), ring(&[&[2]]));
        let growth = Change { before: Some(&before), after: Some(&after) };
        let founds = |actions: Vec<Action>| matches!(actions[..], [Action::Join { founds: true, .. }]);
        assert!(!founds(join(growth, true)) && founds(join(Change { before: None, after: Some(&after) }, true)));
        assert_eq!(cleanup(growth), [Action::Cleanup { pods: vec!["shop-dc1-r1-sts-0".to_owned()] }]);
        assert!(cleanup(Change { before: None, after: Some(&after) }).is_empty());
    }

    fn with_operations(operations: &str) -> Ring {
        let operations = serde_json::from_str(operations).expect("a list of operations");
        Ring { steps: Some(Steps { operations, ..Steps::default() }), ..ring(&[&[2, 1], &[1]]) }
    }

    #[test]
    fn a_lost_node_is_removed_and_not_decommissioned() {
        let before = with_operations("[]");
        let leaves = |operations: &str| {
            let mut after = with_operations(operations);
            after.datacenters[0].racks[0].nodes = 1;
            let change = Change { before: Some(&before), after: Some(&after) };
            (shrink_datacenters(change).len(), super::operations(change, true).len())
        };
        let removal = |more: &str| format!(r#"[{{"id":"a","kind":"removeNode","pods":["shop-dc1-r1-sts-1"]{more}}}]"#);
        assert_eq!(leaves(&removal("")), (0, 1));
        assert_eq!(leaves(&removal(r#","suspend":true"#)), (1, 1));
        assert_eq!(leaves("[]"), (1, 0));
    }

    #[test]
    fn an_operation_is_told_when_it_is_new_held_back_goes_on_or_tries_again() {
        let before = with_operations(
            r#"[{"id":"a","kind":"flush"},{"id":"b","kind":"flush","suspend":true},{"id":"c","kind":"flush"},
                {"id":"d","kind":"flush","suspend":true},{"id":"e","kind":"flush"},{"id":"f","kind":"scrub"}]"#,
        );
        let after = with_operations(
            r#"[{"id":"a","kind":"flush"},{"id":"b","kind":"flush"},{"id":"c","kind":"flush","retry":"2"},
                {"id":"d","kind":"scrub","suspend":true},{"id":"e","kind":"flush","suspend":true},
                {"id":"g","kind":"replaceNode","pods":["shop-dc1-r1-sts-0"]},{"id":"h","kind":"flush"}]"#,
        );
        let told = |before: Option<&Ring>, is_cure| {
            let actions = operations(Change { before, after: Some(&after) }, is_cure).into_iter();
            let of_action = |action| match action {
                Action::Operation { change, operation, .. } => (operation.id.clone(), change),
                other => unreachable!("{other:?}"),
            };
            actions.map(of_action).collect::<Vec<_>>()
        };
        let expected = [
            ("b", OperationChange::Resumes),
            ("c", OperationChange::Retries),
            ("d", OperationChange::Waits),
            ("e", OperationChange::Waits),
            ("h", OperationChange::Runs),
        ];
        assert_eq!(told(Some(&before), false), expected.map(|(id, change)| (id.to_owned(), change)));
        assert_eq!(told(Some(&before), true), [("g".to_owned(), OperationChange::Runs)]);
        assert_eq!(told(None, false).len(), 6);
    }

    #[test]
    fn the_scope_of_an_operation_is_its_pods_or_those_of_a_rack_a_datacenter_or_the_ring() {
        let ring = with_operations(
            r#"[{"id":"a","kind":"flush"},{"id":"b","kind":"flush","datacenter":"dc1"},
                {"id":"c","kind":"flush","datacenter":"dc1","rack":"r1"},{"id":"d","kind":"drain","pods":["x-0"]},
                {"id":"e","kind":"removeNode","hostId":"6d194555-f6eb-41d0-c000-000000000001"}]"#,
        );
        let operations = &ring.steps.as_ref().expect("steps").operations;
        let pods: Vec<usize> = operations.iter().map(|it| pods_of_operation(&ring, it).len()).collect();
        assert_eq!(pods, [4, 3, 2, 1, 0]);
    }
}

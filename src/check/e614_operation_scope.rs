//! E614: operations on datacenters, racks or pods that do not exist.

use cassc_ring::names;
use cassc_ring::operation::OperationKind;
use cassc_wording::{nearest, quoted};

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::NestedRack;
use crate::topology::{Datacenter, Operation};

pub(super) const RULE: Rule = Rule {
    code: "E614",
    name: "operation-scope",
    summary: "an operation names a datacenter, a rack or a pod that does not exist",
    explain: "\
`datacenter` and `rack` of an operation are names of the topology, and `pods` are names of its pods: `<cluster>-<datacenter>-<rack>-sts-`
and a number from 0. An operation without any node would be done at once. A node that `removeNode` takes out of the ring does not come
back, so its pod is one that the topology no longer has: of one of its racks, with a number beyond its nodes.

Write a name that exists; for `removeNode`, reduce the number of nodes in the same change, or use `replaceNode`. Remove operations that
ran from the topology, as soon as their pods are no longer there.",
};

/// A name that is not there.
struct Unknown {
    message: String,
    field: &'static str,
    index: Option<usize>,
    words: &'static str,
    help: String,
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, operation) in subject.spec().operations.iter().enumerate() {
        let route = Route::of("spec.operations").index(index);
        let at = |unknown: &Unknown| -> Label {
            let field = route.key(unknown.field);
            subject.value(unknown.index.map_or(field.clone(), |index| field.index(index)), unknown.words)
        };
        let unknown = place(subject, operation).into_iter().chain(pods(subject, operation));
        complaints.extend(unknown.map(|it| RULE.complain(it.message.clone(), at(&it)).help(it.help)));
    }
}

fn place(subject: &Subject<'_>, operation: &Operation) -> Option<Unknown> {
    let all = &subject.spec().datacenters;
    let unknown = |field, name: &str, known: Vec<&str>| {
        let message = format!("`{field}: {}` names no {field} of the topology", name.escape_debug());
        Some(Unknown {
            message,
            field,
            index: None,
            words: "unknown",
            help: format!("write {}", quoted(&known).replace(" and ", " or ")),
        })
    };
    let names = || all.iter().map(|it| it.name.as_str()).collect();
    let datacenter: Option<&Datacenter> = match (&operation.datacenter, all.as_slice()) {
        (Some(name), _) => match all.iter().find(|it| it.name == *name) {
            None => return unknown("datacenter", name, names()),
            found => found,
        },
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let rack = operation.rack.as_ref()?;
    let Some(datacenter) = datacenter else {
        let message = format!("the rack `{}` may be that of {} datacenters", rack.escape_debug(), all.len());
        return Some(Unknown {
            message,
            field: "rack",
            index: None,
            words: "",
            help: "write its `datacenter` too".to_owned(),
        });
    };
    if datacenter.racks.iter().any(|it| it.name == *rack) {
        return None;
    }
    unknown("rack", rack, datacenter.racks.iter().map(|it| it.name.as_str()).collect())
}

fn pods(subject: &Subject<'_>, operation: &Operation) -> Vec<Unknown> {
    let named = operation.pods.iter().enumerate();
    let faults = named.filter_map(|(index, pod)| match operation.kind {
        OperationKind::RemoveNode => fault_of_removed(subject, pod).map(|(message, help)| (index, message, "", help)),
        _ if rack_of_pod(subject, pod).is_some() => None,
        _ => {
            let message = format!("`{}` is no pod of the topology", pod.escape_debug());
            Some((index, message, "unknown", help(subject, pod)))
        }
    });
    let unknown = |(index, message, words, help)| Unknown { message, field: "pods", index: Some(index), words, help };
    faults.map(unknown).collect()
}

/// What is wrong with the pod of a node that is to be removed, and what to do.
fn fault_of_removed(subject: &Subject<'_>, pod: &str) -> Option<(String, String)> {
    if rack_of_set(subject, pod).is_none() {
        let message = format!("`{}` is no pod of a rack of the topology", pod.escape_debug());
        return Some((message, "write the `hostId` of the node instead of `pods`".to_owned()));
    }
    rack_of_pod(subject, pod).filter(|place| subject.nodes_of(place) > 0)?;
    let help = "use `replaceNode`, or reduce the number of nodes in the same change; if the operation ran, remove it";
    let message = format!("the topology asks for `{pod}`, so its node is not removed for good");
    Some((message, help.to_owned()))
}

fn stateful_set(subject: &Subject<'_>, place: &NestedRack<'_>) -> String {
    names::stateful_set(&subject.topology.metadata.name, &place.datacenter.name, &place.rack.name)
}

/// The rack of a pod that the topology asks for; while the numbers of nodes are in doubt, of any pod of the rack.
pub(super) fn rack_of_pod<'s, 't>(subject: &'s Subject<'t>, pod: &str) -> Option<&'s NestedRack<'t>> {
    let (place, ordinal) = rack_of_set(subject, pod)?;
    let is_counted = subject.nodes_of_racks(place.datacenter_index).is_some();
    (!is_counted || ordinal < subject.nodes_of(place)).then_some(place)
}

/// The rack whose StatefulSet a pod's name has, and its number.
fn rack_of_set<'s, 't>(subject: &'s Subject<'t>, pod: &str) -> Option<(&'s NestedRack<'t>, u32)> {
    let (set, ordinal) = parts(pod)?;
    Some((subject.racks.iter().find(|place| stateful_set(subject, place) == set)?, ordinal))
}

/// The StatefulSet and the ordinal, as Kubernetes writes it.
fn parts(pod: &str) -> Option<(&str, u32)> {
    names::parts_of_pod(pod).filter(|(set, ordinal)| names::pod(set, *ordinal) == pod)
}

/// The pods of the rack that is meant, or the first pod of all.
fn help(subject: &Subject<'_>, pod: &str) -> String {
    let gone = "if the operation ran, remove it";
    let set = parts(pod).map_or(pod, |(set, _)| set);
    let sets: Vec<String> = subject.racks.iter().map(|place| stateful_set(subject, place)).collect();
    let meant = nearest(set, sets.iter().map(String::as_str)).or(sets.first().map(String::as_str));
    let place = subject.racks.iter().find(|place| Some(stateful_set(subject, place).as_str()) == meant);
    match place.map(|place| (stateful_set(subject, place), subject.nodes_of(place))) {
        Some((set, nodes @ 2..)) => format!("write one of `{set}-0` to `{set}-{}`; {gone}", nodes - 1),
        Some((set, 1)) => format!("write `{set}-0`; {gone}"),
        _ => gone.to_owned(),
    }
}

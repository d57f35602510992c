//! Objects that are applied, in words.

use super::super::tallied;
use super::lists::{EVERY, NAMED, listed};
use super::{Line, Piece, Sign, Told, prose, words};
use crate::plan::ObjectName;

/// The words before objects that no tool removes.
const KEPT: &str = "no longer rendered; delete by hand once nothing uses it: ";
/// The kinds that the program in the cluster deletes; it has no right to delete others.
const JOB_DELETES: [&str; 2] = ["ConfigMap", "Job"];
/// The words before objects that the Job deletes.
const KEPT_FOR_JOB: &str = "no longer rendered; the Job deletes it once nothing uses it: ";

pub(super) fn apply([created, changed, removed, kept]: [&Vec<ObjectName>; 4], has_job: bool) -> Told {
    let all: Vec<&ObjectName> = [created, changed, removed, kept].into_iter().flatten().collect();
    let (by_job, by_hand): (Vec<ObjectName>, Vec<ObjectName>) =
        kept.iter().cloned().partition(|object| has_job && JOB_DELETES.contains(&object.kind.as_str()));
    let lists = [
        (created, Piece::Sign(Sign::Created), NAMED),
        (changed, Piece::Sign(Sign::Changed), NAMED),
        (removed, Piece::Sign(Sign::Removed), EVERY),
        (&by_hand, words(KEPT), EVERY),
        (&by_job, words(KEPT_FOR_JOB), EVERY),
    ];
    let counts = [
        (created.len(), "created", "created"),
        (changed.len(), "changed", "changed"),
        (removed.len(), "removed", "removed"),
        (kept.len(), "left in place", "left in place"),
    ];
    let title = tallied(("object", "objects"), &counts);
    let filled = lists.into_iter().filter(|(objects, ..)| !objects.is_empty());
    let details = filled.map(|(objects, lead, most)| {
        let mut line = vec![lead];
        line.extend(by_kind(objects, &all, most));
        line
    });
    Told {
        title: vec![words(if all.is_empty() { "nothing is applied".to_owned() } else { title })],
        details: details.collect(),
    }
}

/// Objects, kind by kind. Where all objects of the step lie in one namespace of one Kubernetes cluster, neither is
/// named.
fn by_kind(objects: &[ObjectName], all: &[&ObjectName], most: (usize, usize)) -> Line {
    let is_one_namespace = all.iter().all(|object| object.namespace == all[0].namespace);
    let is_one_cluster = all.iter().all(|object| object.kube_cluster == all[0].kube_cluster);
    let path = |object: &ObjectName| {
        let namespace = object.namespace.iter().filter(|_| !is_one_namespace).map(|it| format!("{it}/"));
        let cluster = object.kube_cluster.iter().filter(|_| !is_one_cluster).map(|it| format!("{it}: "));
        cluster.chain(namespace).collect::<String>() + &object.name
    };
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for object in objects {
        match kinds.iter_mut().find(|(kind, _)| *kind == object.kind) {
            Some((_, names)) => names.push(path(object)),
            None => kinds.push((&object.kind, vec![path(object)])),
        }
    }
    let mut line = Line::new();
    for (position, (kind, names)) in kinds.iter().enumerate() {
        line.push(words(if position == 0 { "" } else { "; " }));
        line.extend([prose(*kind), words(" ")]);
        line.extend(listed(names, most));
    }
    line
}

//! E360: a deployed cluster without a topology.

use cassc_wording::nodes;

use crate::cluster::{Cluster, Datacenter};
use crate::diagnostic::{Diagnostic, Label, Part, Place, Route, Rule};
use crate::transition::{Accepted, Force, Was};

pub(super) const RULE: Rule = Rule {
    code: "E360",
    name: "cluster-deleted",
    summary: "the topology of a deployed cluster is gone",
    explain: "\
A file that disappears takes every object of its cluster with it, and nobody who reads the pull request sees them. What
then happens depends on the tool that delivers:

- Argo CD and Flux prune what is no longer rendered. StatefulSets and the ConfigMaps with the configuration stay until a
  person deletes them, and their pods go on. Services, the disruption budget, the seed list and the start order may go
  at once: clients lose the cluster while its pods still run.
- `kubectl apply -k` removes nothing.

The claims, and the data in them, stay in every case (the StatefulSets say `Retain`) until a person deletes them. A Secret
that was made by hand stays as well.

To delete a cluster, say so while its topology is still there, in a commit of its own:
`accept: [{code: E360, reason: \"moved to the new cluster, see the ticket\"}]` under `spec`. Once that is deployed, delete
the file in the next commit. The acceptance is read from what is deployed, so both in one pull request are refused: the
first is the announcement that others can object to.

A file that was moved is no deletion, as long as the inputs still reach it: cassc finds the cluster by its name.",
};

pub(super) const FORCE: Force = Force::WithReason;

/// Judges the deletion of a cluster by what it accepts as it is deployed. `was` says where it is written.
pub fn deletion(gone: &Cluster, was: Was) -> Result<Accepted, Diagnostic> {
    let nodes = nodes(gone.datacenters.iter().map(Datacenter::nodes).sum());
    let message = format!("`{}` ({nodes}) is deployed, and its topology is gone", gone.name);
    let acceptance = gone.accept.iter().find(|it| it.code == RULE.code && !it.reason.trim().is_empty());
    if let Some(acceptance) = acceptance {
        return Ok(Accepted { code: RULE.code.to_owned(), message, reason: acceptance.reason.clone() });
    }
    let (document, route) = match was {
        Was { topology: Some(document), .. } => (document, "metadata.name"),
        Was { topology: None, lock } => {
            (lock.expect("what is deployed was read from a lock or a topology"), "cluster.name")
        }
    };
    let place = Place::Value { document, route: Route::of(route), part: Part::Value };
    let label = Label { place, text: "what is deployed".to_owned() };
    Err(RULE.complain(message, label).help(
        "put the topology back; to delete the cluster, let it accept E360 in a commit of its own first \
         (`accept: [{code: E360, reason: …}]`), and delete the file once that is deployed",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;
    use crate::diagnostic::DocumentId;
    use crate::topology::Acceptance;

    fn accepting(code: &str, reason: &str) -> Cluster {
        Cluster { accept: vec![Acceptance { code: code.to_owned(), reason: reason.to_owned() }], ..shop() }
    }

    #[test]
    fn a_deletion_is_refused_unless_what_is_deployed_accepts_it_with_a_reason() {
        let was = Was { lock: Some(DocumentId { text: 0, number: 0 }), topology: None };
        for gone in [shop(), accepting("E318", "another matter"), accepting("E360", " ")] {
            let complaint = deletion(&gone, was).expect_err("nothing accepts it");
            assert_eq!((complaint.code, complaint.labels.len()), ("E360", 1));
        }
        let accepted = deletion(&accepting("E360", "moved"), was).expect("it is accepted");
        assert_eq!(accepted.reason, "moved");
        assert_eq!(accepted.message, "`shop` (1 node) is deployed, and its topology is gone");
    }
}

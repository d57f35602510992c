//! E360: the topology of a deployed cluster is missing.

use cassc_wording::nodes;

use crate::cluster::{Cluster, Datacenter};
use crate::diagnostic::{Diagnostic, Label, Part, Place, Route, Rule};
use crate::transition::{Accepted, DeployedSource, Force};

pub(super) const RULE: Rule = Rule {
    code: "E360",
    name: "cluster-deleted",
    summary: "the topology of a deployed cluster is missing",
    explain: "\
Without the file all objects of the cluster are no longer rendered, and the pull request does not show them. The effect
depends on the delivery tool:
- Argo CD and Flux prune objects that are no longer rendered. StatefulSets and the ConfigMaps with the configuration stay
  until you delete them, and their pods keep running. Services, the PodDisruptionBudget, the seed list and the start order
  may be deleted at once: clients lose the cluster while its pods still run.
- `kubectl apply -k` deletes nothing.
PVCs and the data on them always stay until you delete them (`persistentVolumeClaimRetentionPolicy: Retain`). Secrets that
you created stay too.

To delete a cluster, first announce it in a commit of its own, while the topology still exists. Write
`accept: [{code: E360, reason: \"moved to the new cluster, see the ticket\"}]` under `spec`. When that commit is deployed,
delete the file. The entry is read from the deployed topology, so both steps in one pull request are refused.

A moved file is not a deletion as long as the inputs still include it: cassc finds the cluster by its name.",
};

pub(super) const FORCE: Force = Force::WithReason;

/// Judges the deletion of a cluster by what its deployed state accepts. `was` is where that is written.
pub fn deletion(gone: &Cluster, was: DeployedSource) -> Result<Accepted, Diagnostic> {
    let nodes = nodes(gone.datacenters.iter().map(Datacenter::nodes).sum());
    let message = format!("the topology of the deployed cluster `{}` ({nodes}) is missing", gone.name);
    let acceptance = gone.accept.iter().find(|it| it.code == RULE.code && !it.reason.trim().is_empty());
    if let Some(acceptance) = acceptance {
        return Ok(Accepted { code: RULE.code.to_owned(), message, reason: acceptance.reason.clone() });
    }
    let (document, route) = match was {
        DeployedSource { topology: Some(document), .. } => (document, "metadata.name"),
        DeployedSource { topology: None, lock } => {
            (lock.expect("what is deployed was read from a lock or a topology"), "cluster.name")
        }
    };
    let place = Place::Value { document, route: Route::of(route), part: Part::Value };
    let label = Label { place, text: "deployed cluster".to_owned() };
    Err(RULE.complain(message, label).help(
        "restore the file; to delete the cluster, add `{code: E360, reason: …}` to its `spec.accept`, deploy that \
         commit, and then delete the file",
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
        let was = DeployedSource { lock: Some(DocumentId { text: 0, number: 0 }), topology: None };
        for gone in [shop(), accepting("E318", "another matter"), accepting("E360", " ")] {
            let complaint = deletion(&gone, was).expect_err("nothing accepts it");
            assert_eq!((complaint.code, complaint.labels.len()), ("E360", 1));
        }
        let accepted = deletion(&accepting("E360", "moved"), was).expect("it is accepted");
        assert_eq!(accepted.reason, "moved");
        assert_eq!(accepted.message, "the topology of the deployed cluster `shop` (1 node) is missing");
    }
}

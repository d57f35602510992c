//! E361: two deployed clusters have the same object, port, Application or folder.

use crate::diagnostic::Rule;
use crate::transition::Force;

pub(super) const RULE: Rule = Rule {
    code: "E361",
    name: "shared-with-deployed",
    summary: "two deployed clusters share an object, a node port, an Application or a folder",
    explain: "\
Both clusters are deployed already, and what E103, E105 or E127 would refuse today stands in both locks: most often a
PodDisruptionBudget, which is named after the datacenter alone. The cluster that was applied last has it; the other one has
no protection, or loses the object when the first one is deleted.

If the clusters run in different Kubernetes clusters, write `kubeCluster` in both topologies (E324 asks for a reason once).
Otherwise move one of them: a new datacenter with a name of its own, then the old one to 0 nodes; or accept it with the reason
why it is harmless: `accept: [{code: E361, reason: \"two Kubernetes clusters, the namespace is in both\"}]`. This reason stays
valid as long as the entry stands.",
};

pub(super) const FORCE: Force = Force::WithReason;

//! Whether a new ring may be founded. Called by the renderer of the start order, which the gate reads, and by the plan.

use serde::{Deserialize, Serialize};

/// Whether a new ring may be founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Founding {
    /// The first pod founds the ring if its volume is empty, the cluster state does not record a ring, DNS works, and no other
    /// pod is ready. Default.
    #[default]
    Auto,
    /// No pod founds a ring. A pod whose volume is empty, or has data without the mark that its node is a member, waits until it
    /// can join a ring. If all pods are such pods, as after a full outage of a cluster that was just adopted, they wait forever.
    Never,
}

/// Whether the first pod of the first datacenter may found a ring. It may not if `additionalSeeds` belong to an existing ring.
/// With several Kubernetes clusters they may belong to this topology instead.
pub fn may_found(founding: Founding, has_additional_seeds: bool, n_kube_clusters: usize) -> bool {
    let ring_exists = has_additional_seeds && n_kube_clusters == 1;
    founding == Founding::Auto && !ring_exists
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_that_exists_elsewhere_is_never_founded_again() {
        assert!(may_found(Founding::Auto, false, 1) && may_found(Founding::Auto, true, 2));
        assert!(!may_found(Founding::Auto, true, 1) && !may_found(Founding::Never, false, 1));
    }
}

//! Whether a new ring may be founded. Asked by the renderer of the start order, which tells the gate, and by the plan.

use serde::{Deserialize, Serialize};

/// Whether a new ring may be founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Founding {
    /// The first pod founds the ring when its volume is empty, the ring was never recorded as founded, the cluster's
    /// DNS answers, and no other pod is ready.
    #[default]
    Auto,
    /// No pod ever founds a ring: an empty volume waits for a ring to join.
    Never,
}

/// Whether the first pod of the first datacenter may found a ring. Additional seeds name a ring that exists, so a
/// founder that cannot reach them must wait; unless they only connect the Kubernetes clusters of this very topology.
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

//! A Kubernetes cluster that the last of its nodes left. Nobody can be asked there any more, and what is remembered counts. Where pods
//! are gone by accident, members are remembered, or claims are there of which nothing is.

use crate::observed::Pod;
use crate::situation::Situation;

impl Situation<'_> {
    /// Whether a node that was seen LEFT before is still no member: as nodes say, or as it is remembered where all have left.
    pub fn is_gone(&self, host_id: &str) -> bool {
        self.gossip.is_gone(host_id) || self.all_left()
    }

    /// Whether all our nodes have left: no member is remembered, and every pod and every claim is one of a node that left. Such a pod
    /// ends, is in its gate, or says so itself.
    pub fn all_left(&self) -> bool {
        let objects = &self.seen.objects;
        let left = |pod: &str| self.state.left.get(pod);
        let says_so = |name: &str| {
            let local = self.gossip.local(name).and_then(|it| it.host_id.as_ref());
            local.is_some() && local == left(name)
        };
        let is_over = |(name, pod): (&String, &Pod)| {
            let does_not_run = pod.is_deleting || pod.is_in_gate || pod.address.is_none();
            left(name).is_some() && (does_not_run || says_so(name))
        };
        self.state.host_ids.is_empty()
            && self.gossip.is_empty()
            && objects.pods.iter().all(is_over)
            && objects.claims.values().filter(|claim| claim.is_data).all(|claim| left(&claim.pod).is_some())
    }

    /// Whether all our nodes have left, none is asked for, and no pod is there or will be made.
    pub fn is_deserted(&self) -> bool {
        let objects = &self.seen.objects;
        let none_comes = self.wanted().is_empty() && objects.sets.values().all(|set| set.replicas == 0);
        none_comes && objects.pods.is_empty() && self.all_left()
    }
}

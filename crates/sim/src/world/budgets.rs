//! The disruption controller: `maxUnavailable: 1` for the pods of a datacenter.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::kube::PodKey;
use crate::world::World;

impl World {
    /// Brings the status of the budgets up to date, unless it is frozen.
    pub(super) fn reconcile_budgets(&mut self, kube: usize) {
        self.armed[kube].budgets = false;
        if self.faults.is_budget_frozen(self.now) {
            return;
        }
        let objects = &mut self.kubes[kube];
        let mut expected: BTreeMap<Rc<str>, u32> = BTreeMap::new();
        for set in &objects.sets {
            *expected.entry(Rc::clone(&set.manifest.datacenter)).or_default() += set.replicas;
        }
        let mut healthy: BTreeMap<&str, u32> = BTreeMap::new();
        for (key, pod) in &objects.pods {
            let datacenter = &*objects.sets[usize::from(key.set)].manifest.datacenter;
            let is_evicted = objects.budgets.get(datacenter).is_some_and(|it| it.disrupted.contains(&(*key, pod.uid)));
            if pod.is_ready && pod.deleting.is_none() && !is_evicted {
                *healthy.entry(datacenter).or_default() += 1;
            }
        }
        let allowed = |datacenter: &str, expected: u32| {
            let healthy = healthy.get(datacenter).copied().unwrap_or(0);
            (healthy + 1).saturating_sub(expected)
        };
        let allowed: Vec<(Rc<str>, u32)> =
            expected.into_iter().map(|(name, expected)| (Rc::clone(&name), allowed(&name, expected))).collect();
        for (datacenter, allowed) in allowed {
            let budget = objects.budgets.entry(datacenter).or_default();
            budget.allowed = allowed;
            let pods = &objects.pods;
            let waits =
                |key: &PodKey, uid: u64| pods.get(key).is_some_and(|pod| pod.uid == uid && pod.deleting.is_none());
            budget.disrupted.retain(|(key, uid)| waits(key, *uid));
        }
    }
}

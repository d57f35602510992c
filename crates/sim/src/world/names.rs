//! What the name service says: the addresses of pods, and which of them are ready. It lags behind the API server.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::kube::PodKey;
use crate::world::World;

/// What it says in one Kubernetes cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The address of each pod that has one.
    all: BTreeMap<PodKey, Rc<str>>,
    /// The addresses of ready pods by datacenter.
    ready: BTreeMap<Rc<str>, Vec<Rc<str>>>,
}

impl World {
    /// Learns what the API server knows.
    pub(super) fn learn_names(&mut self, kube: usize) {
        self.armed[kube].names = false;
        let objects = &self.kubes[kube];
        let mut names = Names::default();
        for (key, pod) in &objects.pods {
            let Some(address) = &pod.address else { continue };
            names.all.insert(*key, Rc::clone(address));
            if pod.is_ready && pod.deleting.is_none() {
                let datacenter = Rc::clone(&objects.set(*key).manifest.datacenter);
                names.ready.entry(datacenter).or_default().push(Rc::clone(address));
            }
        }
        self.names[kube] = names;
        self.wake_gates(kube);
    }

    /// The address of a pod, in its own Kubernetes cluster.
    pub(super) fn address_by_name(&self, kube: usize, key: PodKey) -> Option<&Rc<str>> {
        self.names[kube].all.get(&key)
    }

    /// Whether the address of a pod is among those of the ready ones of its datacenter, as the gate finds out.
    pub(super) fn is_ready_by_name(&self, kube: usize, key: PodKey) -> bool {
        let Some(address) = self.address_by_name(kube, key) else { return false };
        let ready = self.names[kube].ready.get(&self.kubes[kube].set(key).manifest.datacenter);
        ready.is_some_and(|addresses| addresses.contains(address))
    }

    /// A pod of any Kubernetes cluster by its name.
    pub fn find_pod(&self, name: &str) -> Option<(usize, PodKey)> {
        let found = |kube: usize| Some((kube, self.kubes[kube].key_of(name)?));
        (0..self.kubes.len()).find_map(found)
    }
}

//! What runs inside a pod: Cassandra with its Management API, which starts it again whenever it ends, and the readiness
//! probe.

use crate::commit::Trouble;
use crate::kube::{Phase, Pod, PodKey};
use crate::queue::SECOND;
use crate::world::{Event, World};

impl World {
    /// What kubelets notice of Cassandra by themselves: that it became ready, or stopped being so.
    pub(super) fn notice_nodes(&mut self) {
        for kube in 0..self.kubes.len() {
            let ring = &self.ring;
            let is_other = |pod: &Pod| {
                let is_ready = pod.process.is_some_and(|process| ring.is_ready(process));
                is_ready != pod.is_ready && !pod.is_probe_armed
            };
            let found = self.kubes[kube].pods.iter().find(|(_, pod)| is_other(pod));
            if found.is_none() {
                continue;
            }
            let all = self.kubes[kube].pods.iter().filter(|(_, pod)| is_other(pod));
            let all: Vec<(PodKey, u64)> = all.map(|(key, pod)| (*key, pod.uid)).collect();
            for (key, uid) in all {
                let delay = self.controllers_take(5 * SECOND, 12 * SECOND);
                if let Some(pod) = self.kubes[kube].pods.get_mut(&key) {
                    pod.is_probe_armed = true;
                }
                self.after(delay, Event::Probe(kube, key, uid));
            }
        }
    }

    /// The containers of a pod start, unless that was done.
    pub(super) fn start_containers(&mut self, kube: usize, key: PodKey, uid: u64) {
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        if pod.phase != Phase::Running || pod.process.is_some() || pod.is_draining || !self.kubelet_works(kube, pod) {
            return;
        }
        if pod.template.trouble == Some(Trouble::Crash) {
            if let Some(pod) = self.kubes[kube].pods.get_mut(&key) {
                pod.trouble = Some(Trouble::Crash);
            }
            return;
        }
        self.start_cassandra(kube, key);
    }

    /// The readiness probe ran: the first success leaves the marker on the volume. A kubelet that is cut off tells nothing,
    /// and then the node controller says that the pod is not ready.
    pub(super) fn probe(&mut self, kube: usize, key: PodKey, uid: u64) {
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        let works = self.kubelet_works(kube, pod);
        let answers = pod.phase == Phase::Running && pod.process.is_some_and(|it| self.ring.is_ready(it));
        let is_ready = works && answers;
        if answers && let Some(claim) = self.kubes[kube].claims.get_mut(&key) {
            (claim.files.marker, claim.files.joining) = (true, None);
        }
        let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
        pod.is_probe_armed = !works;
        if std::mem::replace(&mut pod.is_ready, is_ready) != is_ready {
            pod.ready_since = self.now;
            let name = std::rc::Rc::clone(&pod.name);
            self.note(|| format!("pod {name} is {}ready", if is_ready { "" } else { "not " }));
            self.pods_changed(kube);
        }
    }
}

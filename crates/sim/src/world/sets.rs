//! The controllers of StatefulSets, claims and volumes.

use std::rc::Rc;

use crate::kube::{Claim, Files, Phase, Pod, PodKey};
use crate::ring::Cause;
use crate::world::{Event, World};

/// `revisionHistoryLimit`, as it is rendered.
const MOST_REVISIONS: usize = 10;

impl World {
    /// `Parallel` and `OnDelete`: status first, then all missing pods of the update revision, and all pods above the replicas
    /// are deleted.
    pub(super) fn reconcile_sets(&mut self, kube: usize) {
        self.armed[kube].sets = false;
        for position in 0..self.kubes[kube].sets.len() {
            self.update_status(kube, position);
            self.create_missing(kube, position);
            self.delete_surplus(kube, position);
        }
    }

    fn update_status(&mut self, kube: usize, position: usize) {
        let objects = &mut self.kubes[kube];
        let of_set = objects.pods.range(pods_of(position)).map(|(_, pod)| pod);
        let (mut n_pods, mut n_ready) = (0, 0);
        of_set.for_each(|pod| (n_pods, n_ready) = (n_pods + 1, n_ready + u32::from(pod.is_ready)));
        let set = &mut objects.sets[position];
        let revision = revision_name(set.manifest.name.as_ref(), &set.manifest.template.digest);
        let is_new = set.update_revision.as_deref() != Some(revision.as_str());
        if !is_new && set.is_observed() && set.status == (n_pods, n_ready) {
            return;
        }
        if is_new {
            set.revisions.retain(|it| it.digest != set.manifest.template.digest);
            set.revisions.push(Rc::clone(&set.manifest.template));
            if set.revisions.len() > MOST_REVISIONS {
                set.revisions.remove(0);
            }
            set.update_revision = Some(revision.into());
        }
        (set.observed, set.status) = (set.generation, (n_pods, n_ready));
        let version = objects.new_version();
        objects.sets[position].version = version;
    }

    fn create_missing(&mut self, kube: usize, position: usize) {
        for ordinal in 0..self.kubes[kube].sets[position].replicas {
            let key = PodKey { set: u16::try_from(position).expect("a ring has fewer racks"), ordinal };
            match self.kubes[kube].pods.get(&key) {
                None => {
                    self.make_claim(kube, key);
                    self.make_pod(kube, key);
                }
                // The controller makes a claim again that a pod misses which no worker has yet.
                Some(pod) if pod.phase == Phase::Pending && pod.deleting.is_none() => self.make_claim(kube, key),
                Some(_) => {}
            }
        }
    }

    fn make_claim(&mut self, kube: usize, key: PodKey) {
        if self.kubes[kube].claims.contains_key(&key) {
            return;
        }
        let volume = self.new_volume();
        let uid = self.kubes[kube].new_version();
        let claim = Claim {
            uid,
            volume,
            files: Files::default(),
            requested: self.volume_bytes,
            capacity: self.volume_bytes,
            expands: true,
            is_lost: false,
            is_deleting: false,
            deleted_by: Cause::Fault,
        };
        self.kubes[kube].claims.insert(key, claim);
        self.note_pod(kube, key, "its claim is made");
    }

    fn make_pod(&mut self, kube: usize, key: PodKey) {
        let lag = self.chooser.takes(10_000, 70_000);
        let now = self.now;
        let objects = &mut self.kubes[kube];
        let (uid, name) = (objects.new_version(), objects.pod_name(key));
        let set = objects.set(key);
        let template = Rc::clone(&set.manifest.template);
        let Some(revision) = set.update_revision.clone() else { return };
        objects.pods.insert(key, Pod::new(uid, &name, revision, template, now, lag));
        self.note(|| format!("pod {name} created"));
        let delay = self.controllers_take(500, 5000);
        self.after(delay, Event::Pod(kube, key, uid));
        self.pods_changed(kube);
    }

    fn delete_surplus(&mut self, kube: usize, position: usize) {
        let objects = &self.kubes[kube];
        let replicas = objects.sets[position].replicas;
        let pods = objects.pods.range(pods_of(position));
        let surplus = pods.filter(|(key, pod)| key.ordinal >= replicas && pod.deleting.is_none());
        let surplus: Vec<PodKey> = surplus.map(|(key, _)| *key).collect();
        for key in surplus {
            self.delete_pod_object(kube, key);
        }
    }

    /// Begins to delete a pod, whoever asked for it.
    pub(super) fn delete_pod_object(&mut self, kube: usize, key: PodKey) {
        let now = self.now;
        self.kubes[kube].begin_deletion(now, key);
        self.deletion_began(kube, key);
    }

    /// Tells kubelet and controllers that a pod is being deleted.
    pub(super) fn deletion_began(&mut self, kube: usize, key: PodKey) {
        let Some(pod) = self.kubes[kube].pods.get(&key) else { return };
        let (uid, name) = (pod.uid, Rc::clone(&pod.name));
        self.note(|| format!("pod {name} is being deleted"));
        let delay = self.controllers_take(200, 2000);
        self.after(delay, Event::Pod(kube, key, uid));
        self.pods_changed(kube);
    }

    /// A claim that is being deleted goes when no pod of a worker mounts it, and its volume with it (reclaim policy
    /// `Delete`). A claim that asks for more gets it, while a pod mounts it.
    pub(super) fn reconcile_claims(&mut self, kube: usize) {
        self.armed[kube].claims = false;
        let objects = &mut self.kubes[kube];
        let is_mounted = |key: &PodKey| objects.pods.get(key).is_some_and(|pod| pod.worker.is_some());
        let gone = objects.claims.iter().filter(|(key, claim)| claim.is_deleting && !is_mounted(key));
        let gone: Vec<PodKey> = gone.map(|(key, _)| *key).collect();
        for (key, claim) in &mut objects.claims {
            let is_mounted = objects.pods.get(key).is_some_and(|pod| pod.worker.is_some());
            if is_mounted && claim.capacity < claim.requested {
                claim.capacity = claim.requested;
                self.ring.expand(claim.volume, claim.capacity);
            }
        }
        for key in gone {
            let Some(claim) = self.kubes[kube].claims.remove(&key) else { continue };
            self.note_pod(kube, key, "its claim is gone, and its volume is destroyed");
            self.drop_volume(claim.volume, claim.deleted_by);
            self.arm_sets(kube);
        }
    }
}

/// The name of a revision, as the controller makes it of a hash of the template.
pub(super) fn revision_name(set: &str, digest: &str) -> String {
    format!("{set}-{digest}")
}

/// All pods of a StatefulSet.
pub(super) fn pods_of(position: usize) -> std::ops::RangeInclusive<PodKey> {
    let set = u16::try_from(position).expect("a ring has fewer racks");
    PodKey { set, ordinal: 0 }..=PodKey { set, ordinal: u32::MAX }
}

//! Judges what the program says when it ends: what it calls done is as the desired ring of that time says.

use cassc_ring::desired::{Rack, Ring};

use crate::check::GRACE;
use crate::kube::{Kube, PodKey};
use crate::world::World;

impl World {
    /// L1: who says that everything is done has seen the newest desired ring, and all of it is there.
    pub(super) fn judge_done(&mut self, instance: usize) {
        let kube = self.instances[instance].kube;
        let (objects, now) = (&self.kubes[kube], self.now);
        let Some(document) = objects.desired.as_ref().filter(|_| objects.desired_since + GRACE < now) else { return };
        let commit = self.commits.iter().rev().find(|commit| commit.document == *document);
        let Some(ring) = commit.map(|commit| &commit.ring) else { return };
        let here = ring.datacenters.iter().filter(|it| it.kube_cluster == objects.name);
        let undone = here.flat_map(|it| &it.racks).find_map(|rack| undone(objects, ring, rack, now));
        let is_held = ring.rollout.stopped
            || ring.rollout.canary_pods.is_some()
            || ring.steps.as_ref().is_some_and(|it| it.stopped);
        let unfinished = if is_held { None } else { self.unfinished(kube, ring) };
        if let Some(text) = undone.or(unfinished) {
            self.blame("L1", format!("the program says that it is done, and {text}"));
        }
    }
}

/// What of a rack is not as the ring says.
fn undone(objects: &Kube, ring: &Ring, rack: &Rack, now: u64) -> Option<String> {
    let name = &rack.stateful_set;
    let position = objects.set_position(name);
    let Some(position) = position else { return Some(format!("{name} does not exist")) };
    let set = &objects.sets[position];
    let is_stopped = ring.steps.as_ref().is_some_and(|steps| steps.stopped);
    let wanted = if is_stopped { 0 } else { rack.nodes };
    let digest = rack.template.as_deref().unwrap_or(&set.manifest.template.digest);
    // What was written a moment ago, the last look did not see.
    let is_old = set.changed + GRACE < now;
    if is_old && set.replicas != wanted {
        return Some(format!("{name} has {} replicas and not {wanted}", set.replicas));
    }
    if is_old && set.manifest.template.digest != digest {
        return Some(format!("{name} has an older template"));
    }
    if ring.rollout.stopped || ring.rollout.canary_pods.is_some() {
        return None;
    }
    let pods = (0..wanted).map(|ordinal| PodKey { set: u16::try_from(position).unwrap_or(u16::MAX), ordinal });
    let behind = pods
        .filter_map(|key| objects.pods.get(&key))
        .find(|pod| is_old && pod.created + GRACE < now && pod.template.digest != digest);
    behind.map(|pod| format!("{} has an older template", pod.name))
}

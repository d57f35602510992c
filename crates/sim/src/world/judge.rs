//! Judges each act of the program at the moment at which it takes effect, before it does.

use cassc_settle::cluster::NodeJob;
use cassc_settle::observed::{Leftover, Set};

use crate::act::{Act, NodeAct};
use crate::check::{Anywhere, GRACE};
use crate::kube::{Phase, PodKey};
use crate::queue::SECOND;
use crate::ring::{Bootstrap, Phase as Life};
use crate::world::{LEASE, World};

impl World {
    /// Judges an act. A copy of one is nobody's decision: what it repeats is not judged.
    pub(super) fn judge_act(&mut self, instance: usize, act: &Act, is_copy: bool) {
        let kube = self.instances[instance].kube;
        match act {
            Act::Scale { set, judged, replicas } => self.judge_scale(kube, set, judged, *replicas),
            Act::DeletePod { pod, at_once: true, .. } => {
                if let Some(key) = self.kubes[kube].key_of(pod) {
                    self.judge_forgetting((kube, key));
                }
            }
            Act::Evict { pod, uid } | Act::DeletePod { pod, uid, .. } => self.judge_removal(kube, pod, uid),
            Act::WriteState(state) => self.judge_state(kube, state),
            Act::DeleteClaim { claim, uid } => self.judge_claim(kube, claim, uid),
            Act::DeleteLeftover(leftover) => self.judge_leftover(kube, leftover),
            Act::Node { pod, address, what } => {
                let process = self.management_api(address.as_ref()).ok();
                let Some(key) = self.kubes[kube].key_of(pod).filter(|_| process.is_some()) else { return };
                match what {
                    NodeAct::Alter { keyspace, replication } => self.judge_alter(keyspace, replication),
                    NodeAct::Start(job) => {
                        let repeats = !is_copy && process.is_some_and(|process| self.ring.has_job(process, job));
                        self.judge_job((kube, key), pod, address.as_deref(), job, repeats);
                    }
                    NodeAct::RemoveNode { host_id } => self.judge_removal_of_node(host_id),
                    NodeAct::PutRole { .. } | NodeAct::LockDefaultRole => {}
                }
            }
            _ => {}
        }
    }

    /// P10: what an instance does takes no effect while another one holds the Lease.
    fn judge_lease(&mut self, instance: usize, act: &Act) {
        let now = self.now;
        let it = &self.instances[instance];
        if !act.needs_lease() || it.slept_in_send {
            return;
        }
        let lease = self.kubes[it.kube].lease.as_ref();
        let other = lease.filter(|lease| lease.holder != instance && now < lease.renewed + LEASE);
        if let Some(holder) = other.map(|lease| lease.holder) {
            self.blame("P10", format!("instance {instance} acts ({}) while {holder} holds the Lease", act.words()));
        } else if it.leased.is_none() {
            self.blame("P10", format!("instance {instance} acts ({}) and never had the Lease", act.words()));
        }
    }

    fn judge_scale(&mut self, kube: usize, name: &str, judged: &Set, replicas: u32) {
        let Some(position) = self.kubes[kube].set_position(name) else { return };
        let live = &self.kubes[kube].sets[position];
        let (from, is_same) =
            (live.replicas, live.uid.to_string() == judged.uid && live.version.to_string() == judged.version);
        if !is_same || from == replicas {
            return;
        }
        let set = u16::try_from(position).expect("a ring has fewer racks");
        if replicas > from {
            self.judge_raise(kube, PodKey { set, ordinal: from }, name, replicas);
        } else if !(self.check.may_stop() && replicas == 0) {
            if from - replicas > 1 {
                self.blame("P1", format!("{name} goes from {from} to {replicas} replicas at once"));
            }
            for ordinal in replicas..from {
                self.judge_lowering((kube, PodKey { set, ordinal }));
            }
        }
    }

    /// P1: a pod goes only when its node has left, and the job that had it leave has ended.
    fn judge_lowering(&mut self, place: Anywhere) {
        let (kube, key) = place;
        let name = self.kubes[kube].pod_name(key);
        let process = self.kubes[kube].pods.get(&key).and_then(|pod| pod.process);
        let owns = self.kubes[kube].claims.get(&key).is_some_and(|claim| self.ring.owns_tokens(claim.volume));
        if owns || self.is_owner(place) {
            self.blame("P1", format!("the replica of {name} goes, and its node is a member of the ring"));
        } else if process.is_some_and(|process| self.ring.is_leaving(process)) {
            self.blame("P1", format!("the replica of {name} goes, and its decommission has not ended"));
        }
    }

    /// P3: a pod gets its replica when all nodes are up and those before it have joined. P2: not on the volume of a node that left.
    fn judge_raise(&mut self, kube: usize, first: PodKey, name: &str, replicas: u32) {
        let (most, _) = self.check.asked(name);
        if replicas > most {
            self.blame("P11", format!("{name} gets {replicas} replicas, and nobody asked for more than {most}"));
        }
        let is_resume = (first.ordinal..replicas).any(|ordinal| self.is_owner((kube, PodKey { ordinal, ..first })));
        if is_resume {
            return;
        }
        for ordinal in first.ordinal..replicas {
            let key = PodKey { ordinal, ..first };
            let on = self.kubes[kube].claims.get(&key).filter(|claim| !claim.is_deleting).map(|claim| claim.volume);
            if on.is_some_and(|volume| self.ring.bootstrap_of(volume) == Bootstrap::Decommissioned) {
                let pod = self.kubes[kube].pod_name(key);
                self.blame("P2", format!("{pod} is made again on the volume of a node that left"));
            }
        }
        if replicas > first.ordinal + 1 {
            self.blame("P3", format!("{name} gets {} new nodes at once", replicas - first.ordinal));
        }
        self.judge_foreign(&format!("{name} gets a replica"));
        self.judge_mixed(&format!("{name} gets a replica"));
        if let Some(pod) = self.unjoined(kube) {
            self.blame("P3", format!("{name} gets a replica before {pod} has joined"));
        }
        self.judge_ring_change(&[], &format!("{name} gets a replica"));
    }

    /// A pod that has been there for a while and whose node never became a member.
    fn unjoined(&self, kube: usize) -> Option<String> {
        let now = self.now;
        let is_new = |(key, pod): &(&PodKey, &crate::kube::Pod)| {
            let replicas = self.kubes[kube].set(**key).replicas;
            key.ordinal < replicas
                && pod.deleting.is_none()
                && pod.created + GRACE < now
                && !self.is_owner((kube, **key))
        };
        self.kubes[kube].pods.iter().find(is_new).map(|(_, pod)| pod.name.to_string())
    }

    /// P4: whatever changes the ring or takes a node away waits until every other node is up.
    pub(super) fn judge_ring_change(&mut self, except: &[Anywhere], what: &str) {
        let now = self.now;
        let down = self.check.down.iter().find(|(place, since)| !except.contains(place) && **since + GRACE < now);
        if let Some((&(kube, key), since)) = down {
            let name = self.kubes[kube].pod_name(key);
            let seconds = (now - since) / SECOND;
            self.blame("P4", format!("{what}, and the node of {name} has been down for {seconds} s"));
        }
    }

    fn judge_removal(&mut self, kube: usize, name: &str, uid: &str) {
        let Some(key) = self.kubes[kube].key_of(name) else { return };
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid.to_string() == uid) else { return };
        let is_just_back = self.check.back.get(&(kube, key)).is_some_and(|since| self.now < since + GRACE);
        if pod.deleting.is_some() || !self.serves((kube, key)) || is_just_back {
            return;
        }
        self.judge_ring_change(&[(kube, key)], &format!("{name} is removed"));
        self.judge_release(kube, key, name);
        if let Some(other) = self.still_restarting((kube, key)) {
            self.blame("P4", format!("{name} is removed while {other}, which was removed before it, is not back"));
        }
    }

    /// A pod that the program removed and that is not back, though it is asked for.
    fn still_restarting(&mut self, except: Anywhere) -> Option<String> {
        let places: Vec<(Anywhere, u64)> = self.check.restarting.iter().map(|(place, uid)| (*place, *uid)).collect();
        for (place @ (kube, key), uid) in places {
            let is_asked_for = key.ordinal < self.kubes[kube].set(key).replicas;
            let pod = self.kubes[kube].pods.get(&key);
            let is_back = pod.is_some_and(|pod| pod.uid != uid) && self.serves(place);
            if !is_asked_for || is_back || !self.is_owner(place) {
                self.check.restarting.remove(&place);
            } else if place != except && kube == except.0 {
                return Some(self.kubes[kube].pod_name(key));
            }
        }
        None
    }

    /// P2: no claim of a member goes, and none on which Cassandra runs.
    fn judge_claim(&mut self, kube: usize, name: &str, uid: &str) {
        let pod = name.strip_prefix(cassc_ring::names::SERVER_DATA).and_then(|rest| rest.strip_prefix('-'));
        let Some(key) = pod.and_then(|pod| self.kubes[kube].key_of(pod)) else { return };
        let Some(claim) = self.kubes[kube].claims.get(&key).filter(|claim| claim.uid.to_string() == uid) else {
            return;
        };
        let volume = claim.volume;
        if self.is_declared_lost((kube, key)) {
            self.judge_replacement((kube, key), name);
        } else if self.ring.owns_tokens(volume) {
            self.blame("P2", format!("claim {name} is deleted, and its node is a member of the ring"));
        } else if self.kubes[kube].pods.get(&key).is_some_and(|pod| pod.phase == Phase::Running) {
            self.blame("P2", format!("claim {name} is deleted while its pod runs on it"));
        }
    }

    fn judge_leftover(&mut self, kube: usize, leftover: &Leftover) {
        let objects = &self.kubes[kube];
        let is_mounted = objects.pods.values().any(|pod| pod.template.config_map == leftover.name);
        if leftover.kind == "ConfigMap" && (is_mounted || objects.refers_to(&leftover.name)) {
            self.blame("P8", format!("ConfigMap {} is deleted, and a pod or a StatefulSet needs it", leftover.name));
        }
    }

    /// Judges an act that took place, and remembers what follows from it.
    pub(super) fn judge_outcome(&mut self, instance: usize, act: &Act, is_copy: bool) {
        if !is_copy {
            self.judge_lease(instance, act);
        }
        let kube = self.instances[instance].kube;
        let changes = matches!(
            act,
            Act::Scale { .. }
                | Act::Node { what: NodeAct::Start(NodeJob::Decommission { .. } | NodeJob::Rebuild { .. }), .. }
        );
        if changes {
            self.check.changed = Some(self.now);
        }
        if let Act::Scale { set, .. } = act
            && let Some(position) = self.kubes[kube].set_position(set)
        {
            let datacenter = self.kubes[kube].sets[position].manifest.ring_datacenter.to_string();
            if self.ring.members_in(&datacenter) == 0 {
                self.check.emptied.insert(datacenter);
            }
        }
        if let Act::Evict { pod, uid } | Act::DeletePod { pod, uid, .. } = act
            && let (Some(key), Ok(uid)) = (self.kubes[kube].key_of(pod), uid.parse())
            && self.kubes[kube]
                .pods
                .get(&key)
                .is_some_and(|pod| pod.process.is_some_and(|it| self.ring.phase(it) == Life::Serving))
        {
            self.check.restarting.insert((kube, key), uid);
        }
    }
}

//! The gate of a starting pod: `templates/scripts/gate*.sh` as values. What it reads of ConfigMaps and of the name service
//! may be old, as in a real pod.

use std::rc::Rc;

use cassc_ring::state::Key;

use crate::commit::{StartOrder, Trouble};
use crate::kube::{Begun, Claim, Phase, Pod, PodKey};
use crate::queue::{Ms, SECOND};
use crate::world::{Event, World};

/// Looks in a row in which the founder must see nobody, and the time between them (`calm_rounds`, `calm_patience`).
const CALM_ROUNDS: u32 = 4;
const CALM_PATIENCE: Ms = 10 * SECOND;

/// The time between two looks of a pod that is next in line (`next_patience`), and the longest (`longest_patience`). A gate that
/// waits for others is woken when the name service says something else, and looks again after [`IDLE`] anyway: it would see
/// nothing new in between but ConfigMaps.
const IDLE: Ms = 40 * SECOND;
const NEXT_PATIENCE: Ms = 3 * SECOND;
const LONGEST_PATIENCE: Ms = 30 * SECOND;

/// What the gate decided.
enum Decision {
    /// It waits, and looks again after some time.
    Wait(Ms, &'static str),
    /// The pod starts.
    Start {
        /// Names of its seeds, or its own address.
        seeds: Vec<String>,
        /// The address that it replaces.
        replace: Option<String>,
        /// What is noted on the volume; nothing for a member.
        begun: Option<Begun>,
    },
}

/// What a gate sees.
struct Look {
    kube: usize,
    key: PodKey,
    name: Rc<str>,
    order: Option<Rc<StartOrder>>,
    state: Option<Rc<std::collections::BTreeMap<String, String>>>,
}

impl Look {
    fn seeds_of_a_member(&self) -> Vec<String> {
        let order = self.order.as_deref();
        let seeds = order.into_iter().flat_map(|order| order.seeds.iter().chain(&order.additional_seeds));
        let mut seeds: Vec<String> = seeds.cloned().collect();
        if !seeds.iter().any(|seed| **seed == *self.name) {
            seeds.push(self.name.to_string());
        }
        seeds
    }

    fn known(&self, key: Key) -> Option<&str> {
        self.state.as_ref()?.get(&key.of(&self.name)).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl World {
    /// The gate looks, and lets the pod start or looks again later.
    pub(super) fn look_from_gate(&mut self, kube: usize, key: PodKey, uid: u64) {
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        let is_early = self.now < pod.looks_at;
        if pod.phase != Phase::Gate || pod.deleting.is_some() || is_early || !self.kubelet_works(kube, pod) {
            return;
        }
        if pod.template.trouble == Some(Trouble::Image) {
            return;
        }
        let since = pod.created.max(self.now.saturating_sub(pod.lag));
        let objects = &self.kubes[kube];
        let order = objects.order_at(since).cloned();
        let state = objects.state_at(since).map(|state| Rc::clone(&state.data));
        let look = Look { kube, key, name: Rc::clone(&pod.name), order, state };
        match self.decide(&look) {
            Decision::Wait(patience, why) => {
                let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
                if std::mem::replace(&mut pod.said, why) != why {
                    self.note(|| format!("gate of {}: {why}", look.name));
                }
                self.arm_gate(kube, key, patience);
            }
            Decision::Start { seeds, replace, begun } => self.leave_gate(kube, key, seeds, replace, begun),
        }
    }

    /// Has the gate of a pod look after some time, unless it looks before that anyway.
    pub(super) fn arm_gate(&mut self, kube: usize, key: PodKey, delay: Ms) {
        let at = self.now + delay;
        let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
        if pod.looks_at > self.now && pod.looks_at <= at {
            return;
        }
        pod.looks_at = at;
        let uid = pod.uid;
        self.after(delay, Event::Gate(kube, key, uid));
    }

    /// Has all gates of a Kubernetes cluster look soon, because the name service says something else.
    pub(super) fn wake_gates(&mut self, kube: usize) {
        let waiting = self.kubes[kube].pods.iter().filter(|(_, pod)| pod.phase == Phase::Gate && !pod.said.is_empty());
        let waiting: Vec<PodKey> = waiting.map(|(key, _)| *key).collect();
        for key in waiting {
            let delay = self.chooser.takes(NEXT_PATIENCE / 2, LONGEST_PATIENCE);
            self.arm_gate(kube, key, delay);
        }
    }

    fn decide(&mut self, look: &Look) -> Decision {
        let Some(claim) = self.kubes[look.kube].claims.get(&look.key).cloned() else {
            return Decision::Wait(NEXT_PATIENCE, "waits for its claim");
        };
        let has_data = self.has_data(claim.volume);
        if self.has_left(claim.volume) {
            return Decision::Wait(IDLE, "this node left the ring");
        }
        if is_bootstrapped(&claim, has_data, look) {
            return Decision::Start { seeds: look.seeds_of_a_member(), replace: None, begun: None };
        }
        let mut files = claim.files;
        if files.marker {
            (files.marker, files.joining) = (false, Some(Begun::Joining));
            if let Some(claim) = self.kubes[look.kube].claims.get_mut(&look.key) {
                claim.files = files;
            }
        }
        let Some(order) = look.order.clone() else { return Decision::Wait(NEXT_PATIENCE, "there is no start order") };
        let Some(position) = order.pods.iter().position(|pod| **pod == *look.name) else {
            return Decision::Wait(NEXT_PATIENCE, "is not in the start order");
        };
        if let Some(replace) = look.known(Key::Replace) {
            let replace = replace.to_owned();
            self.decide_replacement(look, &order, replace)
        } else if look.known(Key::HostId).is_some() && !has_data {
            Decision::Wait(IDLE, "volume lost")
        } else if position > 0 {
            self.decide_newcomer(look, &order, position)
        } else if order.may_found {
            self.decide_founder(look, &order, files.joining)
        } else {
            self.decide_first_of_many(look, &order)
        }
    }

    fn decide_newcomer(&self, look: &Look, order: &StartOrder, position: usize) -> Decision {
        let mut anchor = None;
        for pod in order.pods.iter().take(position) {
            match self.ready_pod(look.kube, pod) {
                Some(key) => anchor = Some((look.kube, key)),
                None => {
                    return Decision::Wait(IDLE, "a pod before it is not ready");
                }
            }
        }
        self.join_ring(look, order, anchor, None)
    }

    fn decide_replacement(&self, look: &Look, order: &StartOrder, replace: String) -> Decision {
        let before = order.pods.iter().take_while(|pod| **pod != *look.name);
        let is_replaced = |pod: &&String| {
            let value = look.state.as_ref().and_then(|state| state.get(&Key::Replace.of(pod)));
            value.is_some_and(|value| !value.is_empty())
        };
        if before.filter(is_replaced).any(|pod| self.ready_pod(look.kube, pod).is_none()) {
            return Decision::Wait(IDLE, "another pod is replaced before it");
        }
        let anchor = self.anybody(look, order);
        self.join_ring(look, order, anchor, Some(replace))
    }

    /// The first pod of all may found the ring, when everything says that there is none.
    fn decide_founder(&mut self, look: &Look, order: &StartOrder, joining: Option<Begun>) -> Decision {
        let calm = match self.kubes[look.kube].pods.get_mut(&look.key) {
            Some(pod) => std::mem::take(&mut pod.calm),
            None => 0,
        };
        let anchor = self.anybody(look, order);
        if anchor.is_some() {
            return self.join_ring(look, order, anchor, None);
        }
        let is_founded = look.known(Key::Founded) == Some("true");
        if is_founded || joining == Some(Begun::Joining) {
            return Decision::Wait(IDLE, "the ring was founded before");
        }
        if order.pods.iter().any(|pod| **pod != *look.name && self.has_left_its_gate(look.kube, pod)) {
            return Decision::Wait(NEXT_PATIENCE, "not founding: a pod has left its gate");
        }
        let address = self.kubes[look.kube].pods.get(&look.key).and_then(|pod| pod.address.clone());
        if self.address_by_name(look.kube, look.key) != address.as_ref() {
            return Decision::Wait(NEXT_PATIENCE, "not founding: the name service does not know this pod");
        }
        if calm + 1 < CALM_ROUNDS {
            if let Some(pod) = self.kubes[look.kube].pods.get_mut(&look.key) {
                pod.calm = calm + 1;
            }
            return Decision::Wait(CALM_PATIENCE, "checks whether a ring exists");
        }
        Decision::Start { seeds: vec![look.name.to_string()], replace: None, begun: Some(Begun::Founding) }
    }

    fn decide_first_of_many(&self, look: &Look, order: &StartOrder) -> Decision {
        let anchor = self.anybody(look, order);
        self.join_ring(look, order, anchor, None)
    }

    /// A ready pod of the order, or a seed elsewhere that runs Cassandra.
    fn anybody(&self, look: &Look, order: &StartOrder) -> Option<(usize, PodKey)> {
        let mut others = order.pods.iter().filter(|pod| **pod != *look.name);
        let ready = others.find_map(|pod| Some((look.kube, self.ready_pod(look.kube, pod)?)));
        let elsewhere = || {
            let pods = order.additional_seeds.iter().filter_map(|pod| self.find_pod(pod));
            pods.into_iter().find(|(kube, key)| self.runs_cassandra(*kube, *key))
        };
        ready.or_else(elsewhere)
    }

    fn ready_pod(&self, kube: usize, pod: &str) -> Option<PodKey> {
        self.kubes[kube].key_of(pod).filter(|key| self.is_ready_by_name(kube, *key))
    }

    fn join_ring(
        &self,
        look: &Look,
        order: &StartOrder,
        anchor: Option<(usize, PodKey)>,
        replace: Option<String>,
    ) -> Decision {
        let Some((kube, key)) = anchor else { return Decision::Wait(IDLE, "nobody is there to join") };
        if !self.runs_cassandra(kube, key) {
            return Decision::Wait(NEXT_PATIENCE, "the answer of the name service is old");
        }
        let seeds = order.seeds.iter().chain(&order.additional_seeds).filter(|seed| **seed != *look.name);
        let mut seeds: Vec<String> = seeds.cloned().collect();
        let anchor = self.kubes[kube].pod_name(key);
        if !seeds.contains(&anchor) {
            seeds.push(anchor);
        }
        Decision::Start { seeds, replace, begun: Some(Begun::Joining) }
    }

    fn has_left_its_gate(&self, kube: usize, pod: &str) -> bool {
        let key = self.kubes[kube].key_of(pod);
        key.and_then(|key| self.kubes[kube].pods.get(&key)).is_some_and(|pod| pod.phase == Phase::Running)
    }

    fn leave_gate(
        &mut self,
        kube: usize,
        key: PodKey,
        seeds: Vec<String>,
        replace: Option<String>,
        begun: Option<Begun>,
    ) {
        let objects = &mut self.kubes[kube];
        if let (Some(begun), Some(claim)) = (begun, objects.claims.get_mut(&key)) {
            claim.files.joining = Some(begun);
        }
        let Some(pod) = objects.pods.get_mut(&key) else { return };
        let uid = pod.uid;
        (pod.phase, pod.seeds, pod.replace) = (Phase::Running, seeds, replace);
        let name = Rc::clone(&pod.name);
        self.note(|| format!("gate of {name}: starts, {begun:?}"));
        let delay = self.controllers_take(SECOND, 10 * SECOND);
        self.after(delay, Event::Containers(kube, key, uid));
    }
}

/// Whether readiness left the marker, or the state vouches for the node. Neither counts without data, and a vouch not for a
/// volume that a new start was begun on.
fn is_bootstrapped(claim: &Claim, has_data: bool, look: &Look) -> bool {
    let vouched = || look.known(Key::Bootstrapped) == Some("true") && claim.files.joining.is_none();
    has_data && (claim.files.marker || vouched())
}

impl World {
    /// Whether the kubelet of a pod's worker acts on it.
    pub(super) fn kubelet_works(&self, kube: usize, pod: &Pod) -> bool {
        let worker = pod.worker.map(|worker| self.kubes[kube].workers[worker].state);
        worker.is_none_or(|state| state == crate::kube::WorkerState::Up)
    }
}

//! Judges what the program does for operations that a person asks for: O1, an id begins once; O2, only dead nodes are replaced or
//! removed; O3, only a pod without a kubelet is deleted at once.

use cassc_ring::desired::Ring;
use cassc_ring::operation::{Operation, OperationKind};
use cassc_settle::cluster::Stored;
use cassc_settle::state::State;

use crate::check::{Anywhere, GRACE};
use crate::world::World;

/// The operations of a ring.
fn operations(ring: &Ring) -> &[Operation] {
    ring.steps.as_ref().map_or(&[], |steps| steps.operations.as_slice())
}

impl World {
    /// The nodes that a person declared lost, at any time so far.
    pub(super) fn declared_lost(&self) -> Vec<Anywhere> {
        let declared = self.check.commits.iter().flat_map(|commit| operations(&commit.ring));
        let cures: Vec<&Operation> = declared.filter(|it| it.kind.is_cure()).collect();
        let pods = cures.iter().flat_map(|it| &it.pods).filter_map(|pod| self.find_pod(pod));
        let is_named = |host_id: &str| cures.iter().any(|it| it.host_id.as_deref() == Some(host_id));
        let owners = self.check.owners.iter().filter(|(_, owner)| is_named(&owner.host_id)).map(|(place, _)| *place);
        pods.chain(owners).collect()
    }

    /// Whether a person declared the node of a pod lost, to be replaced, and it is down.
    pub(super) fn is_declared_lost(&self, place: Anywhere) -> bool {
        let name = self.kubes[place.0].pod_name(place.1);
        let declared = self.check.commits.iter().flat_map(|commit| operations(&commit.ring));
        let mut cures = declared.filter(|it| it.kind == OperationKind::ReplaceNode);
        cures.any(|it| it.pods.contains(&name)) && !self.serves(place)
    }

    /// O2 and P4: the claims of a member go only where it is lost, and every other node is up or lost.
    pub(super) fn judge_replacement(&mut self, place: Anywhere, claim: &str) {
        let since = self.check.down.get(&place).copied();
        if since.is_some_and(|since| self.now < since + GRACE / 3) {
            self.blame("O2", format!("claim {claim} is deleted, and its node was up a moment ago"));
        }
        let on = self.kubes[place.0].claims.get(&place.1).and_then(|claim| self.ring.host_id_of(claim.volume));
        let owner = self.check.owners.get(&place).map(|owner| owner.host_id.as_str());
        if on.is_some() && on != owner {
            self.blame("O2", format!("claim {claim} is deleted, which the node has that replaces the lost one"));
        }
        let lost = self.declared_lost();
        self.judge_ring_change(&lost, &format!("claim {claim} of a lost node is deleted"));
    }

    /// O2 and P4: a node is removed only where it is down, and every other node is up or lost.
    pub(super) fn judge_removal_of_node(&mut self, host_id: &str) {
        let found = self.check.owners.iter().find(|(_, owner)| owner.host_id == host_id);
        let Some(place) = found.map(|(place, _)| *place) else { return };
        if self.serves(place) {
            self.blame("O2", format!("the node {host_id} is removed, and it is up"));
        }
        let lost = self.declared_lost();
        self.judge_ring_change(&lost, &format!("the dead node {host_id} is removed"));
    }

    /// O3: a pod is forgotten only where its kubelet does not answer.
    pub(super) fn judge_forgetting(&mut self, (kube, key): Anywhere) {
        let Some(pod) = self.kubes[kube].pods.get(&key) else { return };
        let back = pod.worker.and_then(|worker| self.workers_back.get(&(kube, worker)));
        let is_just_back = back.is_some_and(|since| self.now < since + GRACE);
        if pod.worker.is_some() && self.kubelet_works(kube, pod) && !is_just_back {
            let name = pod.name.to_string();
            self.blame("O3", format!("{name} is deleted at once, and its kubelet works"));
        }
    }

    /// O1: an operation that ended never begins again, and none goes on as another.
    pub(super) fn judge_state(&mut self, kube: usize, state: &Stored) {
        if self.commits.iter().all(|commit| operations(&commit.ring).is_empty()) {
            return;
        }
        if self.kubes[kube].view_state().version != state.version {
            return; // it will be refused
        }
        let Some(before) = self.kubes[kube].state_data().and_then(|data| State::read(data).ok()) else { return };
        let Ok(after) = State::read(&state.data) else { return };
        let before = before.memory.operations;
        let again = after.memory.operations.iter().find(|(id, record)| {
            before.get(*id).is_some_and(|old| !old.is_open() && record.is_open() || old.content != record.content)
        });
        if let Some((id, _)) = again {
            self.blame("O1", format!("the operation {id} begins once more"));
        }
    }

    /// L1: who says that everything is done has ended every operation that is not suspended.
    pub(super) fn unfinished(&self, kube: usize, ring: &Ring) -> Option<String> {
        let data = self.kubes[kube].state_data()?;
        let state = State::read(data).ok()?;
        let is_over = |it: &Operation| state.memory.operations.get(&it.id).is_some_and(|record| !record.is_open());
        let open = operations(ring).iter().find(|it| !it.suspend && !is_over(it))?;
        Some(format!("the operation {} has not ended", open.id))
    }
}

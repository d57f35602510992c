//! What calls do when they arrive.

use std::rc::Rc;

use cassc_settle::cluster::{Answer, Failure};

use crate::act::{Act, NodeAct, Reply};
use crate::kube::{StateMap, WorkerState};
use crate::queue::{Ms, SECOND};
use crate::ring::{Cause, ProcessId};
use crate::world::World;

/// How long a Lease is held without being renewed: `leaseDurationSeconds` of `cassc-step`.
pub const LEASE: Ms = 60 * SECOND;

impl World {
    /// The effect of a call, and its answer.
    pub(super) fn perform(&mut self, kube: usize, instance: usize, act: &Act) -> Answer<Reply> {
        let now = self.now;
        let objects = &mut self.kubes[kube];
        match act {
            Act::Lease => {
                let holder = objects.take_lease(now, instance, LEASE);
                return Ok(holder.map_or(Reply::Done, Reply::HeldBy));
            }
            Act::Release => objects.release_lease(instance),
            Act::WriteState(state) => return objects.write_state(now, state).map(Reply::Stored),
            Act::Scale { set, judged, replicas } => {
                objects.scale(now, set, judged, *replicas)?;
                let zone = objects.set_position(set).expect("it was just scaled");
                self.ensure_workers(kube, zone);
                self.arm_sets(kube);
                self.arm_budgets(kube);
            }
            Act::Evict { pod, uid } => {
                let key = objects.evict(now, pod, uid)?;
                self.deletion_began(kube, key);
            }
            Act::DeletePod { pod, uid, at_once } => {
                let key = objects.delete_pod(now, pod, uid)?;
                if *at_once {
                    self.forget_pod(kube, key);
                } else {
                    self.deletion_began(kube, key);
                }
            }
            Act::DeleteClaim { claim, uid } => {
                let key = objects.delete_claim(claim, uid)?;
                if self.is_declared_lost((kube, key))
                    && let Some(claim) = self.kubes[kube].claims.get_mut(&key)
                {
                    claim.deleted_by = Cause::Fault; // the person who declared it lost
                }
                self.arm_claims(kube);
            }
            Act::ExpandClaim { claim, uid, size } => {
                let bytes =
                    quantity(size).ok_or(Failure::Refused { status: 400, text: "not a quantity".to_owned() })?;
                objects.expand_claim(claim, uid, bytes)?;
                self.arm_claims(kube);
            }
            Act::CreateSecret { secret, username } => objects.create_secret(secret, username)?,
            Act::DeleteLeftover(leftover) => objects.delete_leftover(leftover)?,
            Act::Node { address, what, .. } => return self.perform_on_node(kube, address.as_ref(), what),
        }
        Ok(Reply::Done)
    }

    fn perform_on_node(&mut self, kube: usize, address: Option<&Rc<str>>, what: &NodeAct) -> Answer<Reply> {
        let process = self.management_api(address)?;
        match what {
            NodeAct::Alter { keyspace, replication } => self.ring.alter(process, keyspace, replication)?,
            NodeAct::PutRole { role, secret } => {
                let secret =
                    self.kubes[kube].secrets.get(secret).filter(|it| it.is_complete).ok_or(Failure::NotFound)?;
                let username = secret.username.clone();
                self.ring.put_role(process, &cassc_settle::cluster::Role { name: username, ..role.clone() })?;
            }
            NodeAct::LockDefaultRole => self.ring.lock_default_role(process)?,
            NodeAct::RemoveNode { host_id } => self.ring.remove_node(process, host_id, Cause::Act)?,
            NodeAct::Start(job) => return self.ring.start_job(process, job).map(Reply::Job),
        }
        Ok(Reply::Done)
    }

    /// Who answers at an address: the containers of a pod whose worker has power.
    pub(crate) fn management_api(&self, address: Option<&Rc<str>>) -> Answer<ProcessId> {
        let address = address.ok_or_else(|| Failure::Unknown("no address".to_owned()))?;
        let process = self.process_at(address);
        process.ok_or_else(|| Failure::Unknown(format!("no connection to {address}")))
    }

    /// Somebody else writes the state, without a change of what it says.
    pub(super) fn touch_state(&mut self, kube: usize) {
        let Some(data) = self.kubes[kube].state_data().cloned() else { return };
        let version = self.kubes[kube].new_version();
        let since = self.now;
        self.kubes[kube].put_state(StateMap { version, since, data });
    }

    /// The worker of a pod, as it is.
    pub(super) fn worker_state(&self, kube: usize, worker: Option<usize>) -> Option<WorkerState> {
        worker.map(|worker| self.kubes[kube].workers[worker].state)
    }
}

/// Bytes of a quantity with a binary suffix or none, as sizes of claims are rendered.
fn quantity(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let shift = match &text[digits.len()..] {
        "" => 0,
        "Ki" => 10,
        "Mi" => 20,
        "Gi" => 30,
        "Ti" => 40,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_shl(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_kubernetes_writes_them() {
        assert_eq!(["200Gi", "1024", "2Ti"].map(quantity), [Some(200 << 30), Some(1024), Some(2 << 40)]);
        assert_eq!(["", "Gi", "1.5Gi", "3G"].map(quantity), [None; 4]);
    }
}

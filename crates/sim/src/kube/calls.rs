//! What calls do to the objects, with the preconditions of the real API server.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_settle::cluster::{Answer, Failure, Stored};
use cassc_settle::observed::{Leftover, Set};

use super::{Kube, Lease, PodKey, SecretObject, StateMap};
use crate::queue::Ms;
use crate::ring::Cause;

impl Kube {
    /// Takes or renews the Lease for an instance: only where it has it, nobody has it, or the one who has it did not renew it for
    /// `duration`. The number of another holder is the answer otherwise.
    pub fn take_lease(&mut self, now: Ms, instance: usize, duration: Ms) -> Option<usize> {
        match &self.lease {
            Some(lease) if lease.holder != instance && now < lease.renewed + duration => Some(lease.holder),
            _ => {
                self.lease = Some(Lease { holder: instance, renewed: now });
                None
            }
        }
    }

    /// Gives the Lease back, where the instance has it.
    pub fn release_lease(&mut self, instance: usize) {
        if self.lease.as_ref().is_some_and(|lease| lease.holder == instance) {
            self.lease = None;
        }
    }

    /// Writes the state over the version that it names; without one where there is none yet.
    pub fn write_state(&mut self, now: Ms, state: &Stored) -> Answer<Stored> {
        let current = self.state.back().map(|it| it.version.to_string());
        if current != state.version {
            return Err(if current.is_none() { Failure::NotFound } else { Failure::Conflict });
        }
        let version = self.new_version();
        self.put_state(StateMap { version, since: now, data: Rc::new(state.data.clone()) });
        Ok(Stored { data: state.data.clone(), version: Some(version.to_string()) })
    }

    /// Sets the replicas, where UID and resourceVersion are the ones of `set`.
    pub fn scale(&mut self, now: Ms, name: &str, set: &Set, replicas: u32) -> Answer<()> {
        let position = self.set_position(name).ok_or(Failure::NotFound)?;
        let live = &self.sets[position];
        if live.uid.to_string() != set.uid || live.version.to_string() != set.version {
            return Err(Failure::Conflict);
        }
        self.set_replicas(now, position, replicas);
        Ok(())
    }

    /// Sets the replicas, whoever asks.
    pub fn set_replicas(&mut self, now: Ms, position: usize, replicas: u32) {
        if self.sets[position].replicas == replicas {
            return;
        }
        let version = self.new_version();
        let set = &mut self.sets[position];
        (set.replicas, set.version, set.generation) = (replicas, version, set.generation + 1);
        set.changed = now;
    }

    /// Begins to delete a pod, where it has this UID.
    pub fn delete_pod(&mut self, now: Ms, name: &str, uid: &str) -> Answer<PodKey> {
        let key = self.live_pod(name, uid)?;
        self.begin_deletion(now, key);
        Ok(key)
    }

    /// Evicts a pod, where it has this UID and its budget allows it: a pod that is not ready always, as `AlwaysAllow` says.
    pub fn evict(&mut self, now: Ms, name: &str, uid: &str) -> Answer<PodKey> {
        let key = self.live_pod(name, uid)?;
        let pod = &self.pods[&key];
        if pod.deleting.is_some() {
            return Ok(key);
        }
        let uid_of_pod = pod.uid;
        if pod.is_ready {
            let datacenter = self.set(key).manifest.datacenter.clone();
            let budget = self.budgets.entry(datacenter).or_default();
            if budget.allowed == 0 {
                let text = "Cannot evict pod as it would violate the pod's disruption budget.";
                return Err(Failure::TooManyRequests(text.to_owned()));
            }
            budget.allowed -= 1;
            budget.disrupted.push((key, uid_of_pod));
        }
        self.begin_deletion(now, key);
        Ok(key)
    }

    /// Deletes a claim, where it has this UID. It goes when no pod mounts it.
    pub fn delete_claim(&mut self, name: &str, uid: &str) -> Answer<PodKey> {
        let (key, claim) = self.live_claim(name, uid)?;
        (claim.is_deleting, claim.deleted_by) = (true, Cause::Act);
        Ok(key)
    }

    /// Raises what a claim requests, where it has this UID and its class allows that. The volume grows while a pod mounts it.
    pub fn expand_claim(&mut self, name: &str, uid: &str, size: u64) -> Answer<PodKey> {
        let (key, claim) = self.live_claim(name, uid)?;
        if !claim.expands {
            let text = "only dynamically provisioned pvc can be resized and the storageclass must support resize";
            return Err(Failure::Refused { status: 403, text: text.to_owned() });
        }
        if size < claim.requested {
            let text = "spec.resources.requests.storage: Forbidden: field can not be less than status.capacity";
            return Err(Failure::Refused { status: 422, text: text.to_owned() });
        }
        claim.requested = size;
        Ok(key)
    }

    /// Creates a Secret with a name and a random password.
    pub fn create_secret(&mut self, name: &str, username: &str) -> Answer<()> {
        if self.secrets.contains_key(name) {
            return Err(Failure::Conflict);
        }
        let version = self.new_version();
        self.secrets
            .insert(name.to_owned(), SecretObject { version, username: username.to_owned(), is_complete: true });
        Ok(())
    }

    /// Deletes an immutable ConfigMap or a Job, where it has this UID.
    pub fn delete_leftover(&mut self, leftover: &Leftover) -> Answer<()> {
        let uid = match leftover.kind {
            "ConfigMap" => self.config_maps.get(&leftover.name).map(|(uid, _)| *uid),
            _ => self.jobs.get(&leftover.name).map(|job| job.uid),
        };
        match uid {
            None => return Err(Failure::NotFound),
            Some(uid) if uid.to_string() != leftover.uid => return Err(Failure::Conflict),
            Some(_) if leftover.kind == "ConfigMap" => drop(self.config_maps.remove(&leftover.name)),
            Some(_) => drop(self.jobs.remove(&leftover.name)),
        }
        Ok(())
    }

    /// Marks a pod as being deleted.
    pub fn begin_deletion(&mut self, now: Ms, key: PodKey) {
        if let Some(pod) = self.pods.get_mut(&key) {
            pod.deleting.get_or_insert(now);
        }
    }

    fn live_pod(&self, name: &str, uid: &str) -> Answer<PodKey> {
        let key = self.key_of(name).filter(|key| self.pods.contains_key(key)).ok_or(Failure::NotFound)?;
        if self.pods[&key].uid.to_string() == uid { Ok(key) } else { Err(Failure::Conflict) }
    }

    fn live_claim(&mut self, name: &str, uid: &str) -> Answer<(PodKey, &mut super::Claim)> {
        let pod = name.strip_prefix(cassc_ring::names::SERVER_DATA).and_then(|rest| rest.strip_prefix('-'));
        let key = pod.and_then(|pod| self.key_of(pod)).ok_or(Failure::NotFound)?;
        match self.claims.get_mut(&key) {
            None => Err(Failure::NotFound),
            Some(claim) if claim.uid.to_string() != uid => Err(Failure::Conflict),
            Some(claim) => Ok((key, claim)),
        }
    }

    /// The keys of the state as they are now.
    pub fn state_data(&self) -> Option<&Rc<BTreeMap<String, String>>> {
        self.state.back().map(|state| &state.data)
    }
}

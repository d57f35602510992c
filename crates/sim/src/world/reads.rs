//! What calls read, when they arrive.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_settle::cluster::{Answer, Document, Failure, JobStatus, Objects, Replication, Role, Stored};
use cassc_settle::observed::{Endpoint, Pod, Status};

use crate::fault::Wrong;
use crate::kube::Kube;
use crate::ring::distort;
use crate::world::World;
use crate::world::requests::internal_error;

/// The part of the objects that one call lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// StatefulSets.
    Sets,
    /// Pods.
    Pods,
    /// Claims.
    Claims,
    /// Everything else.
    Rest,
}

impl World {
    /// What the API server holds for an instance's reads: the present, unless reads are old.
    fn readable(&self, instance: usize) -> &Kube {
        let kube = self.instances[instance].kube;
        self.faults.old_objects(self.now, kube).unwrap_or(&self.kubes[kube])
    }

    /// Lists one kind of objects into what was listed before.
    pub(crate) fn list(&mut self, instance: usize, what: List, objects: &mut Objects) {
        let own_job = self.instances[instance].job.clone();
        let kube = self.readable(instance);
        match what {
            List::Sets => objects.sets = kube.view_sets(),
            List::Pods => objects.pods = kube.view_pods(),
            List::Claims => objects.claims = kube.view_claims(),
            List::Rest => {
                let rest = kube.view_rest(self.now, own_job.as_deref());
                (objects.secrets, objects.leftovers) = (rest.secrets, rest.leftovers);
            }
        }
    }

    /// The desired ring.
    pub(crate) fn read_desired(&self, instance: usize) -> Answer<Document> {
        self.readable(instance).desired.clone().ok_or(Failure::NotFound)
    }

    /// The state.
    pub(crate) fn read_state(&self, instance: usize) -> Stored {
        self.readable(instance).view_state()
    }

    /// What a node knows of the ring, with what may be wrong about the answer.
    pub(crate) fn read_endpoints(&mut self, pod: &Pod, wrong: Option<Wrong>) -> Answer<Vec<Endpoint>> {
        let process = self.management_api(address(pod).as_ref())?;
        let mut endpoints = self.ring.endpoints(process)?;
        if wrong == Some(Wrong::OldView) {
            endpoints = self.faults.first_view(process, endpoints);
        }
        if let Some(foreign) = self.faults.foreign_node(self.now) {
            endpoints.push(foreign_endpoint(foreign));
        }
        if let Some(Wrong::Distorted(distortion)) = wrong {
            distort(&mut endpoints, distortion, &mut self.distortions);
        }
        Ok(endpoints)
    }

    /// The replication of the keyspaces.
    pub(crate) fn read_keyspaces(&self, pod: &Pod) -> Answer<BTreeMap<String, Replication>> {
        self.ring.keyspaces(self.management_api(address(pod).as_ref())?)
    }

    /// The roles.
    pub(crate) fn read_roles(&mut self, pod: &Pod) -> Answer<Vec<Role>> {
        let process = self.management_api(address(pod).as_ref())?;
        self.ring.roles(process)
    }

    /// How a job goes.
    pub(crate) fn read_job(&self, pod: &Pod, id: &str) -> Answer<JobStatus> {
        self.ring.job(self.management_api(address(pod).as_ref())?, id)
    }

    /// Bytes that are still to stream.
    pub(crate) fn read_streaming(&self, pod: &Pod) -> Answer<Option<u64>> {
        self.management_api(address(pod).as_ref()).map(|process| self.ring.streaming(process))
    }

    /// What Cassandra wrote last.
    pub(crate) fn read_last_lines(&self, pod: &Pod) -> String {
        let process = self.management_api(address(pod).as_ref());
        process.map(|process| self.ring.last_lines(process).to_owned()).unwrap_or_default()
    }

    /// How a call to a pod's Management API goes wrong, if it does.
    pub(crate) fn wrong_of_pod(&mut self, pod: &str) -> Option<Wrong> {
        let now = self.now;
        self.faults.wrong(now, &mut self.chooser, |whose| whose.is_pod(pod))
    }

    /// How a call to the API server goes wrong, if it does.
    pub(crate) fn wrong_of_kubernetes(&mut self) -> Option<Wrong> {
        let now = self.now;
        self.faults.wrong(now, &mut self.chooser, crate::fault::Whose::is_kubernetes)
    }
}

/// What a call that only reads says because of a fault; `None` where it is answered.
pub(crate) fn failure_of_read(wrong: Option<Wrong>) -> Option<Failure> {
    match wrong? {
        Wrong::Error => Some(internal_error()),
        Wrong::Throttled => Some(Failure::TooManyRequests("too many requests".to_owned())),
        Wrong::AnswerLost | Wrong::RequestLost | Wrong::Late(_) => Some(Failure::Unknown("timed out".to_owned())),
        _ => None,
    }
}

/// The address of a pod as the API server knew it.
pub(crate) fn address(pod: &Pod) -> Option<Rc<str>> {
    pod.address.as_deref().map(Into::into)
}

/// A node of another cluster, as it shows up where an address was given out again.
fn foreign_endpoint(number: u64) -> Endpoint {
    Endpoint {
        host_id: Some(format!("0f0e1900-0000-4000-8000-{number:012}")),
        address: format!("192.0.2.{}", number % 250 + 1),
        status: Status::Normal,
        is_alive: true,
        is_local: false,
        cluster_name: Some("another cluster".to_owned()),
        datacenter: Some("dc1".to_owned()),
        rack: Some("r1".to_owned()),
        schema: None,
        release: Some("4.1.9".to_owned()),
        load: Some(1 << 20),
    }
}

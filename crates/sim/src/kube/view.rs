//! The objects as the program in the cluster is shown them.

use std::collections::BTreeMap;

use cassc_ring::names;
use cassc_settle::cluster::{Objects, Stored, Time};
use cassc_settle::observed::{self, Leftover};

use super::{Claim, Kube, Phase, Pod, PodKey, StatefulSet};
use crate::commit::Trouble;
use crate::queue::{MINUTE, Ms};

/// The grace period of a pod.
const GRACE: Ms = 2 * MINUTE;

/// How old a generation of configuration must be before it counts as unused: an hour in `cassc-step`, less here, so that
/// histories are long enough for it.
const YOUNG: Ms = 10 * MINUTE;

impl Kube {
    /// The StatefulSets.
    pub fn view_sets(&self) -> BTreeMap<String, observed::Set> {
        self.sets.iter().map(|set| (set.manifest.name.to_string(), view_set(set))).collect()
    }

    /// The pods.
    pub fn view_pods(&self) -> BTreeMap<String, observed::Pod> {
        self.pods.iter().map(|(key, pod)| (pod.name.to_string(), self.view_pod(*key, pod))).collect()
    }

    /// The claims.
    pub fn view_claims(&self) -> BTreeMap<String, observed::Claim> {
        let named = |(key, claim): (&PodKey, &Claim)| {
            let pod = self.pod_name(*key);
            (names::claim(names::SERVER_DATA, &pod), view_claim(pod, claim))
        };
        self.claims.iter().map(named).collect()
    }

    /// Secrets that the desired ring names, and what may have to be deleted. `own_job` is the Job of the instance that looks.
    pub fn view_rest(&self, now: Ms, own_job: Option<&str>) -> Objects {
        let secret = |(name, secret): (&String, &super::SecretObject)| {
            (name.clone(), observed::Secret { version: secret.version.to_string(), is_complete: secret.is_complete })
        };
        let config_map = |(name, (uid, created)): (&String, &(u64, Ms))| Leftover {
            kind: "ConfigMap",
            name: name.clone(),
            uid: uid.to_string(),
            is_in_use: self.refers_to(name) || now < created + YOUNG,
        };
        let job = |(name, job): (&String, &super::JobObject)| Leftover {
            kind: "Job",
            name: name.clone(),
            uid: job.uid.to_string(),
            is_in_use: !job.is_finished || own_job == Some(name.as_str()),
        };
        Objects {
            secrets: self.secrets.iter().map(secret).collect(),
            leftovers: self.config_maps.iter().map(config_map).chain(self.jobs.iter().map(job)).collect(),
            ..Objects::default()
        }
    }

    /// The state with its resourceVersion.
    pub fn view_state(&self) -> Stored {
        match self.state.back() {
            Some(state) => Stored { data: (*state.data).clone(), version: Some(state.version.to_string()) },
            None => Stored::default(),
        }
    }

    /// Whether a StatefulSet or one of its revisions mounts a ConfigMap.
    pub fn refers_to(&self, config_map: &str) -> bool {
        let of_set = |set: &StatefulSet| {
            let revisions = set.revisions.iter().chain([&set.manifest.template]);
            revisions.into_iter().any(|template| template.config_map == config_map)
        };
        self.sets.iter().any(of_set)
    }

    fn view_pod(&self, key: PodKey, pod: &Pod) -> observed::Pod {
        observed::Pod {
            uid: pod.uid.to_string(),
            set: self.set(key).manifest.name.to_string(),
            ordinal: key.ordinal,
            revision: pod.revision.to_string(),
            address: pod.address.as_deref().map(str::to_owned),
            is_ready: pod.is_ready,
            ready_since: epoch(pod.ready_since),
            is_deleting: pod.deleting.is_some(),
            ends_by: pod.deleting.map(|since| epoch(since + GRACE)),
            is_in_gate: pod.phase != Phase::Running,
            created: epoch(pod.created),
            trouble: pod.trouble.map(|trouble| words(trouble).to_owned()),
            claims: vec![names::claim(names::SERVER_DATA, &pod.name)],
            config_maps: vec![pod.template.config_map.clone()],
        }
    }
}

/// The time of the simulation's beginning, in seconds since 1970: some day, so that nothing relies on a small number.
pub const BEGINNING: Time = 1_800_000_000;

/// A time of the simulation in seconds since 1970.
pub fn epoch(time: crate::queue::Ms) -> Time {
    BEGINNING + time / crate::queue::SECOND
}

fn words(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Image => "ImagePullBackOff",
        Trouble::Unschedulable => "Unschedulable",
        Trouble::Crash => "CrashLoopBackOff, exit code 1",
    }
}

fn view_set(set: &StatefulSet) -> observed::Set {
    observed::Set {
        uid: set.uid.to_string(),
        version: set.version.to_string(),
        is_observed: set.is_observed(),
        replicas: set.replicas,
        update_revision: set.update_revision.as_deref().unwrap_or_default().to_owned(),
        template: Some(set.manifest.template.digest.clone()),
        is_ours: true,
        is_deleting: false,
    }
}

fn view_claim(pod: String, claim: &Claim) -> observed::Claim {
    observed::Claim {
        uid: claim.uid.to_string(),
        pod,
        is_data: true,
        requested: claim.requested,
        capacity: claim.capacity,
        is_fixed: !claim.expands,
        is_deleting: claim.is_deleting,
    }
}

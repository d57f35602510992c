//! A ring in which everything is well, to spoil one thing at a time.

use std::collections::BTreeMap;

use cassc_ring::Ring;
use cassc_ring::desired::{Datacenter, Format, Rack, Rollout, Steps, WhenNodesLeave};
use cassc_ring::names;

use crate::action::{Action, Decision, Reason};
use crate::cluster::{Objects, Role};
use crate::decide::decide;
use crate::guard::Guards;
use crate::look::Observed;
use crate::observed::{Claim, Endpoint, Pod, Secret, Set, Status};
use crate::remember::remember;
use crate::situation::{Site, Situation};
use crate::state::State;

/// A ring, what is found of it, and what is remembered.
pub(crate) struct Fixture {
    pub(crate) ring: Ring,
    pub(crate) seen: Observed,
    pub(crate) state: State,
    pub(crate) guards: Guards,
}

/// A datacenter `dc1`, `dc2`, … of racks `r1`, `r2`, … with these numbers of nodes.
fn datacenter(number: usize, racks: &[u32]) -> Datacenter {
    let name = format!("dc{number}");
    let rack = |(nodes, number): (&u32, usize)| Rack {
        ring_name: format!("r{number}"),
        stateful_set: format!("shop-{name}-r{number}-sts"),
        nodes: *nodes,
        expand_to: None,
        template: Some("t1".to_owned()),
        when_nodes_leave: Some(WhenNodesLeave::Delete),
    };
    Datacenter {
        name: name.clone(),
        ring_name: name.clone(),
        kube_cluster: None,
        namespace: None,
        rebuild_from: None,
        racks: racks.iter().zip(1..).map(rack).collect(),
    }
}

impl Fixture {
    /// A settled ring of these datacenters and racks.
    pub(crate) fn of(datacenters: &[&[u32]]) -> Self {
        let ring = Ring {
            format: Format,
            cluster_name: "shop".to_owned(),
            version: "4.1.9".parse().expect("a version"),
            system_replication: 3,
            superuser_secret: "shop-superuser".to_owned(),
            rollout: Rollout::default(),
            steps: Some(Steps::default()),
            datacenters: datacenters.iter().zip(1..).map(|(racks, number)| datacenter(number, racks)).collect(),
        };
        let seen = Observed {
            now: 1_000_000,
            objects: Objects::default(),
            views: BTreeMap::new(),
            keyspaces: None,
            roles: None,
            jobs: BTreeMap::new(),
            reaper: None,
        };
        let mut fixture = Self { ring, seen, state: State::default(), guards: Guards::ALL };
        fixture.live();
        fixture.look();
        fixture.state.memory.roles.insert("shop-superuser".to_owned(), "1".to_owned());
        fixture
    }

    /// Makes everything live as the ring says.
    fn live(&mut self) {
        let racks: Vec<Rack> = self.ring.datacenters.iter().flat_map(|it| it.racks.clone()).collect();
        for rack in racks {
            let set = Set {
                uid: format!("uid-{}", rack.stateful_set),
                version: "1".to_owned(),
                is_observed: true,
                replicas: rack.nodes,
                update_revision: "a".to_owned(),
                template: rack.template.clone(),
                is_ours: true,
                is_deleting: false,
            };
            self.seen.objects.sets.insert(rack.stateful_set.clone(), set);
            for ordinal in 0..rack.nodes {
                self.start(&rack.stateful_set, ordinal);
            }
        }
        let secret = Secret { version: "1".to_owned(), is_complete: true };
        self.seen.objects.secrets.insert("shop-superuser".to_owned(), secret);
        self.seen.roles = Some(Ok(vec![Role { name: "shop-superuser".to_owned(), superuser: true, login: true }]));
        let replicas = self.ring.system_replicas().map(|(name, number)| (name.to_owned(), number));
        let replicas: BTreeMap<String, u32> = replicas.collect();
        let own =
            ["system_auth", "system_distributed", "system_traces"].map(|name| (name.to_owned(), replicas.clone()));
        self.seen.keyspaces = Some(Ok(own.into()));
    }

    /// A pod with its claim, and its node in every view.
    pub(crate) fn start(&mut self, set: &str, ordinal: u32) {
        let name = names::pod(set, ordinal);
        let number = self.seen.objects.pods.len() + 1;
        let claim = format!("server-data-{name}");
        let pod = Pod {
            uid: format!("uid-{name}"),
            set: set.to_owned(),
            ordinal,
            revision: "a".to_owned(),
            address: Some(format!("10.0.0.{number}")),
            is_ready: true,
            created: 1,
            claims: vec![claim.clone()],
            ..Pod::default()
        };
        self.seen.objects.pods.insert(name.clone(), pod);
        self.claim(&name);
        let datacenter = set.split('-').nth(1).map(str::to_owned);
        let endpoint = Endpoint {
            host_id: Some(format!("id-{name}")),
            address: format!("10.0.0.{number}"),
            status: Status::Normal,
            is_alive: true,
            is_local: false,
            cluster_name: Some("shop".to_owned()),
            datacenter,
            rack: None,
            schema: Some("s".to_owned()),
            release: Some("4.1.9".to_owned()),
            load: Some(10),
        };
        for view in self.seen.views.values_mut() {
            view.as_mut().expect("every pod answers").push(endpoint.clone());
        }
        let others = self.seen.views.values().next().and_then(|view| view.as_ref().ok()).cloned();
        let mut view = others.unwrap_or_else(|| vec![endpoint]);
        view.iter_mut().for_each(|it| it.is_local = it.host_id == Some(format!("id-{name}")));
        self.seen.views.insert(name, Ok(view));
    }

    /// The claim of a pod.
    pub(crate) fn claim(&mut self, pod: &str) {
        let claim = Claim {
            uid: format!("uid-claim-{pod}"),
            pod: pod.to_owned(),
            is_data: true,
            requested: 100,
            capacity: 100,
            ..Claim::default()
        };
        self.seen.objects.claims.insert(format!("server-data-{pod}"), claim);
    }

    /// One look, as the loop does it: what is remembered afterwards is kept.
    pub(crate) fn look(&mut self) -> Decision {
        let site = Site { cluster: "shop".to_owned(), ..Site::default() };
        let situation = |state| Situation::new(&site, &self.ring, &self.seen, state, self.guards);
        let after = remember(&situation(&self.state));
        let decision = decide(&situation(&after));
        self.state = after;
        decision
    }

    /// The act that is decided.
    pub(crate) fn act(&mut self) -> Action {
        match self.look() {
            Decision::Act(action) => action,
            other => unreachable!("no act: {other:?}"),
        }
    }

    /// The codes of what is waited for or refused; `refuse` says which of the two it must be.
    pub(crate) fn codes(&mut self, refuse: bool) -> Vec<&'static str> {
        let code = |reasons: Vec<Reason>| reasons.into_iter().map(|reason| reason.code).collect();
        match (self.look(), refuse) {
            (Decision::Wait(reasons), false) | (Decision::Refuse(reasons), true) => code(reasons),
            (other, _) => unreachable!("not expected: {other:?}"),
        }
    }

    /// The act, or the codes of what is waited for or refused.
    pub(crate) fn act_or_codes(&mut self) -> Result<Action, Vec<&'static str>> {
        match self.look() {
            Decision::Act(action) => Ok(action),
            Decision::Wait(reasons) | Decision::Refuse(reasons) | Decision::Done(reasons) => {
                Err(reasons.into_iter().map(|reason| reason.code).collect())
            }
        }
    }

    /// A live pod, to change it.
    pub(crate) fn pod(&mut self, name: &str) -> &mut Pod {
        self.seen.objects.pods.get_mut(name).expect("the pod exists")
    }

    /// A live StatefulSet, to change it.
    pub(crate) fn set(&mut self, name: &str) -> &mut Set {
        self.seen.objects.sets.get_mut(name).expect("the StatefulSet exists")
    }

    /// Changes the node of a pod in every view.
    pub(crate) fn everywhere(&mut self, pod: &str, change: impl Fn(&mut Endpoint)) {
        let host_id = Some(format!("id-{pod}"));
        let views = self.seen.views.values_mut().filter_map(|view| view.as_mut().ok());
        views.flat_map(|view| view.iter_mut()).filter(|it| it.host_id == host_id).for_each(change);
    }

    /// A pod whose node is down: no answer, not ready, and dead for the others.
    pub(crate) fn down(&mut self, pod: &str) {
        self.everywhere(pod, |it| it.is_alive = false);
        self.seen.views.insert(pod.to_owned(), Err(crate::cluster::Failure::Unknown("timed out".to_owned())));
        self.pod(pod).is_ready = false;
    }

    /// A pod whose node is up again.
    pub(crate) fn up(&mut self, pod: &str) {
        self.everywhere(pod, |it| it.is_alive = true);
        let others = self.seen.views.values().find_map(|view| view.as_ref().ok()).cloned();
        let mut view = others.expect("another pod answers");
        view.iter_mut().for_each(|it| it.is_local = it.host_id == Some(format!("id-{pod}")));
        self.seen.views.insert(pod.to_owned(), Ok(view));
        self.pod(pod).is_ready = true;
    }

    /// The pod is gone, its claims stay.
    pub(crate) fn remove(&mut self, pod: &str) {
        self.seen.objects.pods.remove(pod);
        self.seen.views.remove(pod);
    }

    /// A keyspace of a user.
    pub(crate) fn keyspace(&mut self, name: &str, replicas: &[(&str, u32)]) {
        let replicas = replicas.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect();
        if let Some(Ok(keyspaces)) = &mut self.seen.keyspaces {
            keyspaces.insert(name.to_owned(), replicas);
        }
    }
}

//! Every right of the rendered Roles is needed: without it the API server refuses the call that it is there for, and names it.
//! `tests/step/run` has rendered and applied tests/step/topology.yaml under the name `needed`, with a configuration in either
//! namespace that is old enough to go; the context `needed` acts as that account.

use cassc_settle::cluster::{Answer, Cluster as _, Event, Failure, Objects, Stored};
use cassc_step::live::Live;
use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event as KubeEvent, Pod};
use k8s_openapi::api::rbac::v1::{PolicyRule, Role};
use kube::api::{DeleteParams, ListParams, LogParams, Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::json;

use crate::rights::{client, found_ready, live_as};
use crate::world::until;

const CLUSTER: &str = "needed";
const HOME: &str = "step-needed";
const SECOND: &str = "step-needed-2";
const STATE: &str = "needed-state";
const LEASE: &str = "needed-step";

/// A verb on a resource of a namespace, or on one object of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Right {
    namespace: &'static str,
    group: String,
    resource: String,
    verb: String,
    name: Option<String>,
}

impl Right {
    /// The rights that a rule gives.
    fn of(namespace: &'static str, rule: &PolicyRule) -> Vec<Self> {
        let all = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
        let names: Vec<_> = all(&rule.resource_names).into_iter().map(Some).collect();
        let names = if names.is_empty() { vec![None] } else { names };
        let mut rights = Vec::new();
        for group in all(&rule.api_groups) {
            for resource in all(&rule.resources) {
                for verb in rule.verbs.clone() {
                    rights.extend(names.iter().cloned().map(|name| {
                        let (group, resource, verb) = (group.clone(), resource.clone(), verb.clone());
                        Self { namespace, group, resource, verb, name }
                    }));
                }
            }
        }
        rights
    }

    fn rule(&self) -> PolicyRule {
        PolicyRule {
            api_groups: Some(vec![self.group.clone()]),
            resources: Some(vec![self.resource.clone()]),
            verbs: vec![self.verb.clone()],
            resource_names: self.name.clone().map(|name| vec![name]),
            ..PolicyRule::default()
        }
    }

    /// Whether who asks has it.
    async fn is_given(&self, asks: &Client) -> bool {
        let (resource, subresource) = self.resource.split_once('/').unwrap_or((&self.resource, ""));
        let attributes = json!({"namespace": self.namespace, "group": self.group, "resource": resource,
            "subresource": subresource, "verb": self.verb, "name": self.name.clone().unwrap_or_default()});
        let review = serde_json::from_value(json!({"spec": {"resourceAttributes": attributes}})).expect("a review");
        let reviews: Api<SelfSubjectAccessReview> = Api::all(asks.clone());
        let judged = reviews.create(&PostParams::default(), &review).await.expect("everybody may ask that");
        judged.status.is_some_and(|status| status.allowed)
    }

    /// What the API server says when it refuses.
    fn refusal(&self) -> String {
        format!(
            "cannot {} resource \"{}\" in API group \"{}\" in the namespace \"{}\"",
            self.verb, self.resource, self.group, self.namespace
        )
    }
}

/// The account, what it works with, and an administrator.
struct Trial {
    admin: Client,
    account: Client,
    live: Live,
    found: Objects,
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn without_one_of_its_rights_a_call_of_the_program_is_forbidden() {
    let live = live_as(CLUSTER, HOME).await;
    let found = found_ready(&live).await;
    let trial = Trial { admin: client(None).await, account: client(Some(CLUSTER)).await, live, found };
    let mut rights = Vec::new();
    for namespace in [HOME, SECOND] {
        let rules = trial.roles(namespace).get(LEASE).await.expect("it is rendered").rules.expect("rules");
        rights.extend(rules.iter().flat_map(|rule| Right::of(namespace, rule)));
    }
    assert!(rights.len() > 40, "{rights:?}");
    let mut needless = Vec::new();
    for (number, right) in rights.iter().enumerate() {
        trial.take_away(right, &rights, number.checked_sub(1).map(|before| &rights[before])).await;
        let outcome = match right.resource.as_str() {
            "events" => trial.event_is_lost(right).await,
            _ => trial.is_forbidden(right).await,
        };
        needless.extend(outcome.err().map(|outcome| (right, outcome)));
    }
    assert!(needless.is_empty(), "nothing needs these: {needless:#?}");
}

impl Trial {
    fn roles(&self, namespace: &str) -> Api<Role> {
        Api::namespaced(self.admin.clone(), namespace)
    }

    /// The account has all rights but one; that which it lacked before is back.
    async fn take_away(&self, right: &Right, all: &[Right], before: Option<&Right>) {
        for namespace in [HOME, SECOND] {
            let rules: Vec<PolicyRule> =
                all.iter().filter(|it| it.namespace == namespace && *it != right).map(Right::rule).collect();
            let patch = Patch::Merge(json!({"rules": rules}));
            self.roles(namespace).patch(LEASE, &PatchParams::default(), &patch).await.expect("it is taken");
        }
        until("the right is gone", async || !right.is_given(&self.account).await).await;
        if let Some(before) = before {
            until("the other one is back", async || before.is_given(&self.account).await).await;
        }
    }

    /// The call is forbidden for want of this right; else what it came to.
    async fn is_forbidden(&self, right: &Right) -> Result<(), String> {
        match self.attempt(right).await {
            Err(Failure::Refused { status: 403, text }) => {
                // Where a stream was to be opened the server's words are not read.
                assert!(right.resource == "pods/exec" || text.contains(&right.refusal()), "{right:?}: {text}");
                Ok(())
            }
            outcome => Err(format!("{outcome:?}")),
        }
    }

    /// The call of the program that a right is there for.
    async fn attempt(&self, right: &Right) -> Answer<()> {
        let (live, namespace) = (&self.live, right.namespace);
        match (right.resource.as_str(), right.verb.as_str()) {
            (_, "list") | ("secrets", "get") => live.objects().await.map(drop),
            ("statefulsets/scale", "update") => {
                let name = right.name.as_deref().expect("StatefulSets are named");
                let set = &self.found.sets[name];
                live.scale(name, set, set.replicas).await
            }
            ("pods", "delete") => live.delete_pod(&pod(namespace), self.pod_uid(namespace), false).await,
            ("pods/eviction", "create") => live.evict(&pod(namespace), self.pod_uid(namespace)).await,
            ("pods/exec", _) => {
                let name = right.name.clone().unwrap_or_else(|| pod(namespace));
                live.remove_node(&name, &self.found.pods[&name], "00000000-0000-0000-0000-000000000000").await
            }
            ("pods/log", "get") => self.last_lines(namespace).await,
            ("persistentvolumeclaims", verb) => {
                let name = format!("server-data-{}", pod(namespace));
                let uid = &self.found.claims[&name].uid;
                if verb == "delete" {
                    live.delete_claim(&name, uid).await
                } else {
                    live.expand_claim(&name, uid, "2Gi").await
                }
            }
            ("configmaps", "get") if right.name.as_deref() != Some(STATE) => live.desired().await.map(drop),
            ("configmaps" | "jobs", "delete") => {
                let kind = if right.resource == "jobs" { "Job" } else { "ConfigMap" };
                let part = if kind == "Job" { "-settle-" } else { old_configuration(namespace) };
                let mut leftovers = self.found.leftovers.iter();
                let leftover = leftovers.find(|it| it.kind == kind && it.name.contains(part));
                live.delete_leftover(leftover.expect("there is one")).await
            }
            ("configmaps", verb) => live.write_state(&self.stored(verb != "create").await).await.map(drop),
            ("leases", verb) => {
                self.lease_is_there(verb != "create").await;
                live.lease().await.map(drop)
            }
            ("secrets", "create") => live.create_secret("needed-superuser", CLUSTER).await,
            _ => panic!("no call of the program is known that needs {right:?}"),
        }
    }

    fn pod_uid(&self, namespace: &str) -> &str {
        &self.found.pods[&pod(namespace)].uid
    }

    /// As the program asks for them, but it takes every failure for no lines: so the client's own call.
    async fn last_lines(&self, namespace: &str) -> Answer<()> {
        let pods: Api<Pod> = Api::namespaced(self.account.clone(), namespace);
        let container = Some("server-system-logger".to_owned());
        match pods.logs(&pod(namespace), &LogParams { container, ..LogParams::default() }).await {
            Err(kube::Error::Api(status)) => Err(Failure::Refused { status: status.code, text: status.message }),
            outcome => panic!("there is no kubelet: {outcome:?}"),
        }
    }

    /// The state as it is made anew by the administrator, with a copy that is behind; or neither.
    async fn stored(&self, is_there: bool) -> Stored {
        let data = json!({"founded": "true"});
        let mut stored = Stored::default();
        for (namespace, data) in [(HOME, data.clone()), (SECOND, json!({}))] {
            let maps: Api<ConfigMap> = Api::namespaced(self.admin.clone(), namespace);
            if maps.get_opt(STATE).await.expect("an answer").is_some() {
                maps.delete(STATE, &DeleteParams::default()).await.expect("it is deleted");
            }
            if is_there {
                let object = json!({"metadata": {"name": STATE}, "data": data});
                let object = serde_json::from_value(object).expect("a ConfigMap");
                let made = maps.create(&PostParams::default(), &object).await.expect("new");
                if namespace == HOME {
                    stored.version = made.metadata.resource_version;
                }
            }
        }
        stored.data = serde_json::from_value(data).expect("keys");
        stored
    }

    /// A Lease that nobody holds, or none.
    async fn lease_is_there(&self, is_there: bool) {
        let leases: Api<Lease> = Api::namespaced(self.admin.clone(), HOME);
        if leases.get_opt(LEASE).await.expect("an answer").is_some() {
            leases.delete(LEASE, &DeleteParams::default()).await.expect("it is deleted");
        }
        if is_there {
            let object = serde_json::from_value(json!({"metadata": {"name": LEASE}})).expect("a Lease");
            leases.create(&PostParams::default(), &object).await.expect("new");
        }
    }

    /// Events are no more than messages, and a failure is not told: without a right the second one does not count, or there
    /// is none at all.
    async fn event_is_lost(&self, right: &Right) -> Result<(), String> {
        let name = set(right.namespace).to_owned();
        let message = format!("without {}", right.verb);
        let event = Event { kind: "StatefulSet", name, reason: "Tried", message: message.clone(), warning: false };
        self.live.event(&event).await;
        self.live.event(&event).await;
        let events: Api<KubeEvent> = Api::namespaced(self.admin.clone(), right.namespace);
        let told = events.list(&ListParams::default().fields("reason=Tried")).await.expect("an answer").items;
        let of_this = told.into_iter().find(|it| it.message.as_ref() == Some(&message));
        let expected = if right.verb == "create" { None } else { Some(1) };
        let count = of_this.map(|it| it.count);
        if count == expected.map(Some) { Ok(()) } else { Err(format!("told {count:?} times")) }
    }
}

fn set(namespace: &str) -> &'static str {
    if namespace == HOME { "needed-dc1-r1-sts" } else { "needed-dc2-r1-sts" }
}

fn pod(namespace: &str) -> String {
    format!("{}-0", set(namespace))
}

/// The end of the name of a configuration that nothing refers to.
fn old_configuration(namespace: &str) -> &'static str {
    if namespace == HOME { "dc1-config-00000000" } else { "dc2-config-00000000" }
}

//! The account that the compiler renders: it lets the program do what it does, and nothing else. `tests/step/run` has rendered
//! and applied tests/step/topology.yaml, and the context `rights` of the kubeconfig acts as that account.

use cassc_ring::Ring;
use cassc_settle::cluster::{Answer, Cluster as _, Event, Failure, Objects, Stored};
use cassc_settle::observed::Leftover;
use cassc_step::live::{Course, Live, Options};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use k8s_openapi::api::autoscaling::v1::Scale;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{ConfigMap, Event as KubeEvent, PersistentVolumeClaim, Pod, Secret};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::config::KubeConfigOptions;
use kube::{Api, Client, Config};
use serde_json::json;
use tokio::sync::watch;

use crate::world::{objects, until};

const CLUSTER: &str = "rights";
const HOME: &str = "step-rights";
const SECOND: &str = "step-rights-2";
const SET: &str = "rights-dc1-r1-sts";

/// The calls, as the rendered account of a cluster; the context has its name.
pub(crate) async fn live_as(cluster: &str, home: &str) -> Live {
    let options = Options {
        cluster: cluster.to_owned(),
        namespace: Some(home.to_owned()),
        context: Some(cluster.to_owned()),
        holder: Some("one".to_owned()),
        management_port: 8080,
        ..Options::default()
    };
    let (_, course) = watch::channel(Course::Runs);
    Live::connect(&options, course).await.expect("a connection")
}

/// A client of the API server, with a context of the kubeconfig.
pub(crate) async fn client(context: Option<&str>) -> Client {
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    let config = Config::from_kubeconfig(&options).await.expect("tests/step/run sets KUBECONFIG");
    Client::try_from(config).expect("a client")
}

/// What is found once all pods of tests/step/topology.yaml are ready.
pub(crate) async fn found_ready(live: &Live) -> Objects {
    let is_ready = async || {
        let found = objects(live).await;
        found.pods.len() == 3
            && found.pods.values().all(|pod| pod.is_ready)
            && found.sets.values().all(|set| set.is_observed)
    };
    until("all pods are ready", is_ready).await;
    objects(live).await
}

/// An act that may meet another one, but never a lack of rights.
async fn done(what: &str, mut act: impl AsyncFnMut() -> Answer<()>) {
    for _ in 0..20 {
        match act().await {
            Ok(()) => return,
            Err(Failure::Conflict) => {}
            Err(failure) => panic!("{what}: {failure:?}"),
        }
    }
    panic!("{what}: always in conflict");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn what_is_rendered_is_found_and_all_that_is_done_to_it_is_allowed() {
    let live = live_as(CLUSTER, HOME).await;
    let found = found_ready(&live).await;
    let ring: Ring = serde_json::from_str(&live.desired().await.expect("it may be read").ring).expect("a ring");
    for rack in ring.datacenters.iter().flat_map(|datacenter| &datacenter.racks) {
        let set = &found.sets[&rack.stateful_set];
        assert!(set.is_ours && set.template.is_some(), "{set:?}");
        assert_eq!((&set.template, set.replicas), (&rack.template, rack.nodes), "the ring says what is applied");
    }
    assert_eq!(live.lease().await, Ok(None));
    assert_eq!(live.lease().await, Ok(None), "it may be renewed");
    let new = Stored { data: [("founded".to_owned(), "true".to_owned())].into(), version: None };
    let stored = live.write_state(&new).await.expect("it may be made, with its copy");
    let mut next = live.state().await.expect("it may be read");
    assert_eq!(next.data, stored.data);
    next.data.insert("bootstrapped.rights-dc1-r1-sts-0".to_owned(), "true".to_owned());
    let again = live.write_state(&next).await.expect("it may be written, with its copy");
    assert_eq!(again.data, next.data);
    live.create_secret("rights-superuser", CLUSTER).await.expect("it may be made");
    assert!(objects(&live).await.secrets["rights-superuser"].is_complete);

    let admin = client(None).await;
    let event = Event {
        kind: "StatefulSet",
        name: SET.to_owned(),
        reason: "Tried",
        message: "twice".to_owned(),
        warning: false,
    };
    live.event(&event).await;
    live.event(&event).await;
    let events: Api<KubeEvent> = Api::namespaced(admin.clone(), HOME);
    let told = events.list(&ListParams::default().fields("reason=Tried")).await.expect("an answer").items;
    assert_eq!(told.iter().map(|it| it.count).collect::<Vec<_>>(), [Some(2)]);
    acts(&live, &admin).await;
    live.release().await.expect("it may be given back");
}

/// Every act on objects, in both namespaces.
async fn acts(live: &Live, admin: &Client) {
    let uid_of = async |pod: &str| objects(live).await.pods[pod].uid.clone();
    done("evict", async || live.evict("rights-dc1-r1-sts-0", &uid_of("rights-dc1-r1-sts-0").await).await).await;
    found_ready(live).await;
    done("delete a pod", async || {
        live.delete_pod("rights-dc2-r1-sts-0", &uid_of("rights-dc2-r1-sts-0").await, false).await
    })
    .await;
    found_ready(live).await;
    let claim = "server-data-rights-dc1-r1-sts-1";
    let claim_uid = objects(live).await.claims[claim].uid.clone();
    done("expand", async || live.expand_claim(claim, &claim_uid, "2Gi").await).await;
    for (set, replicas) in [(SET, 1), ("rights-dc2-r1-sts", 0)] {
        let scaled = async || live.scale(set, &objects(live).await.sets[set].clone(), replicas).await;
        done("scale", scaled).await;
    }
    until("the pods are gone", async || objects(live).await.pods.len() == 1).await;
    done("delete a claim", async || live.delete_claim(claim, &claim_uid).await).await;
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(admin.clone(), HOME);
    until("the claim is gone", async || claims.get_opt(claim).await.expect("an answer").is_none()).await;

    let labels = json!({"cassandra.datastax.com/cluster": CLUSTER});
    let old = json!({"metadata": {"name": "rights-dc2-config-00000000", "labels": labels}, "immutable": true});
    let maps: Api<ConfigMap> = Api::namespaced(admin.clone(), SECOND);
    maps.create(&PostParams::default(), &serde_json::from_value(old).expect("a ConfigMap")).await.expect("new");
    let leftovers: Vec<Leftover> = objects(live).await.leftovers;
    let kinds = |kind: &str| leftovers.iter().filter(|it| it.kind == kind).count();
    assert_eq!((kinds("ConfigMap"), kinds("Job")), (3, 1), "{leftovers:?}");
    assert!(leftovers.iter().all(|it| it.is_in_use), "they are new: {leftovers:?}");
    for leftover in leftovers.iter().filter(|it| it.kind == "Job" || it.name.ends_with("00000000")) {
        live.delete_leftover(leftover).await.expect("it may be deleted");
    }
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn nothing_else_is_allowed() {
    let client = client(Some("rights")).await;
    let sets: Api<StatefulSet> = Api::namespaced(client.clone(), HOME);
    let secrets: Api<Secret> = Api::namespaced(client.clone(), HOME);
    let maps: Api<ConfigMap> = Api::namespaced(client.clone(), HOME);
    let patch = Patch::Merge(json!({"metadata": {"labels": {"x": "y"}}}));
    let (by, to) = (PatchParams::default(), PostParams::default());
    let claim = PersistentVolumeClaim::default();
    let nowhere: Api<Pod> = Api::namespaced(client.clone(), "default");
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(client.clone(), HOME);
    let pods: Api<Pod> = Api::namespaced(client.clone(), HOME);
    let jobs: Api<Job> = Api::namespaced(client.clone(), HOME);
    let leases: Api<Lease> = Api::namespaced(client.clone(), HOME);
    let second: Api<ConfigMap> = Api::namespaced(client.clone(), SECOND);
    let outcomes = [
        ("read one StatefulSet", sets.get(SET).await.map(drop)),
        ("read the number of replicas", sets.get_scale(SET).await.map(drop)),
        ("patch the number of replicas", sets.patch_scale(SET, &by, &patch).await.map(drop)),
        (
            "set the replicas of another StatefulSet",
            sets.replace_scale("other", &to, &Scale::default()).await.map(drop),
        ),
        ("read one pod", pods.get("rights-dc1-r1-sts-0").await.map(drop)),
        ("patch a pod", pods.patch("rights-dc1-r1-sts-0", &by, &patch).await.map(drop)),
        ("create a claim", claims.create(&to, &claim).await.map(drop)),
        ("read one Job", jobs.get("rights-settle-00000000").await.map(drop)),
        ("patch the Lease", leases.patch("rights-step", &by, &patch).await.map(drop)),
        ("read another Lease", leases.get("other").await.map(drop)),
        ("patch the state", maps.patch("rights-state", &by, &patch).await.map(drop)),
        ("patch the copy of the state", second.patch("rights-state", &by, &patch).await.map(drop)),
        ("read another ConfigMap", maps.get("other").await.map(drop)),
        ("patch a StatefulSet", sets.patch(SET, &by, &patch).await.map(drop)),
        ("delete a StatefulSet", sets.delete(SET, &DeleteParams::default().dry_run()).await.map(drop)),
        ("list Secrets", secrets.list(&ListParams::default()).await.map(drop)),
        ("read another Secret", secrets.get("other").await.map(drop)),
        ("change the desired ring", maps.patch("rights-desired-ring", &by, &patch).await.map(drop)),
        ("look at another namespace", nowhere.list(&ListParams::default()).await.map(drop)),
    ];
    for (what, outcome) in outcomes {
        assert!(matches!(&outcome, Err(kube::Error::Api(status)) if status.code == 403), "{what}: {outcome:?}");
    }
    // The log of a pod comes from a kubelet, and there is none; revisions are read only when a configuration is old enough to go: so
    // only the rights to ask.
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client);
    for namespace in [HOME, SECOND] {
        let log = json!({"namespace": namespace, "verb": "get", "resource": "pods", "subresource": "log"});
        let revisions =
            json!({"namespace": namespace, "verb": "list", "group": "apps", "resource": "controllerrevisions"});
        for attributes in [log, revisions] {
            let review: SelfSubjectAccessReview =
                serde_json::from_value(json!({"spec": {"resourceAttributes": attributes}})).expect("a review");
            let judged = reviews.create(&PostParams::default(), &review).await.expect("everybody may ask that");
            assert!(judged.status.is_some_and(|status| status.allowed), "{attributes}");
        }
    }
}

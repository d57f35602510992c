//! A namespace with a cluster in it: the desired ring, a StatefulSet of two pods that run nothing, their claims.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use cassc_settle::cluster::{Cluster as _, Objects};
use cassc_step::live::{Course, Live, Options};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::api::{DeleteParams, PostParams};
use kube::{Api, Client, Config, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;

/// The cluster's name.
pub(crate) const CLUSTER: &str = "shop";
/// Its StatefulSet.
pub(crate) const SET: &str = "shop-dc1-r1-sts";
/// The label of everything that belongs to it.
pub(crate) const LABEL: &str = "cassandra.datastax.com/cluster";
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A namespace, and a second one for another datacenter.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) home: String,
    pub(crate) second: String,
}

impl World {
    /// The namespaces, and the desired ring in the first.
    pub(crate) async fn empty(name: &str) -> Self {
        let options = kube::config::KubeConfigOptions::default();
        let config = Config::from_kubeconfig(&options).await.expect("tests/step/run sets KUBECONFIG");
        let client = Client::try_from(config).expect("a client");
        let world = Self { client, home: format!("step-{name}"), second: format!("step-{name}-2") };
        for namespace in [&world.home, &world.second] {
            let object = json!({"metadata": {"name": namespace}});
            let all: Api<Namespace> = Api::all(world.client.clone());
            all.create(&PostParams::default(), &serde_json::from_value(object).expect("a namespace"))
                .await
                .expect("new");
        }
        let data = json!({"ring.json": world.ring().to_string(), "generation": "1"});
        world.create::<ConfigMap>(&world.home, json!({"metadata": {"name": "shop-desired-ring"}, "data": data})).await;
        world
    }

    /// The same, with a StatefulSet whose pods run.
    pub(crate) async fn with_pods(name: &str) -> Self {
        let world = Self::empty(name).await;
        world.configuration("0123abcd").await;
        world.create::<StatefulSet>(&world.home, world.stateful_set()).await;
        world.until_ready().await;
        world
    }

    fn ring(&self) -> Value {
        let rack = |set: &str| json!({"ringName": "r1", "statefulSet": set, "nodes": 2, "expandTo": "2Gi"});
        json!({
            "format": 1, "clusterName": CLUSTER, "version": "4.1.9", "systemReplication": 1,
            "superuserSecret": "shop-superuser", "rollout": {"stopped": false}, "steps": {"cleanup": "auto"},
            "datacenters": [
                {"name": "dc1", "ringName": "dc1", "racks": [rack(SET)]},
                {"name": "dc2", "ringName": "dc2", "namespace": self.second, "racks": [rack("shop-dc2-r1-sts")]},
            ],
        })
    }

    fn stateful_set(&self) -> Value {
        let labels =
            json!({LABEL: CLUSTER, "cassandra.datastax.com/datacenter": "dc1", "cassandra.datastax.com/rack": "r1"});
        let container = json!({"name": "cassandra", "image": "registry.test/cassandra"});
        let claim = json!({
            "metadata": {"name": "server-data", "labels": labels},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
                "resources": {"requests": {"storage": "1Gi"}}},
        });
        json!({
            "metadata": {"name": SET, "namespace": self.home, "labels": labels, "annotations": {"cassc.io/template": "digest"}},
            "spec": {
                "replicas": 2, "serviceName": "shop-dc1-all-pods-service", "podManagementPolicy": "Parallel",
                "updateStrategy": {"type": "OnDelete"}, "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {
                    "containers": [container], "terminationGracePeriodSeconds": 0,
                    "volumes": [{"name": "config", "configMap": {"name": "shop-dc1-config-0123abcd"}}],
                }},
                "volumeClaimTemplates": [claim],
            },
        })
    }

    /// A generation of configuration.
    pub(crate) async fn configuration(&self, hash: &str) -> ConfigMap {
        let metadata = json!({"name": format!("shop-dc1-config-{hash}"), "labels": {LABEL: CLUSTER}});
        self.create(&self.home, json!({"metadata": metadata, "immutable": true, "data": {"a": "b"}})).await
    }

    /// The calls, as one process that names itself so.
    pub(crate) async fn live(&self, holder: &str) -> Live {
        let options = Options {
            cluster: CLUSTER.to_owned(),
            namespace: Some(self.home.clone()),
            holder: Some(holder.to_owned()),
            management_port: 8080,
            ..Options::default()
        };
        let (_, course) = watch::channel(Course::Runs);
        Live::connect(&options, course).await.expect("a connection")
    }

    /// The objects of a kind.
    pub(crate) fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), namespace)
    }

    pub(crate) async fn create<K>(&self, namespace: &str, object: Value) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned + Serialize,
    {
        let object: K = serde_json::from_value(object).expect("an object");
        self.api::<K>(namespace).create(&PostParams::default(), &object).await.expect("the API server takes it")
    }

    /// Deletes an object, and waits until it is gone.
    pub(crate) async fn delete<K>(&self, name: &str)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let api = self.api::<K>(&self.home);
        api.delete(name, &DeleteParams::default()).await.expect("it can be deleted");
        until("it is gone", async || api.get_opt(name).await.expect("an answer").is_none()).await;
    }

    /// Waits until the pods are ready and the StatefulSet's controller says so.
    pub(crate) async fn until_ready(&self) {
        let sets = self.api::<StatefulSet>(&self.home);
        let is_ready = async || {
            let set = sets.get(SET).await.expect("it is there");
            let (wanted, status) = (set.spec.expect("a spec").replicas, set.status.unwrap_or_default());
            status.observed_generation == set.metadata.generation && status.ready_replicas.or(Some(0)) == wanted
        };
        until("the pods are ready", is_ready).await;
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "waited for too long: {what}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What is found.
pub(crate) async fn objects(live: &Live) -> Objects {
    live.objects().await.expect("the objects can be read")
}

//! What is done to objects, each with what was judged.

use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::observed::{Leftover, Set};
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::autoscaling::v1::{Scale, ScaleSpec};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Pod};
use k8s_openapi::api::policy::v1::Eviction;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{DeleteOptions, ObjectMeta, Preconditions};
use kube::Resource;
use kube::api::{DeleteParams, LogParams, Patch, PatchParams, Preconditions as Before};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::fmt::Debug;

use cassc_ring::quantity;

use super::failure::{act, read};
use super::{Kubernetes, WRITER, written};

/// The container that shows all logs of Cassandra.
const LOGGER: &str = "server-system-logger";

/// How many of its last lines are told.
const LAST_LINES: i64 = 12;

/// How many bytes of the log are read for them.
const LAST_BYTES: i64 = 16 * 1024;

/// What the admission plugin `PersistentVolumeClaimResize` says of a claim whose StorageClass does not allow expansion.
const DOES_NOT_EXPAND: &str = "the storageclass that provisions the pvc must support resize";

impl Kubernetes {
    /// Sets the replicas of a StatefulSet, if it still has the version that was judged.
    pub(crate) async fn scale(&self, name: &str, set: &Set, replicas: u32) -> Answer<()> {
        let namespace = self.namespace_of(&set.uid)?;
        let replicas = i32::try_from(replicas)
            .map_err(|_| Failure::Refused { status: 422, text: format!("{replicas} replicas") })?;
        let scale = Scale {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: Some(namespace.clone()),
                uid: Some(set.uid.clone()),
                resource_version: Some(set.version.clone()),
                ..ObjectMeta::default()
            },
            spec: Some(ScaleSpec { replicas: Some(replicas) }),
            status: None,
        };
        act(self.api::<StatefulSet>(&namespace).replace_scale(name, &written(), &scale)).await?;
        Ok(())
    }

    /// Evicts a pod, if it still has this UID. Not by `Api::evict`: kube 5 sends the precondition as `delete_options`,
    /// which the API server does not know and ignores.
    pub(crate) async fn evict(&self, name: &str, uid: &str) -> Answer<()> {
        let namespace = self.namespace_of(uid)?;
        let preconditions = Preconditions { uid: Some(uid.to_owned()), resource_version: None };
        let eviction = Eviction {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: Some(namespace.clone()),
                ..ObjectMeta::default()
            },
            delete_options: Some(DeleteOptions { preconditions: Some(preconditions), ..DeleteOptions::default() }),
        };
        let pods = self.api::<Pod>(&namespace);
        act(pods.create_subresource::<Eviction, Value>("eviction", name, &written(), &eviction)).await?;
        Ok(())
    }

    /// Deletes a pod with its own grace period, or at once, if it still has this UID.
    pub(crate) async fn delete_pod(&self, name: &str, uid: &str, at_once: bool) -> Answer<()> {
        let parameters = DeleteParams::background();
        self.delete_as::<Pod>(name, uid, if at_once { parameters.grace_period(0) } else { parameters }).await
    }

    /// Deletes a claim, if it still has this UID.
    pub(crate) async fn delete_claim(&self, name: &str, uid: &str) -> Answer<()> {
        self.delete::<PersistentVolumeClaim>(name, uid).await
    }

    /// Deletes a ConfigMap or a Job with its pods, if it still has this UID.
    pub(crate) async fn delete_leftover(&self, leftover: &Leftover) -> Answer<()> {
        match leftover.kind {
            "ConfigMap" => self.delete::<ConfigMap>(&leftover.name, &leftover.uid).await,
            "Job" => self.delete::<Job>(&leftover.name, &leftover.uid).await,
            kind => Err(Failure::Refused { status: 400, text: format!("a {kind} is never a leftover") }),
        }
    }

    async fn delete<K>(&self, name: &str, uid: &str) -> Answer<()>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        self.delete_as::<K>(name, uid, DeleteParams::background()).await
    }

    async fn delete_as<K>(&self, name: &str, uid: &str, parameters: DeleteParams) -> Answer<()>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        let namespace = self.namespace_of(uid)?;
        let judged = Before { uid: Some(uid.to_owned()), resource_version: None };
        act(self.api::<K>(&namespace).delete(name, &parameters.preconditions(judged))).await?;
        Ok(())
    }

    /// Raises the storage request of a claim, if it still has this UID. The version of the same look goes with the patch: one
    /// with another UID would be refused as an attempt to change it.
    pub(crate) async fn expand_claim(&self, name: &str, uid: &str, size: &str) -> Answer<()> {
        let claims = self.api::<PersistentVolumeClaim>(&self.namespace_of(uid)?);
        let found = read(claims.get(name)).await?;
        if found.metadata.uid.as_deref() != Some(uid) {
            return Err(Failure::Conflict);
        }
        let requests = found.spec.as_ref().and_then(|spec| spec.resources.as_ref()?.requests.as_ref());
        let requested = requests.and_then(|requests| quantity::bytes(&requests.get("storage")?.0));
        if quantity::bytes(size).is_none_or(|size| requested.is_some_and(|requested| requested > size)) {
            let text = format!("{name} cannot be expanded to {size}");
            return Err(Failure::Refused { status: 422, text });
        }
        let patch = json!({
            "metadata": {"resourceVersion": found.metadata.resource_version},
            "spec": {"resources": {"requests": {"storage": size}}},
        });
        let by = PatchParams { field_manager: Some(WRITER.to_owned()), ..PatchParams::default() };
        let answer = act(claims.patch(name, &by, &Patch::Merge(patch))).await;
        if matches!(&answer, Err(Failure::Refused { status: 403, text }) if text.contains(DOES_NOT_EXPAND)) {
            self.seen.borrow_mut().fixed.insert(uid.to_owned());
        }
        answer.map(drop)
    }

    /// The last lines that Cassandra wrote; empty where they cannot be had.
    pub(crate) async fn last_lines(&self, name: &str, uid: &str) -> String {
        let Ok(namespace) = self.namespace_of(uid) else { return String::new() };
        let of_logger = LogParams {
            container: Some(LOGGER.to_owned()),
            tail_lines: Some(LAST_LINES),
            limit_bytes: Some(LAST_BYTES),
            ..LogParams::default()
        };
        read(self.api::<Pod>(&namespace).logs(name, &of_logger)).await.unwrap_or_default()
    }
}

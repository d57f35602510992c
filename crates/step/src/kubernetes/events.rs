//! Events about pods, StatefulSets and the state: what `kubectl describe` shows. The same sentence about the same object is one
//! Event with a count.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cassc_settle::cluster::{Answer, Event, Failure};
use k8s_openapi::api::core::v1::{Event as KubeEvent, EventSource, ObjectReference};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use k8s_openapi::jiff::Timestamp;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use super::failure::{act, read};
use super::{Kubernetes, WRITER, written};

/// The longest message, in bytes: the API server takes 1024.
const LONGEST_MESSAGE: usize = 1000;

/// The longest part of an object's name in the name of an Event, which may have 253 characters.
const LONGEST_NAME: usize = 200;

impl Kubernetes {
    /// Records an Event. Whether that succeeds decides nothing.
    pub(crate) async fn event(&self, event: &Event) {
        let _ = self.record(event).await;
    }

    async fn record(&self, event: &Event) -> Answer<()> {
        let (namespace, uid) = self.place(event);
        let events = self.api::<KubeEvent>(&namespace);
        let new = self.as_kube_event(event, &namespace, uid);
        match act(events.create(&written(), &new)).await {
            Err(Failure::Conflict) => {
                let name = new.metadata.name.as_deref().unwrap_or_default();
                let count = read(events.get(name)).await?.count.unwrap_or(1);
                let again = json!({"count": count.saturating_add(1), "lastTimestamp": new.last_timestamp});
                act(events.patch(name, &PatchParams::default(), &Patch::Merge(again))).await.map(|_| ())
            }
            outcome => outcome.map(|_| ()),
        }
    }

    /// Where the object is, and its UID; `kubectl describe` looks for both.
    fn place(&self, event: &Event) -> (String, Option<String>) {
        let seen = self.seen.borrow();
        let uid = seen.uids.get(&(event.kind, event.name.clone()));
        let namespace = uid.and_then(|uid| seen.namespaces.get(uid)).unwrap_or(&self.home);
        (namespace.clone(), uid.cloned())
    }

    fn as_kube_event(&self, event: &Event, namespace: &str, uid: Option<String>) -> KubeEvent {
        let now = Some(Time(Timestamp::now()));
        let message = event.message[..event.message.floor_char_boundary(LONGEST_MESSAGE)].to_owned();
        let mut hasher = DefaultHasher::new();
        (event.kind, &event.name, &uid, event.reason, &message, event.warning).hash(&mut hasher);
        let part: String = event.name.chars().take(LONGEST_NAME).collect();
        KubeEvent {
            metadata: ObjectMeta {
                name: Some(format!("{part}.{:016x}", hasher.finish())),
                namespace: Some(namespace.to_owned()),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: Some(api_version(event.kind).to_owned()),
                kind: Some(event.kind.to_owned()),
                name: Some(event.name.clone()),
                namespace: Some(namespace.to_owned()),
                uid,
                ..ObjectReference::default()
            },
            reason: Some(event.reason.to_owned()),
            message: Some(message),
            type_: Some(if event.warning { "Warning" } else { "Normal" }.to_owned()),
            count: Some(1),
            first_timestamp: now.clone(),
            last_timestamp: now,
            source: Some(EventSource { component: Some(WRITER.to_owned()), host: None }),
            reporting_component: Some(WRITER.to_owned()),
            reporting_instance: Some(self.holder.chars().take(128).collect()),
            ..KubeEvent::default()
        }
    }
}

/// The API version of the kinds that Events are about.
fn api_version(kind: &str) -> &'static str {
    match kind {
        "StatefulSet" => "apps/v1",
        "Job" => "batch/v1",
        _ => "v1",
    }
}

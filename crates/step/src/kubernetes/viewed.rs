//! What somebody who only looks may see: StatefulSets, pods, Events and the program's Jobs. No Secrets.

use std::collections::BTreeMap;

use cassc_ring::{Ring, names};
use cassc_settle::cluster::{Answer, Failure, Time};
use cassc_settle::observed::{Pod, Set};
use futures_util::{AsyncBufReadExt as _, StreamExt as _};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{self, ConfigMap, Event};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time as KubeTime;
use kube::api::{ListParams, LogParams};

use super::failure::read;
use super::objects::{is_of_cluster, name, owned};
use super::sets::set;
use super::{Kubernetes, WRITER};

/// The label with which Kubernetes marks the pods of a Job.
const JOB_LABEL: &str = "batch.kubernetes.io/job-name";

/// How the name of a cluster's desired ring ends.
const DESIRED_RING: &str = "-desired-ring";

/// An Event that the program recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Happened {
    /// When it was last recorded, in seconds since 1970.
    pub(crate) at: Time,
    /// How often.
    pub(crate) count: u32,
    /// Whether it is a `Warning`.
    pub(crate) warning: bool,
    /// CamelCase.
    pub(crate) reason: String,
    /// The name of the object.
    pub(crate) about: String,
    /// One sentence.
    pub(crate) message: String,
}

/// A Job of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its name.
    pub(crate) name: String,
    /// When it was created, in seconds since 1970.
    pub(crate) created: Time,
    /// When it ended.
    pub(crate) ended: Option<Time>,
    /// How it stands.
    pub(crate) state: RunState,
}

/// How a Job of the program stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RunState {
    /// It works or waits.
    Running,
    /// Everything was as the topology says, or held back by it.
    Complete,
    /// It refused, or ended without having done everything: Kubernetes' reason and message.
    Failed(String),
}

impl Kubernetes {
    /// StatefulSets and pods of the cluster in this Kubernetes cluster, by name.
    pub(crate) async fn viewed(&self, ring: &Ring) -> Answer<(BTreeMap<String, Set>, BTreeMap<String, Pod>)> {
        let label = names::label_value(&ring.cluster_name);
        let (mut sets, mut pods) = (BTreeMap::new(), BTreeMap::new());
        for namespace in self.namespaces(ring) {
            let mut found: Vec<StatefulSet> = self.list(&namespace, &label).await?;
            found.retain(|set| is_of_cluster(&self.cluster, name(&set.metadata)));
            let all: Vec<v1::Pod> = self.list(&namespace, &label).await?;
            for (pod, judged) in all.iter().filter_map(|pod| owned(pod, &found)) {
                self.remember("Pod", &namespace, &pod, &judged.uid);
                pods.insert(pod, judged);
            }
            sets.extend(found.iter().map(|it| (name(&it.metadata).to_owned(), set(it))));
        }
        Ok((sets, pods))
    }

    /// The namespace of a pod that was found.
    pub(crate) fn namespace_of_pod(&self, pod: &Pod) -> Answer<String> {
        self.namespace_of(&pod.uid)
    }

    /// What the program recorded of the cluster, the oldest first. Events are kept for an hour.
    pub(crate) async fn happened(&self, ring: &Ring) -> Answer<Vec<Happened>> {
        let ours = ListParams::default().fields(&format!("source={WRITER}"));
        let mut happened = Vec::new();
        for namespace in self.namespaces(ring) {
            let found = read(self.api::<Event>(&namespace).list(&ours)).await?.items;
            let prefix = format!("{}-", self.cluster);
            let of_cluster =
                |event: &&Event| event.involved_object.name.as_ref().is_some_and(|it| it.starts_with(&prefix));
            happened.extend(found.iter().filter(of_cluster).map(as_happened));
        }
        happened.sort_by_key(|it| it.at);
        Ok(happened)
    }

    /// The Jobs of the program, the oldest first: one per commit, and those of its schedule.
    pub(crate) async fn runs(&self, ring: &Ring) -> Answer<Vec<Run>> {
        let prefixes = [format!("{}-settle-", self.cluster), format!("{}-", names::schedule(&self.cluster))];
        let jobs: Vec<Job> = self.list(&self.home, &names::label_value(&ring.cluster_name)).await?;
        let ours = jobs.iter().filter(|job| prefixes.iter().any(|prefix| name(&job.metadata).starts_with(prefix)));
        let mut runs: Vec<Run> = ours.map(as_run).collect();
        runs.sort_by_key(|run| run.created);
        Ok(runs)
    }

    /// The last lines that the newest pod of a Job logged.
    pub(crate) async fn log_of_run(&self, job: &str, lines: i64) -> Answer<Vec<String>> {
        let Some(pod) = self.pods_of_run(job).await?.pop() else { return Ok(Vec::new()) };
        let last = LogParams { tail_lines: Some(lines), ..LogParams::default() };
        let text = read(self.api::<v1::Pod>(&self.home).logs(&pod, &last)).await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Hands on the lines of a container's log, the last `tail` first, until `line` says `false` or there are no more.
    pub(crate) async fn log(
        &self,
        namespace: &str,
        pod: &str,
        which: &LogParams,
        mut line: impl AsyncFnMut(String) -> bool,
    ) -> Answer<()> {
        let stream = read(self.api::<v1::Pod>(namespace).log_stream(pod, which)).await?;
        let mut lines = Box::pin(stream).lines();
        while let Some(next) = lines.next().await {
            let next = next.map_err(|error| Failure::Unknown(error.to_string()))?;
            if !line(next).await {
                break;
            }
        }
        Ok(())
    }

    /// The pods of a Job by name, the oldest first.
    pub(crate) async fn pods_of_run(&self, job: &str) -> Answer<Vec<String>> {
        let selected = ListParams::default().labels(&format!("{JOB_LABEL}={job}"));
        let mut pods = read(self.api::<v1::Pod>(&self.home).list(&selected)).await?.items;
        pods.sort_by_key(|pod| seconds(pod.metadata.creation_timestamp.as_ref()));
        Ok(pods.iter().map(|pod| name(&pod.metadata).to_owned()).collect())
    }

    /// The clusters that have a desired ring in the namespace.
    pub(crate) async fn clusters(&self) -> Answer<Vec<String>> {
        let maps = read(self.api::<ConfigMap>(&self.home).list_metadata(&ListParams::default())).await?.items;
        let names = maps.iter().filter_map(|map| name(&map.metadata).strip_suffix(DESIRED_RING));
        Ok(names.map(str::to_owned).collect())
    }

    /// The cluster's name in Kubernetes.
    pub(crate) fn cluster(&self) -> &str {
        &self.cluster
    }

    /// The name of this Kubernetes cluster in the topology; `None` where there is only one.
    pub(crate) fn kube_cluster(&self) -> Option<&str> {
        self.kube_cluster.as_deref()
    }

    /// The namespace in which state and desired ring are.
    pub(crate) fn home(&self) -> &str {
        &self.home
    }
}

fn as_happened(event: &Event) -> Happened {
    let times =
        [event.last_timestamp.as_ref(), event.first_timestamp.as_ref(), event.metadata.creation_timestamp.as_ref()];
    Happened {
        at: times.into_iter().flatten().next().map_or(0, |time| seconds(Some(time))),
        count: event.count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        warning: event.type_.as_deref() == Some("Warning"),
        reason: event.reason.clone().unwrap_or_default(),
        about: event.involved_object.name.clone().unwrap_or_default(),
        message: event.message.clone().unwrap_or_default(),
    }
}

fn as_run(job: &Job) -> Run {
    let conditions = job.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let end =
        conditions.into_iter().find(|it| matches!(it.type_.as_str(), "Complete" | "Failed") && it.status == "True");
    let state = match end {
        None => RunState::Running,
        Some(end) if end.type_ == "Complete" => RunState::Complete,
        Some(end) => {
            let parts = [end.reason.as_deref(), end.message.as_deref()];
            RunState::Failed(parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
        }
    };
    Run {
        name: name(&job.metadata).to_owned(),
        created: seconds(job.metadata.creation_timestamp.as_ref()),
        ended: end.and_then(|end| end.last_transition_time.as_ref()).map(|time| seconds(Some(time))),
        state,
    }
}

fn seconds(time: Option<&KubeTime>) -> Time {
    time.and_then(|time| u64::try_from(time.0.as_second()).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_job_runs_until_a_condition_says_that_it_has_ended() {
        let job = |conditions: serde_json::Value| -> Run {
            let metadata = json!({"name": "shop-settle-1", "creationTimestamp": "2026-12-01T00:00:00Z"});
            as_run(
                &serde_json::from_value(json!({"metadata": metadata, "status": {"conditions": conditions}}))
                    .expect("a Job"),
            )
        };
        assert_eq!(job(json!([])).state, RunState::Running);
        let suspended = json!([{"type": "Suspended", "status": "True"}, {"type": "Failed", "status": "False"}]);
        assert_eq!(job(suspended).state, RunState::Running);
        let ended = json!([{"type": "Failed", "status": "True", "reason": "PodFailurePolicy", "message": "exit code 1",
            "lastTransitionTime": "2026-12-01T00:01:00Z"}]);
        let run = job(ended);
        assert_eq!((run.created, run.ended), (1_796_083_200, Some(1_796_083_260)));
        assert_eq!(run.state, RunState::Failed("PodFailurePolicy: exit code 1".to_owned()));
    }

    #[test]
    fn an_event_that_was_counted_is_as_old_as_its_last_time() {
        let event = json!({"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "name": "shop-dc1-r1-sts-0"},
            "type": "Warning", "reason": "JobFailed", "message": "m", "count": 3,
            "firstTimestamp": "2026-12-01T00:00:00Z", "lastTimestamp": "2026-12-01T00:05:00Z"});
        let happened = as_happened(&serde_json::from_value(event).expect("an Event"));
        assert_eq!((happened.at, happened.count, happened.warning), (1_796_083_500, 3, true));
        assert_eq!((happened.about.as_str(), happened.reason.as_str()), ("shop-dc1-r1-sts-0", "JobFailed"));
    }
}

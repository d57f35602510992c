//! Looks at a cluster: Kubernetes with the caller's rights, and the ring through one pod that answers. What cannot be seen is said.

use std::collections::BTreeMap;

use cassc_ring::{Ring, names};
use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::observed::{Endpoint, Pod};
use cassc_settle::state::State;
use serde_json::Value;

use super::nodes::{Found, datacenters};
use super::operations::operations;
use super::{Condition, Event, Failed, Job, Report, Run};
use crate::kubernetes::{self, Forward, Happened, RunState};
use crate::live::Live;
use crate::log::time;
use crate::management::ManagementApi;

/// How many pods are asked until one answers.
const MOST_ASKED: usize = 3;

/// How many lines of the program's log are told.
const LINES: i64 = 6;

/// How many Events are told.
const EVENTS: usize = 20;

/// A look at everything. Fails only where there is no cluster, or nothing may be seen.
pub(crate) async fn gather(live: &Live) -> Result<Report, String> {
    let kubernetes = &live.kubernetes;
    let ring = ring(live).await?;
    let stored = kubernetes.stored().await.map_err(|failure| format!("the state: {}", why(&failure)))?;
    let state = State::read(&stored.data)?;
    let (sets, pods) = kubernetes.viewed(&ring).await.map_err(|failure| format!("the pods: {}", why(&failure)))?;
    let mut unseen = Vec::new();
    let answer = ask(live, &pods, &mut unseen).await;
    let endpoints = answer.as_ref().map(|(_, endpoints)| endpoints.as_slice()).unwrap_or_default();
    let kube_cluster = kubernetes.kube_cluster();
    let found = Found { ring: &ring, kube_cluster, sets: &sets, pods: &pods, state: &state, endpoints };
    Ok(Report {
        cluster: kubernetes.cluster().to_owned(),
        namespace: kubernetes.home().to_owned(),
        version: ring.version.to_string(),
        founded: stored.version.is_some().then_some(state.founded),
        datacenters: datacenters(&found),
        jobs: jobs(live, &pods, &state).await,
        operations: operations(&ring, &state.memory.operations),
        repairs: state.memory.reaper.iter().flat_map(|it| it.schedules.iter().chain(&it.others)).cloned().collect(),
        failed: failed(&state),
        conditions: conditions(&state),
        run: or_unseen("the Jobs", run(live, &ring).await, &mut unseen).flatten(),
        events: events(or_unseen("the Events", kubernetes.happened(&ring).await, &mut unseen).unwrap_or_default()),
        asked: answer.map(|(pod, _)| pod),
        unseen,
    })
}

/// The desired ring.
pub(crate) async fn ring(live: &Live) -> Result<Ring, String> {
    let (cluster, home) = (live.kubernetes.cluster(), live.kubernetes.home());
    live.kubernetes.ring().await.map_err(|failure| match failure {
        Failure::NotFound => {
            format!(
                "there is no cluster `{cluster}` in namespace {home}: it has no ConfigMap {}",
                names::desired_ring(cluster)
            )
        }
        failure => format!("the desired ring: {}", why(&failure)),
    })
}

/// Why a call failed, as the end of a sentence.
pub(crate) fn why(failure: &Failure) -> String {
    match failure {
        Failure::NotFound => "not found".to_owned(),
        Failure::Conflict => "it changed meanwhile".to_owned(),
        Failure::TooManyRequests(text) | Failure::Unknown(text) | Failure::Refused { text, .. } => text.clone(),
    }
}

fn or_unseen<T>(what: &str, answer: Answer<T>, unseen: &mut Vec<String>) -> Option<T> {
    answer.map_err(|failure| unseen.push(format!("{what}: {}", why(&failure)))).ok()
}

/// A pod's Management API, as long as this value lives.
struct Reached {
    api: ManagementApi,
    address: String,
    _forward: Option<Forward>,
}

/// A pod by its address, or through the API server.
async fn reach(live: &Live, name: &str, pod: &Pod) -> Answer<Reached> {
    let address = pod.address.clone().ok_or_else(|| Failure::Unknown(format!("{name} has no address")))?;
    let mut api = live.management.clone();
    if live.kubernetes.reaches_pods() {
        return Ok(Reached { api, address, _forward: None });
    }
    let forward = live.kubernetes.forward(&live.kubernetes.namespace_of_pod(pod)?, name, api.http.port).await?;
    api.http.port = forward.address.port();
    Ok(Reached { api, address: forward.address.ip().to_string(), _forward: Some(forward) })
}

/// The ring as the first pod that answers sees it. Pods that are ready are asked first.
async fn ask(live: &Live, pods: &BTreeMap<String, Pod>, unseen: &mut Vec<String>) -> Option<(String, Vec<Endpoint>)> {
    let mut running: Vec<_> = pods.iter().filter(|(_, pod)| pod.address.is_some() && !pod.is_in_gate).collect();
    running.sort_by_key(|(_, pod)| (!pod.is_ready, pod.is_deleting));
    for (name, pod) in running.into_iter().take(MOST_ASKED) {
        let answer = match reach(live, name, pod).await {
            Ok(reached) => reached.api.endpoints(&reached.address).await,
            Err(failure) => Err(failure),
        };
        match answer {
            Ok(endpoints) => return Some((name.clone(), endpoints)),
            Err(failure) => unseen.push(format!("the ring through {name}: {}", why(&failure))),
        }
    }
    None
}

/// The jobs under way, with the bytes that are left where the node tells.
async fn jobs(live: &Live, pods: &BTreeMap<String, Pod>, state: &State) -> Vec<Job> {
    let mut jobs = Vec::new();
    for (pod, running) in &state.memory.jobs {
        let bytes_left = match pods.get(pod).filter(|_| running.job.streams()) {
            Some(found) => left(live, pod, found).await,
            None => None,
        };
        let job = running.job.name().to_owned();
        jobs.push(Job { pod: pod.clone(), job, since: time(running.since), bytes_left });
    }
    jobs
}

async fn left(live: &Live, name: &str, pod: &Pod) -> Option<u64> {
    let reached = reach(live, name, pod).await.ok()?;
    reached.api.streaming(&reached.address).await.ok().flatten()
}

fn failed(state: &State) -> BTreeMap<String, Failed> {
    let told = |(what, failed): (&String, &cassc_settle::state::Failed)| {
        (what.clone(), Failed { reason: failed.reason.clone(), message: failed.message.clone() })
    };
    state.memory.failed.iter().map(told).collect()
}

fn conditions(state: &State) -> BTreeMap<String, Condition> {
    let told = |(name, it): (&String, &cassc_settle::state::Condition)| {
        let (reason, message) = (it.reason.clone(), it.message.clone());
        (name.clone(), Condition { status: it.status, reason, message, since: time(it.since) })
    };
    state.memory.conditions.iter().map(told).collect()
}

/// The newest Job, and while it runs what it said last.
async fn run(live: &Live, ring: &Ring) -> Answer<Option<Run>> {
    let Some(newest) = live.kubernetes.runs(ring).await?.pop() else { return Ok(None) };
    let mut told = told(&newest);
    if newest.state == RunState::Running {
        let lines = live.kubernetes.log_of_run(&newest.name, LINES).await.unwrap_or_default();
        told.says = lines.iter().map(|line| said(line)).collect();
    }
    Ok(Some(told))
}

/// A Job as it is told.
pub(crate) fn told(run: &kubernetes::Run) -> Run {
    let (state, message) = match &run.state {
        RunState::Running => ("Running", None),
        RunState::Complete => ("Complete", None),
        RunState::Failed(why) => ("Failed", Some(why.clone())),
    };
    let (job, created) = (run.name.clone(), time(run.created));
    Run { job, state, message, created, ended: run.ended.map(time), says: Vec::new() }
}

/// A line of the program's log, for a human.
pub(crate) fn said(line: &str) -> String {
    let object: Value = serde_json::from_str(line).unwrap_or_default();
    let text = |key: &str| object.get(key).and_then(Value::as_str);
    let Some((reason, message)) = text("reason").zip(text("message")) else { return line.to_owned() };
    match text("about").filter(|about| !message.contains(about)) {
        Some(about) => format!("{reason}: {about}: {message}"),
        None => format!("{reason}: {message}"),
    }
}

fn events(mut happened: Vec<Happened>) -> Vec<Event> {
    happened.drain(..happened.len().saturating_sub(EVENTS));
    happened.into_iter().map(event).collect()
}

/// An Event as it is told.
pub(crate) fn event(happened: Happened) -> Event {
    let Happened { at, count, warning, reason, about, message } = happened;
    Event { time: time(at), count, warning, reason, about, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_told_without_saying_anything_twice() {
        let line = |about: &str| {
            format!(r#"{{"time":"t","level":"info","reason":"Joining","about":"{about}","message":"p-0 joins"}}"#)
        };
        assert_eq!(said(&line("p-0")), "Joining: p-0 joins");
        assert_eq!(said(&line("dc1")), "Joining: dc1: p-0 joins");
        assert_eq!(said("plain text"), "plain text");
    }

    #[test]
    fn only_the_last_events_are_told() {
        let one = |at: u64| Happened {
            at,
            count: 1,
            warning: false,
            reason: "R".to_owned(),
            about: "a".to_owned(),
            message: "m".to_owned(),
        };
        let told = events((0..30).map(one).collect());
        assert_eq!((told.len(), told[0].time.as_str()), (EVENTS, "1970-01-01T00:00:10Z"));
    }
}

//! `cassc-step status`: what is remembered of a cluster. Changes nothing, and asks nobody but the API server.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use cassc_settle::cluster::Failure;
use cassc_settle::state::{Condition, Failed as Recorded, Running, State};
use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::sync::watch;

use super::{Ending, Failed, Where};
use crate::live::{Course, Live};
use crate::log::time;

/// Print what is remembered of the cluster: its conditions, nodes, and jobs under way.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    place: Where,
    /// How to print: text or json.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Form::Text, hide_possible_values = true)]
    format: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Text,
    Json,
}

/// What is printed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'s> {
    founded: bool,
    conditions: &'s BTreeMap<String, Condition>,
    nodes: BTreeMap<&'s str, NodeReport<'s>>,
    jobs: &'s BTreeMap<String, Running>,
    failed: &'s BTreeMap<String, Recorded>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeReport<'s> {
    host_id: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'s str>,
}

pub(super) async fn run(arguments: &Status) -> Result<Ending, Failed> {
    let options = arguments.place.options();
    let (_sender, course) = watch::channel(Course::Runs);
    let live = Live::connect(&options, course).await?;
    let stored = live.stored().await.map_err(|failure| Failed::Told(why(&failure)))?;
    if stored.version.is_none() {
        let state = cassc_ring::names::state(&options.cluster);
        return Err(Failed::Told(format!("nothing is remembered yet: there is no ConfigMap {state}")));
    }
    let state = State::read(&stored.data).map_err(Failed::Told)?;
    let report = report(&state);
    print(&match arguments.format {
        Form::Text => text(&report),
        Form::Json => serde_json::to_string_pretty(&report).expect("texts and numbers are JSON") + "\n",
    })?;
    Ok(Ending::Done)
}

fn report(state: &State) -> Report<'_> {
    let nodes = state.host_ids.iter().map(|(pod, host_id)| {
        let address = state.memory.nodes.get(pod).map(|node| node.address.as_str()).filter(|it| !it.is_empty());
        (pod.as_str(), NodeReport { host_id, address })
    });
    Report {
        founded: state.founded,
        conditions: &state.memory.conditions,
        nodes: nodes.collect(),
        jobs: &state.memory.jobs,
        failed: &state.memory.failed,
    }
}

fn text(report: &Report<'_>) -> String {
    let mut text = String::new();
    for (name, it) in report.conditions {
        let status = if it.status { "True" } else { "False" };
        let _ = writeln!(text, "{name:<16} {status:<6} since {}  {} {}", time(it.since), it.reason, it.message);
    }
    for (pod, node) in &report.nodes {
        let address = node.address.unwrap_or("-");
        let _ = writeln!(text, "{pod:<40} {} {address}", node.host_id);
    }
    for (pod, running) in report.jobs {
        let _ = writeln!(text, "{pod:<40} {} since {}", running.job.name(), time(running.since));
    }
    for (what, failed) in report.failed {
        let _ = writeln!(text, "{what:<40} {}: {}", failed.reason, failed.message);
    }
    text
}

fn why(failure: &Failure) -> String {
    match failure {
        Failure::NotFound => "not found".to_owned(),
        Failure::Conflict => "it changed meanwhile".to_owned(),
        Failure::TooManyRequests(text) | Failure::Unknown(text) | Failure::Refused { text, .. } => text.clone(),
    }
}

/// Writes to standard output; a reader that closes the pipe has read enough.
fn print(text: &str) -> Result<(), Failed> {
    if !cassc_streams::output_was_open() {
        return Err(Failed::Output(io::Error::other("it is closed")));
    }
    let mut output = io::stdout().lock();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Failed::Output(cause)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cassc_settle::state::Node;

    fn state() -> State {
        let mut state = State { founded: true, ..State::default() };
        for pod in ["p-0", "p-1"] {
            state.host_ids.insert(pod.to_owned(), format!("id-{pod}"));
        }
        state.memory.nodes.insert("p-0".to_owned(), Node { address: "10.0.0.7".to_owned(), ..Node::default() });
        let (reason, message) = ("NoRoom".to_owned(), "dc1 has no room".to_owned());
        let condition = Condition { status: true, reason, message, since: 1_796_083_200 };
        state.memory.conditions.insert("Refused".to_owned(), condition);
        state
    }

    #[test]
    fn what_is_remembered_is_printed_for_a_human_and_for_a_program() {
        let state = state();
        let text = text(&report(&state));
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let condition = ["Refused", "True", "since", "2026-12-01T00:00:00Z", "NoRoom", "dc1", "has", "no", "room"];
        assert_eq!(lines[0], condition);
        assert_eq!(lines[1..], [["p-0", "id-p-0", "10.0.0.7"], ["p-1", "id-p-1", "-"]]);
        let json = serde_json::to_value(report(&state)).expect("texts and numbers");
        assert_eq!((&json["founded"], &json["nodes"]["p-0"]["address"]), (&true.into(), &"10.0.0.7".into()));
        assert_eq!((&json["nodes"]["p-1"]["hostId"], json["nodes"]["p-1"].get("address")), (&"id-p-1".into(), None));
        assert_eq!(json["conditions"]["Refused"]["reason"], "NoRoom");
    }
}

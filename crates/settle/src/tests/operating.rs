//! Operations that a person asks for once.

use cassc_ring::operation::{Operation, OperationKind};

use super::fixture::Fixture;
use crate::action::{Action, Decision};
use crate::cluster::{JobStatus, NodeJob, TableTask};
use crate::observed::Status;
use crate::record::Record;
use crate::state::Running;

const PODS: [&str; 3] = ["shop-dc1-r1-sts-0", "shop-dc1-r2-sts-0", "shop-dc1-r3-sts-0"];

/// Three racks with one node each, and these operations.
fn with(operations: &str) -> Fixture {
    let mut fixture = Fixture::of(&[&[1, 1, 1]]);
    fixture.operations(operations);
    fixture
}

impl Fixture {
    /// Other operations are asked for.
    pub(super) fn operations(&mut self, text: &str) {
        let operations: Vec<Operation> = serde_json::from_str(text).expect("operations");
        self.ring.steps.as_mut().expect("steps").operations = operations;
    }

    /// Does what only the state knows, as `perform` does.
    pub(super) fn begin(&mut self) -> String {
        let Action::Begin { id, record } = self.act() else { unreachable!("an operation begins") };
        if let (Some(pod), Some(address)) = (record.todo.first(), &record.address) {
            self.state.replaces.insert(pod.clone(), address.clone());
        }
        self.state.memory.operations.insert(id.clone(), *record);
        id
    }

    /// The job that is decided runs; returns its pod and what it is.
    pub(super) fn run(&mut self) -> (String, NodeJob) {
        let Action::Start { pod, host_id, job, operation } = self.act() else { unreachable!("a job comes") };
        let uid = self.pod(&pod).uid.clone();
        let running = Running { operation, id: Some("job".to_owned()), ..Running::new(job.clone(), &host_id, &uid, 1) };
        self.state.memory.jobs.insert(pod.clone(), running);
        self.seen.jobs.insert(pod.clone(), Ok(JobStatus::Running));
        (pod, job)
    }

    fn ends(&mut self, pod: &str, status: JobStatus) {
        self.seen.jobs.insert(pod.to_owned(), Ok(status));
    }

    fn record(&self, id: &str) -> &Record {
        &self.state.memory.operations[id]
    }
}

fn task(task: TableTask, keyspace: Option<&str>) -> NodeJob {
    NodeJob::Tables { task, keyspace: keyspace.map(str::to_owned), tables: Vec::new() }
}

#[test]
fn an_operation_runs_once_node_by_node_and_keyspace_by_keyspace() {
    let mut fixture = with(r#"[{"id":"a","kind":"compact","keyspaces":["shop","log"]}]"#);
    assert_eq!(fixture.begin(), "a");
    for pod in PODS {
        for keyspace in ["shop", "log"] {
            assert_eq!(fixture.run(), (pod.to_owned(), task(TableTask::Compact, Some(keyspace))));
            assert_eq!(fixture.codes(false), ["JobRuns"], "one node at a time");
            fixture.ends(pod, JobStatus::Completed);
        }
    }
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert_eq!((fixture.record("a").done, fixture.record("a").is_open()), (3, false));
    fixture.operations(r#"[{"id":"a","kind":"compact","keyspaces":["log"]}]"#);
    assert_eq!(fixture.codes(true), ["OperationChanged"]);
    fixture.operations("[]");
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    fixture.operations(r#"[{"id":"a","kind":"compact","keyspaces":["shop","log"],"concurrency":2}]"#);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "the id has run");
}

#[test]
fn nodes_of_different_racks_work_side_by_side_where_that_is_asked_for() {
    let mut fixture = Fixture::of(&[&[2, 1]]);
    fixture.operations(r#"[{"id":"a","kind":"cleanup","concurrency":3}]"#);
    fixture.begin();
    assert_eq!(fixture.run().0, "shop-dc1-r1-sts-0");
    assert_eq!(fixture.run().0, "shop-dc1-r2-sts-0");
    assert_eq!(fixture.codes(false), ["JobRuns", "JobRuns"], "the third shares a rack");
    fixture.ends("shop-dc1-r1-sts-0", JobStatus::Completed);
    assert_eq!(fixture.run().0, "shop-dc1-r1-sts-1");
}

#[test]
fn operations_run_in_order_and_after_everything_else() {
    let two = r#"[{"id":"b","kind":"flush","rack":"r2"},{"id":"a","kind":"cleanup","pods":["shop-dc1-r1-sts-0"]}]"#;
    let mut fixture = with(two);
    fixture.pod(PODS[0]).revision = "older".to_owned();
    assert!(matches!(fixture.act(), Action::Evict { .. }));
    fixture.down(PODS[0]);
    assert!(!format!("{:?}", fixture.act_or_codes()).contains("Begin"));

    let mut fixture = with(two);
    assert_eq!(fixture.begin(), "b");
    assert_eq!(fixture.run(), (PODS[1].to_owned(), task(TableTask::Flush, None)));
    fixture.ends(PODS[1], JobStatus::Completed);
    assert_eq!(fixture.begin(), "a");
    assert_eq!(fixture.run().0, PODS[0]);
}

#[test]
fn a_suspended_operation_lets_others_pass_and_goes_on_later() {
    let text =
        |suspend: bool| format!(r#"[{{"id":"b","kind":"flush","suspend":{suspend}}},{{"id":"a","kind":"scrub"}}]"#);
    let mut fixture = with(&text(false));
    fixture.begin();
    let (pod, _) = fixture.run();
    fixture.operations(&text(true));
    assert_eq!(fixture.begin(), "a", "its record is written beside the job that still runs");
    assert!(fixture.codes(false).contains(&"RingChanges"), "what a node has begun goes on to its end first");
    fixture.ends(&pod, JobStatus::Completed);
    assert_eq!(fixture.run().1, task(TableTask::Scrub, None));
    fixture.operations(&text(false));
    assert_eq!(fixture.record("b").done, 1);
    fixture.operations(r#"[{"id":"b","kind":"flush","suspend":true}]"#);
    fixture.ends(&pod, JobStatus::Completed);
    assert!(matches!(fixture.look(), Decision::Done(reasons) if reasons[0].code == "OperationSuspended"));
    assert!(!fixture.record("a").is_open(), "what was taken out has ended");
}

#[test]
fn a_node_that_fails_is_tried_again_with_another_token() {
    let text = |retry: &str| format!(r#"[{{"id":"a","kind":"scrub","retry":"{retry}"}},{{"id":"b","kind":"flush"}}]"#);
    let mut fixture = with(&text("1"));
    fixture.begin();
    for _ in 0..3 {
        let (pod, _) = fixture.run();
        assert_eq!(pod, PODS[0]);
        fixture.ends(&pod, JobStatus::Failed("no".to_owned()));
    }
    for pod in &PODS[1..] {
        assert_eq!(fixture.run().0, *pod, "the others are done all the same");
        fixture.ends(pod, JobStatus::Completed);
    }
    assert_eq!(fixture.codes(true), ["OperationFailed"]);
    fixture.operations(&text("2"));
    assert_eq!(fixture.run().0, PODS[0]);
    fixture.ends(PODS[0], JobStatus::Completed);
    assert_eq!(fixture.begin(), "b");
    assert_eq!(fixture.record("a").done, 3);
}

#[test]
fn what_a_node_refuses_for_good_is_not_asked_again() {
    let mut fixture = with(r#"[{"id":"a","kind":"flush","keyspaces":["nope"],"pods":["shop-dc1-r1-sts-0"]}]"#);
    fixture.begin();
    let (pod, _) = fixture.run();
    fixture.state.memory.jobs.get_mut(&pod).expect("it runs").refused =
        Some("keyspace nope does not exists".to_owned());
    assert_eq!(fixture.codes(true), ["OperationFailed"]);
    assert!(fixture.record("a").failed[&pod].message.contains("keyspace nope does not exists"));
}

#[test]
fn an_operation_that_is_taken_out_ends_with_what_runs() {
    let mut fixture = with(r#"[{"id":"a","kind":"flush"}]"#);
    fixture.begin();
    let (pod, _) = fixture.run();
    fixture.operations("[]");
    assert_eq!(fixture.codes(false), ["JobRuns"]);
    fixture.ends(&pod, JobStatus::Completed);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    let record = fixture.record("a");
    assert_eq!((record.done, record.left_out, record.is_open()), (1, 2, false));
}

#[test]
fn of_operations_that_were_taken_out_the_newest_fifty_are_remembered() {
    let mut fixture = with("[]");
    let content: Operation = serde_json::from_str(r#"{"id":"","kind":"flush"}"#).expect("an operation");
    for number in 0..60 {
        let record = Record { ended: Some(number), ..Record::of(&content, Vec::new()) };
        fixture.state.memory.operations.insert(format!("a{number:02}"), record);
    }
    fixture.look();
    let kept: Vec<&String> = fixture.state.memory.operations.keys().collect();
    assert_eq!((kept.len(), kept[0].as_str(), kept[49].as_str()), (50, "a10", "a59"));
}

#[test]
fn a_repair_goes_over_the_first_ranges_of_all_keyspaces() {
    let mut fixture = with(r#"[{"id":"a","kind":"repair"}]"#);
    fixture.keyspace("shop", &[("dc1", 3)]);
    fixture.begin();
    assert_eq!(fixture.record("a").keyspaces, ["shop", "system_auth", "system_distributed", "system_traces"]);
    let job = NodeJob::Repair { keyspace: "shop".to_owned(), tables: Vec::new(), primary: true };
    assert_eq!(fixture.run(), (PODS[0].to_owned(), job));
    fixture.ends(PODS[0], JobStatus::Completed);
    fixture.everywhere(PODS[1], |it| it.status = Status::Moving);
    assert!(fixture.codes(false).contains(&"RingChanges"));
}

#[test]
fn pods_that_were_there_restart_once_the_highest_first() {
    let mut fixture = Fixture::of(&[&[2, 1]]);
    fixture.operations(r#"[{"id":"a","kind":"restart"}]"#);
    fixture.begin();
    for pod in ["shop-dc1-r1-sts-1", "shop-dc1-r1-sts-0", "shop-dc1-r2-sts-0"] {
        assert!(
            matches!(fixture.act(), Action::Evict { pod: name, why: "an operation asks for it", .. } if name == pod)
        );
        fixture.pod(pod).uid = "another".to_owned();
        fixture.down(pod);
        assert!(!matches!(fixture.look(), Decision::Act(_)), "the next waits until it is up");
        fixture.up(pod);
    }
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert_eq!(fixture.record("a").done, 3);
}

#[test]
fn a_drained_node_stays_so_until_its_pod_restarts() {
    let mut fixture = with(r#"[{"id":"a","kind":"drain","pods":["shop-dc1-r1-sts-0"]}]"#);
    fixture.begin();
    assert_eq!(fixture.run(), (PODS[0].to_owned(), NodeJob::Drain));
    fixture.ends(PODS[0], JobStatus::Completed);
    fixture.everywhere(PODS[0], |it| it.is_alive = false);
    fixture.pod(PODS[0]).is_ready = false;
    assert!(matches!(fixture.look(), Decision::Done(reasons) if reasons[0].code == "Drained"));
    fixture.pod(PODS[0]).uid = "another".to_owned();
    assert!(fixture.codes(false).contains(&"PodNotReady"));
}

#[test]
fn kinds_know_their_jobs() {
    let jobs = [
        (
            r#""kind":"snapshot","snapshot":"s","keyspaces":["shop"]"#,
            NodeJob::Snapshot { name: "s".into(), keyspaces: vec!["shop".into()] },
        ),
        (r#""kind":"move","token":"-7","pods":["shop-dc1-r1-sts-0"]"#, NodeJob::Move { token: "-7".into() }),
        (r#""kind":"upgradeSSTables""#, NodeJob::UPGRADE_TABLES),
        (r#""kind":"garbageCollect""#, task(TableTask::GarbageCollect, None)),
        (r#""kind":"rebuild","from":"dc2""#, NodeJob::Rebuild { source: "dc2".into() }),
    ];
    for (text, job) in jobs {
        let mut fixture = with(&format!(r#"[{{"id":"a",{text}}}]"#));
        fixture.begin();
        assert_eq!(fixture.run(), (PODS[0].to_owned(), job));
    }
}

#[test]
fn every_kind_that_is_no_cure_waits_while_a_node_is_down() {
    for kind in OperationKind::EVERY.into_iter().filter(|kind| !kind.is_cure()) {
        let mut fixture = with(&format!(
            r#"[{{"id":"a","kind":"{}","token":"1","snapshot":"s","from":"dc2","pods":["{}"]}}]"#,
            kind.name(),
            PODS[0]
        ));
        fixture.begin();
        fixture.down(PODS[2]);
        assert!(!matches!(fixture.look(), Decision::Act(_)), "{}", kind.name());
    }
}

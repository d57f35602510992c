//! A run that was made for a newer desired ring than the one that is there. The loop runs against an outside that knows nothing but
//! that ring: whatever else is asked for ends the test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::fixture::Fixture;
use crate::cluster::{
    Answer, Cluster, Document, Event, Failure, JobStatus, Line, NodeJob, Objects, Replication, Role, Stored, Time,
};
use crate::guard::Guards;
use crate::observed::{Endpoint, Leftover, Pod, Set};
use crate::reaper::{ReaperAct, ReaperAt, ReaperSeen};
use crate::settle::{Verdict, settle};
use crate::situation::Site;

/// The desired ring, and what was done.
#[derive(Default)]
struct Outside {
    ring: String,
    /// The generation that is there, by the number of rounds before.
    generations: Vec<&'static str>,
    now: Cell<Time>,
    rounds: Cell<usize>,
    has_lease: Cell<bool>,
    /// Whether it kept the Lease while it waited.
    kept_lease: Cell<bool>,
    /// How often it was looked further than at the desired ring.
    looks: Cell<u32>,
    said: RefCell<Vec<(String, String)>>,
}

impl Outside {
    fn with(generations: &[&'static str]) -> Self {
        let ring = serde_json::to_string(&Fixture::of(&[&[1]]).ring).expect("a ring is JSON");
        Self { ring, generations: generations.to_vec(), ..Self::default() }
    }

    /// Runs to the end: nothing of this outside ever has to be waited for.
    fn settle(&self, generation: Option<u64>) -> Verdict {
        let site = Site { cluster: "shop".to_owned(), generation, ..Site::default() };
        let run = pin!(settle(self, &site, Guards::ALL));
        match run.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(verdict) => verdict,
            Poll::Pending => unreachable!("every call answers at once"),
        }
    }

    fn codes(&self) -> Vec<String> {
        self.said.borrow().iter().map(|(code, _)| code.clone()).collect()
    }
}

/// A call that nobody may make.
fn nothing<T>() -> T {
    unreachable!("nothing is done")
}

impl Cluster for Outside {
    fn now(&self) -> Time {
        self.now.get()
    }

    fn lease_age(&self) -> Time {
        0
    }

    async fn sleep(&self, seconds: Time) -> bool {
        self.now.set(self.now.get() + seconds);
        self.rounds.set(self.rounds.get() + 1);
        self.kept_lease.set(self.kept_lease.get() || self.has_lease.get());
        // Nobody asks it to end within two hours.
        self.now.get() < 7200
    }

    async fn lease(&self) -> Answer<Option<String>> {
        self.has_lease.set(true);
        Ok(None)
    }

    async fn release(&self) -> Answer<()> {
        self.has_lease.set(false);
        Ok(())
    }

    async fn desired(&self) -> Answer<Document> {
        let last = self.generations.len() - 1;
        let generation = self.generations[self.rounds.get().min(last)].to_owned();
        Ok(Document { ring: self.ring.clone(), generation })
    }

    async fn state(&self) -> Answer<Stored> {
        self.looks.set(self.looks.get() + 1);
        Err(Failure::Unknown("this is as far as it goes".to_owned()))
    }

    fn say(&self, line: &Line) {
        self.said.borrow_mut().push((line.reason.to_owned(), line.message.clone()));
    }

    async fn objects(&self) -> Answer<Objects> {
        nothing()
    }

    async fn write_state(&self, _: &Stored) -> Answer<Stored> {
        nothing()
    }

    async fn scale(&self, _: &str, _: &Set, _: u32) -> Answer<()> {
        nothing()
    }

    async fn evict(&self, _: &str, _: &str) -> Answer<()> {
        nothing()
    }

    async fn delete_pod(&self, _: &str, _: &str, _: bool) -> Answer<()> {
        nothing()
    }

    async fn delete_claim(&self, _: &str, _: &str) -> Answer<()> {
        nothing()
    }

    async fn expand_claim(&self, _: &str, _: &str, _: &str) -> Answer<()> {
        nothing()
    }

    async fn create_secret(&self, _: &str, _: &str) -> Answer<()> {
        nothing()
    }

    async fn delete_leftover(&self, _: &Leftover) -> Answer<()> {
        nothing()
    }

    async fn event(&self, _: &Event) {
        nothing::<()>();
    }

    async fn endpoints(&self, _: &str, _: &Pod) -> Answer<Vec<Endpoint>> {
        nothing()
    }

    async fn keyspaces(&self, _: &str, _: &Pod) -> Answer<BTreeMap<String, Replication>> {
        nothing()
    }

    async fn alter(&self, _: &str, _: &Pod, _: &str, _: &Replication) -> Answer<()> {
        nothing()
    }

    async fn roles(&self, _: &str, _: &Pod) -> Answer<Vec<Role>> {
        nothing()
    }

    async fn put_role(&self, _: &str, _: &Pod, _: &Role, _: &str) -> Answer<()> {
        nothing()
    }

    async fn lock_default_role(&self, _: &str, _: &Pod) -> Answer<()> {
        nothing()
    }

    async fn start_job(&self, _: &str, _: &Pod, _: &NodeJob) -> Answer<String> {
        nothing()
    }

    async fn job(&self, _: &str, _: &Pod, _: &str) -> Answer<JobStatus> {
        nothing()
    }

    async fn remove_node(&self, _: &str, _: &Pod, _: &str) -> Answer<()> {
        nothing()
    }

    async fn streaming(&self, _: &str, _: &Pod) -> Answer<Option<u64>> {
        nothing()
    }

    async fn last_lines(&self, _: &str, _: &Pod) -> String {
        nothing()
    }

    async fn reaper(&self, _: &ReaperAt) -> Answer<ReaperSeen> {
        nothing()
    }

    async fn reaper_act(&self, _: &ReaperAt, _: &ReaperAct) -> Answer<()> {
        nothing()
    }
}

#[test]
fn a_run_does_nothing_about_an_older_ring_and_lets_others_work() {
    for (found, told) in [
        ("3\n", "the ConfigMap shop-desired-ring is of generation 3, this run was made for 4"),
        ("", "the ConfigMap shop-desired-ring has no generation that can be read, this run was made for 4"),
        ("four", "the ConfigMap shop-desired-ring has no generation that can be read, this run was made for 4"),
        ("-5", "the ConfigMap shop-desired-ring has no generation that can be read, this run was made for 4"),
    ] {
        let outside = Outside::with(&[found]);
        let Verdict::GaveUp(reasons) = outside.settle(Some(4)) else { unreachable!("it only waits: {found:?}") };
        let reason = &reasons[0];
        assert_eq!((reason.code, reason.about.as_deref()), ("OlderRing", Some("shop-desired-ring")));
        assert_eq!((reasons.len(), reason.message.as_str()), (1, told));
        assert_eq!((outside.codes(), outside.looks.get()), (vec!["OlderRing".to_owned()], 0), "{found:?}");
        assert!(!outside.kept_lease.get(), "a run for the ring that is there can work");
    }
}

#[test]
fn a_run_goes_on_with_its_own_ring_a_newer_one_or_whichever_is_there() {
    for (found, wanted) in [("4\n", Some(4)), ("5\n", Some(4)), ("10", Some(9)), ("3\n", None), ("", None)] {
        let outside = Outside::with(&[found]);
        outside.settle(wanted);
        assert!(outside.looks.get() > 0 && outside.codes() == ["CallFailed"], "{found:?} {wanted:?}");
    }
}

#[test]
fn a_run_begins_once_its_ring_is_there() {
    let outside = Outside::with(&["3\n", "3\n", "4\n"]);
    outside.settle(Some(4));
    assert_eq!(outside.codes(), ["OlderRing", "CallFailed"]);
}

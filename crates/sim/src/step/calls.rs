//! The calls.

use std::collections::BTreeMap;

use cassc_settle::cluster::{
    Answer, Cluster, Document, Event, Failure, JobStatus, Line, NodeJob, Objects, Replication, Role, Stored, Time,
};
use cassc_settle::observed::{Endpoint, Leftover, Pod, Set};
use cassc_settle::reaper::{ReaperAct, ReaperAt, ReaperSeen};

use super::Step;
use crate::act::{Act, NodeAct, Reply};
use crate::queue::SECOND;
use crate::world::{List, Point, World, address};

impl Step {
    fn node(name: &str, pod: &Pod, what: NodeAct) -> Act {
        Act::Node { pod: name.to_owned(), address: address(pod), what }
    }
}

impl Cluster for Step {
    fn now(&self) -> Time {
        self.world.borrow().time_of_instances()
    }

    fn lease_age(&self) -> Time {
        self.world.borrow().lease_age(self.instance)
    }

    async fn sleep(&self, seconds: Time) -> bool {
        if !self.world.borrow().instances[self.instance].is_asked_to_end {
            self.wait(Point::Sleep, seconds * SECOND).await;
        }
        !self.world.borrow().instances[self.instance].is_asked_to_end
    }

    async fn lease(&self) -> Answer<Option<String>> {
        let sent = self.world.borrow().now;
        let reply = self.act(Act::Lease).await?;
        match reply {
            Reply::HeldBy(holder) => Ok(Some(format!("step-{holder}"))),
            _ => {
                self.world.borrow_mut().instances[self.instance].leased = Some(sent);
                Ok(None)
            }
        }
    }

    async fn release(&self) -> Answer<()> {
        self.do_it(Act::Release).await
    }

    async fn desired(&self) -> Answer<Document> {
        self.read(World::wrong_of_kubernetes, |world, _| world.read_desired(self.instance)).await
    }

    /// Four lists, one after the other: what they say need not be of one moment.
    async fn objects(&self) -> Answer<Objects> {
        let mut objects = Objects::default();
        self.wait_about(Point::Read, 20, 800).await;
        for list in [List::Sets, List::Pods, List::Claims, List::Rest] {
            let pause = {
                let mut world = self.world.borrow_mut();
                world.counters.reads += 1;
                let wrong = world.wrong_of_kubernetes();
                match crate::world::failure_of_read(wrong) {
                    Some(failure) => Some(Err((failure, world.time_of_read(wrong)))),
                    None => {
                        world.list(self.instance, list, &mut objects);
                        world.chooser.percent(20).then(|| Ok(world.chooser.takes(30, 2000)))
                    }
                }
            };
            match pause {
                Some(Err((failure, delay))) => {
                    self.wait(Point::Answered, delay).await;
                    return Err(failure);
                }
                Some(Ok(delay)) => self.wait(Point::Read, delay).await,
                None => {}
            }
        }
        self.wait_about(Point::Answered, 10, 300).await;
        Ok(objects)
    }

    async fn state(&self) -> Answer<Stored> {
        self.read(World::wrong_of_kubernetes, |world, _| Ok(world.read_state(self.instance))).await
    }

    async fn write_state(&self, state: &Stored) -> Answer<Stored> {
        match self.act(Act::WriteState(state.clone())).await? {
            Reply::Stored(state) => Ok(state),
            _ => Err(Failure::Unknown("another answer".to_owned())),
        }
    }

    async fn scale(&self, name: &str, set: &Set, replicas: u32) -> Answer<()> {
        self.do_it(Act::Scale { set: name.to_owned(), judged: set.clone(), replicas }).await
    }

    async fn evict(&self, name: &str, uid: &str) -> Answer<()> {
        self.do_it(Act::Evict { pod: name.to_owned(), uid: uid.to_owned() }).await
    }

    async fn delete_pod(&self, name: &str, uid: &str, at_once: bool) -> Answer<()> {
        self.do_it(Act::DeletePod { pod: name.to_owned(), uid: uid.to_owned(), at_once }).await
    }

    async fn delete_claim(&self, name: &str, uid: &str) -> Answer<()> {
        self.do_it(Act::DeleteClaim { claim: name.to_owned(), uid: uid.to_owned() }).await
    }

    async fn expand_claim(&self, name: &str, uid: &str, size: &str) -> Answer<()> {
        self.do_it(Act::ExpandClaim { claim: name.to_owned(), uid: uid.to_owned(), size: size.to_owned() }).await
    }

    async fn create_secret(&self, name: &str, username: &str) -> Answer<()> {
        self.do_it(Act::CreateSecret { secret: name.to_owned(), username: username.to_owned() }).await
    }

    async fn delete_leftover(&self, leftover: &Leftover) -> Answer<()> {
        self.do_it(Act::DeleteLeftover(leftover.clone())).await
    }

    fn say(&self, line: &Line) {
        let mut world = self.world.borrow_mut();
        let instance = self.instance;
        let about = line.about.as_deref().unwrap_or("-");
        world.note(|| format!("instance {instance} says {} {about}: {}", line.reason, line.message));
    }

    async fn event(&self, event: &Event) {
        self.wait_about(Point::Read, 5, 200).await;
        let instance = self.instance;
        self.world
            .borrow_mut()
            .note(|| format!("instance {instance} event {} {}: {}", event.reason, event.name, event.message));
        self.wait(Point::Answered, 1).await;
    }

    async fn endpoints(&self, name: &str, pod: &Pod) -> Answer<Vec<Endpoint>> {
        self.read(|world| world.wrong_of_pod(name), |world, wrong| world.read_endpoints(pod, wrong)).await
    }

    async fn keyspaces(&self, name: &str, pod: &Pod) -> Answer<BTreeMap<String, Replication>> {
        self.read(|world| world.wrong_of_pod(name), |world, _| world.read_keyspaces(pod)).await
    }

    async fn alter(&self, name: &str, pod: &Pod, keyspace: &str, replication: &Replication) -> Answer<()> {
        let what = NodeAct::Alter { keyspace: keyspace.to_owned(), replication: replication.clone() };
        self.do_it(Self::node(name, pod, what)).await
    }

    async fn roles(&self, name: &str, pod: &Pod) -> Answer<Vec<Role>> {
        self.read(|world| world.wrong_of_pod(name), |world, _| world.read_roles(pod)).await
    }

    async fn put_role(&self, name: &str, pod: &Pod, role: &Role, secret: &str) -> Answer<()> {
        self.do_it(Self::node(name, pod, NodeAct::PutRole { role: role.clone(), secret: secret.to_owned() })).await
    }

    async fn lock_default_role(&self, name: &str, pod: &Pod) -> Answer<()> {
        self.do_it(Self::node(name, pod, NodeAct::LockDefaultRole)).await
    }

    async fn start_job(&self, name: &str, pod: &Pod, job: &NodeJob) -> Answer<String> {
        match self.act(Self::node(name, pod, NodeAct::Start(job.clone()))).await? {
            Reply::Job(id) => Ok(id),
            _ => Err(Failure::Unknown("another answer".to_owned())),
        }
    }

    async fn job(&self, name: &str, pod: &Pod, id: &str) -> Answer<JobStatus> {
        self.read(|world| world.wrong_of_pod(name), |world, _| world.read_job(pod, id)).await
    }

    async fn remove_node(&self, name: &str, pod: &Pod, host_id: &str) -> Answer<()> {
        self.do_it(Self::node(name, pod, NodeAct::RemoveNode { host_id: host_id.to_owned() })).await
    }

    async fn streaming(&self, name: &str, pod: &Pod) -> Answer<Option<u64>> {
        self.read(|world| world.wrong_of_pod(name), |world, _| world.read_streaming(pod)).await
    }

    async fn last_lines(&self, name: &str, pod: &Pod) -> String {
        let read = self.read(|world| world.wrong_of_pod(name), |world, _| Ok(world.read_last_lines(pod)));
        read.await.unwrap_or_default()
    }

    /// No ring that is generated has Reaper: nobody answers.
    async fn reaper(&self, _: &ReaperAt) -> Answer<ReaperSeen> {
        Err(Failure::Unknown("there is no Reaper in the simulation".to_owned()))
    }

    async fn reaper_act(&self, _: &ReaperAt, _: &ReaperAct) -> Answer<()> {
        Err(Failure::Unknown("there is no Reaper in the simulation".to_owned()))
    }
}

//! Does one act, after it was decided twice. What may have happened although nobody said so is remembered before it is asked
//! for.

use std::collections::BTreeSet;

use cassc_ring::names;

use crate::action::{Action, ScaleReason};
use crate::cluster::{Answer, Cluster, Failure, NodeJob, Role, Stored, Time};
use crate::guard::{Guard, Guards};
use crate::look::Observed;
use crate::observed::Pod;
use crate::reaper::{ReaperAct, ReaperAt};
use crate::record::{Asked, Failed, Record};
use crate::repairs::{Trouble, trouble};
use crate::state::{Running, State};

/// How long after a renewal of the Lease an act may begin, in seconds. With a call's 30 s it ends before the Lease does (60 s).
const FRESH: Time = 20;

/// What stands in the place of a host id for a pod that goes before its node ever joined: its claims are nobody's.
const NEVER_JOINED: &str = "never-joined";

/// What Cassandra says of a removal that it is at already (`StorageService.removeNode`).
const AT_IT: &str = "already processing a removal";

/// Everything that an act needs.
pub(crate) struct Hand<'c, C> {
    /// The outside.
    pub(crate) cluster: &'c C,
    /// The guards that hold.
    pub(crate) guards: Guards,
    /// What was found when the act was decided.
    pub(crate) seen: Observed,
    /// What is remembered.
    pub(crate) state: State,
    /// The state as it is stored.
    pub(crate) stored: Stored,
}

impl<C: Cluster> Hand<'_, C> {
    /// Whether the Lease was renewed so recently that nobody else can have it while a call runs.
    fn is_fresh(&self) -> Answer<()> {
        let is_fresh = self.guards.hold(Guard::Fence, || self.cluster.lease_age() <= FRESH);
        if is_fresh { Ok(()) } else { Err(Failure::Conflict) }
    }

    /// Stores the state over the version that was read.
    pub(crate) async fn write(&mut self) -> Answer<()> {
        let data = self.state.data();
        if self.stored.version.is_some() && data == self.stored.data {
            return Ok(());
        }
        self.is_fresh()?;
        let mut version = self.stored.version.clone();
        if self.guards.is_off(Guard::StateVersion) {
            version = self.cluster.state().await?.version;
        }
        self.stored = self.cluster.write_state(&Stored { data, version }).await?;
        Ok(())
    }

    /// Does the act.
    pub(crate) async fn perform(&mut self, action: &Action) -> Answer<()> {
        self.without_preconditions().await?;
        match action {
            Action::Start { pod, host_id, job, operation } => {
                return self.start(pod, host_id, job, operation.as_ref()).await;
            }
            Action::Begin { id, record } => return self.begin(id, record).await,
            Action::RemoveNode { operation, retry, host_id, asked } => {
                return self.remove_node(operation, retry.as_ref(), host_id, asked).await;
            }
            // What the other two of Cassandra's own hold is no loss.
            Action::Alter { keyspace, raises: true, .. }
                if !matches!(keyspace.as_str(), "system_distributed" | "system_traces") =>
            {
                let pods: BTreeSet<String> = self.state.host_ids.keys().cloned().collect();
                self.state.memory.needs_repair.insert(keyspace.clone(), pods);
                self.write().await?;
            }
            Action::Reaper { at, about, act } => return self.ask_reaper(at, about, act).await,
            Action::Scale { set, to, why: ScaleReason::NeverJoined, .. } => {
                self.state.left.insert(names::pod(set, *to), NEVER_JOINED.to_owned());
                self.write().await?;
            }
            Action::DeletePod { pod, .. } | Action::DeleteClaim { pod, .. } => self.is_still_down(pod).await?,
            _ => {}
        }
        self.is_fresh()?;
        self.call(action).await?;
        if let Action::PutRole { role, version, .. } = action {
            self.state.memory.roles.insert(role.secret.clone(), version.clone());
            self.write().await?;
        }
        Ok(())
    }

    /// A pod is deleted only because it is down, and claims when it is down or gone. Nodes that do not answer keep a look waiting for their time-outs, and the pod
    /// may have come up since it was listed: so it is listed once more.
    async fn is_still_down(&self, pod: &str) -> Answer<()> {
        let objects = self.cluster.objects().await?;
        let is_down = || objects.pods.get(pod).is_none_or(|pod| !pod.is_ready);
        if self.guards.hold(Guard::Recheck, is_down) { Ok(()) } else { Err(Failure::Conflict) }
    }

    /// The call of an act that needs no memory of its own.
    async fn call(&self, action: &Action) -> Answer<()> {
        let cluster = self.cluster;
        match action {
            Action::CreateSecret { name, username } => cluster.create_secret(name, username).await,
            Action::Scale { set, to, .. } => {
                let found = self.seen.objects.sets.get(set).ok_or(Failure::NotFound)?;
                cluster.scale(set, found, *to).await
            }
            Action::Evict { pod, uid, .. } => cluster.evict(pod, self.uid(pod, uid)).await,
            Action::DeletePod { pod, uid, at_once, .. } => cluster.delete_pod(pod, self.uid(pod, uid), *at_once).await,
            Action::DeleteClaim { claim, uid, .. } => cluster.delete_claim(claim, self.claim_uid(claim, uid)).await,
            Action::ExpandClaim { claim, uid, size } => cluster.expand_claim(claim, uid, size).await,
            Action::Alter { keyspace, replication, asked, .. } => {
                cluster.alter(asked, self.pod(asked)?, keyspace, replication).await
            }
            Action::PutRole { role, asked, .. } => {
                let asked_for = Role { name: role.name.clone(), superuser: role.superuser, login: role.login };
                cluster.put_role(asked, self.pod(asked)?, &asked_for, &role.secret).await
            }
            Action::LockDefaultRole { asked } => cluster.lock_default_role(asked, self.pod(asked)?).await,
            Action::DeleteLeftover(leftover) => cluster.delete_leftover(leftover).await,
            // below
            Action::Start { .. } | Action::Begin { .. } | Action::RemoveNode { .. } | Action::Reaper { .. } => Ok(()),
        }
    }

    /// Starts a job. A request of which it is not known whether it arrived stays remembered without an id.
    async fn start(&mut self, name: &str, host_id: &str, job: &NodeJob, operation: Option<&String>) -> Answer<()> {
        let pod = self.pod(name)?.clone();
        let now = self.cluster.now();
        let running = Running { operation: operation.cloned(), ..Running::new(job.clone(), host_id, &pod.uid, now) };
        let intent = self.guards.is_off(Guard::IntentFirst);
        if !intent {
            self.state.memory.jobs.insert(name.to_owned(), running.clone());
            self.write().await?;
        }
        self.is_fresh()?;
        match self.cluster.start_job(name, &pod, job).await {
            Ok(id) => {
                self.state.memory.jobs.insert(name.to_owned(), Running { id: Some(id), ..running });
                self.write().await
            }
            Err(unknown @ Failure::Unknown(_)) => Err(unknown),
            Err(failure) => {
                self.state.memory.jobs.remove(name);
                if let Some(text) = refusal(&failure).filter(|_| operation.is_some()) {
                    let refused = Running { refused: Some(text), ..running };
                    self.state.memory.jobs.insert(name.to_owned(), refused);
                }
                self.write().await?;
                Err(failure)
            }
        }
    }

    /// Remembers that an operation begins. For a node that is replaced the gate of its pod has to know the address before anything
    /// is deleted.
    async fn begin(&mut self, id: &str, record: &Record) -> Answer<()> {
        let record = Record { since: self.cluster.now(), ..record.clone() };
        if let (Some(pod), Some(address)) = (record.todo.first(), &record.address) {
            self.state.replaces.insert(pod.clone(), address.clone());
        }
        self.state.memory.operations.insert(id.to_owned(), record);
        self.write().await
    }

    /// Asks a node to remove another; who was asked is remembered first. What Cassandra refuses is a failure of the operation.
    async fn remove_node(&mut self, id: &str, retry: Option<&String>, host_id: &str, name: &str) -> Answer<()> {
        let pod = self.pod(name)?.clone();
        let asked = Asked { pod: name.to_owned(), uid: pod.uid.clone(), since: self.cluster.now() };
        self.record(id)?.asked = Some(asked);
        self.write().await?;
        self.is_fresh()?;
        let Err(failure) = self.cluster.remove_node(name, &pod, host_id).await else { return Ok(()) };
        if let Failure::Refused { text, .. } = &failure {
            if text.contains(AT_IT) {
                return Ok(());
            }
            let message = format!("{name} refused to remove the node {host_id}: {text}");
            let failed =
                Failed { host_id: host_id.to_owned(), reason: "Refused".to_owned(), message, retry: retry.cloned() };
            let record = self.record(id)?;
            record.asked = None;
            let about = record.todo.first().cloned().unwrap_or_default();
            record.failed.insert(about, failed);
            self.write().await?;
        }
        Err(failure)
    }

    /// Asks Reaper for something. What it does not do is remembered, so that the run does not ask for the same again and again.
    async fn ask_reaper(&mut self, at: &ReaperAt, about: &str, act: &ReaperAct) -> Answer<()> {
        self.is_fresh()?;
        let Err(failure) = self.cluster.reaper_act(at, act).await else { return Ok(()) };
        if let Some(trouble) = trouble(act, &failure, self.cluster.now()) {
            let troubles = &mut self.state.memory.reaper.get_or_insert_default().troubles;
            let before = troubles.get(about).filter(|before| before.act == *act && before.kind == trouble.kind);
            let since = before.map_or(trouble.since, |before| before.since.min(trouble.since));
            troubles.insert(about.to_owned(), Trouble { since, ..trouble });
            self.write().await?;
        }
        Err(failure)
    }

    fn record(&mut self, id: &str) -> Answer<&mut Record> {
        self.state.memory.operations.get_mut(id).ok_or(Failure::NotFound)
    }

    fn pod(&self, name: &str) -> Answer<&Pod> {
        self.seen.objects.pods.get(name).ok_or(Failure::NotFound)
    }

    /// The UID that was judged; without [`Guard::Precondition`] that of whatever has the name now.
    fn uid<'u>(&'u self, pod: &str, judged: &'u str) -> &'u str {
        let found = self.seen.objects.pods.get(pod).map(|pod| pod.uid.as_str());
        if self.guards.is_off(Guard::Precondition) { found.unwrap_or(judged) } else { judged }
    }

    fn claim_uid<'u>(&'u self, claim: &str, judged: &'u str) -> &'u str {
        let found = self.seen.objects.claims.get(claim).map(|claim| claim.uid.as_str());
        if self.guards.is_off(Guard::Precondition) { found.unwrap_or(judged) } else { judged }
    }

    /// Without [`Guard::Precondition`], looks once more, so that a call fits whatever is there.
    async fn without_preconditions(&mut self) -> Answer<()> {
        if self.guards.is_off(Guard::Precondition) {
            self.seen.objects = self.cluster.objects().await?;
        }
        Ok(())
    }
}

/// What a server said that will refuse the same again: the request itself is wrong.
fn refusal(failure: &Failure) -> Option<String> {
    match failure {
        Failure::Refused { status: 400..=499, text } => Some(text.clone()),
        _ => None,
    }
}

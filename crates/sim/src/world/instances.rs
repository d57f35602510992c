//! The instances of the program: where each of them waits, and how it ends. Their code runs in [`crate::simulation`].

use crate::queue::{Ms, SECOND};
use crate::world::{Event, World};

/// Seconds between SIGTERM and SIGKILL, as the Job is rendered.
const GRACE: Ms = 30 * SECOND;

/// A pause that is chosen from a list: long enough that another instance takes the Lease and acts.
const LONG_PAUSE: Ms = 90 * SECOND;

/// How an instance ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything is as it is asked for.
    Done,
    /// It is refused, with the reasons.
    Refused(Vec<String>),
    /// It gave up for now, with the reasons; the Job starts another one.
    Failed(Vec<String>),
    /// It was killed.
    Killed,
}

/// Where an instance is while it waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Before a call that only reads.
    Read,
    /// Before a call that changes something is sent.
    Send,
    /// While such a call is under way.
    Flight,
    /// After the answer of a call.
    Answered,
    /// It sleeps.
    Sleep,
}

/// One run of the program.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The Kubernetes cluster.
    pub kube: usize,
    /// The Job that runs it; `None` for one beside all Jobs.
    pub job: Option<String>,
    /// When it was started.
    pub started: Ms,
    /// How it ended; `None` while it runs.
    pub end: Option<End>,
    /// When it sent the last successful request for the Lease.
    pub leased: Option<Ms>,
    /// Whether it was asked to end.
    pub is_asked_to_end: bool,
    /// How often it waited.
    pub n_waits: u64,
    waiting: Option<u64>,
    released: Option<u64>,
    /// Whether it fell asleep between a decision and the sending of an act, and so may do one thing too late.
    pub slept_in_send: bool,
    is_sleeping: bool,
    kill_in: Option<u32>,
    pause_in: Option<(u32, Ms, bool)>,
}

impl World {
    /// Starts an instance. Its code has to be started by the caller of [`World::step`].
    pub fn start_instance(&mut self, kube: usize, job: Option<String>) -> usize {
        self.counters.instances += 1;
        let number = self.instances.len();
        self.note(|| format!("instance {number} starts"));
        self.instances.push(Instance {
            kube,
            job,
            started: self.now,
            end: None,
            leased: None,
            is_asked_to_end: false,
            n_waits: 0,
            waiting: None,
            released: None,
            slept_in_send: false,
            is_sleeping: false,
            kill_in: None,
            pause_in: None,
        });
        number
    }

    /// The newest instance of a Kubernetes cluster that runs.
    pub fn running_instance(&self, kube: usize) -> Option<usize> {
        self.instances.iter().rposition(|it| it.kube == kube && it.end.is_none())
    }

    /// Whether an instance that waits was let go.
    pub(crate) fn is_released(&self, instance: usize, token: u64) -> bool {
        self.instances[instance].released == Some(token)
    }

    /// An instance waits. The result is what it waits for.
    pub(crate) fn park(&mut self, instance: usize, point: Point, delay: Ms) -> u64 {
        let chosen = self.choose_at(point);
        let it = &mut self.instances[instance];
        it.n_waits += 1;
        let token = it.n_waits;
        (it.waiting, it.is_sleeping) = (Some(token), point == Point::Sleep);
        let is_killed = due(&mut it.kill_in) || chosen == 1;
        let is_paused = match &mut it.pause_in {
            Some((left, ..)) if *left > 1 => {
                *left -= 1;
                None
            }
            Some((_, lasts, in_send)) if *in_send || point != Point::Send => {
                let lasts = *lasts;
                it.pause_in = None;
                Some(lasts)
            }
            _ => None,
        };
        let paused = if chosen == 2 && point != Point::Send { Some(LONG_PAUSE) } else { is_paused };
        it.slept_in_send |= paused.is_some() && point == Point::Send;
        if is_killed {
            self.after(0, Event::KillInstance(instance));
        }
        if let Some(lasts) = paused {
            self.note(|| format!("instance {instance} is paused for {} s", lasts / SECOND));
        }
        self.after(delay + paused.unwrap_or(0), Event::Resume { instance, token });
        token
    }

    /// What a list has happen at a suspension: nothing, a kill, a long pause, or the next of what is pending.
    fn choose_at(&mut self, point: Point) -> u32 {
        if !self.explores || point == Point::Sleep {
            return 0;
        }
        let options = if self.pending.is_empty() { 3 } else { 4 };
        let chosen = self.chooser.branch(options);
        if chosen == 3
            && let Some(op) = self.pending.pop_front()
        {
            self.happen(&op);
        }
        chosen
    }

    /// Lets an instance go on that waits for this.
    pub(super) fn resume(&mut self, instance: usize, token: u64) -> Option<usize> {
        let it = &mut self.instances[instance];
        if it.end.is_some() || it.waiting != Some(token) {
            return None;
        }
        (it.waiting, it.released) = (None, Some(token));
        Some(instance)
    }

    /// Asks an instance to end, and has it killed when its grace period is over.
    pub(super) fn terminate(&mut self, instance: usize) {
        let it = &mut self.instances[instance];
        if it.end.is_some() || std::mem::replace(&mut it.is_asked_to_end, true) {
            return;
        }
        let sleeping = it.waiting.filter(|_| it.is_sleeping);
        self.note(|| format!("instance {instance} is asked to end"));
        if let Some(token) = sleeping {
            self.after(0, Event::Resume { instance, token });
        }
        self.after(GRACE, Event::KillInstance(instance));
    }

    /// Kills an instance. What it sent goes on.
    pub(super) fn kill_instance(&mut self, instance: usize) {
        if self.instances[instance].end.is_none() {
            self.counters.kills += 1;
            self.end_instance(instance, End::Killed);
        }
    }

    /// An instance ended, in one way or another.
    pub fn end_instance(&mut self, instance: usize, end: End) {
        self.note(|| format!("instance {instance} ends: {end:?}"));
        if end == End::Done {
            self.judge_done(instance);
        }
        self.instances[instance].end = Some(end);
        self.job_ended(instance);
    }

    /// Kills an instance at its n-th suspension from now.
    pub(super) fn kill_in(&mut self, instance: usize, n: u32) {
        self.instances[instance].kill_in = Some(n.max(1));
    }

    /// Pauses an instance at its n-th suspension from now, or the next one that may be paused.
    pub(super) fn pause_in(&mut self, instance: usize, n: u32, lasts: Ms, in_send: bool) {
        self.instances[instance].pause_in = Some((n.max(1), lasts, in_send));
    }
}

/// Counts down; `true` when it is time.
fn due(left: &mut Option<u32>) -> bool {
    match left {
        Some(1) => {
            *left = None;
            true
        }
        Some(n) => {
            *n -= 1;
            false
        }
        None => false,
    }
}

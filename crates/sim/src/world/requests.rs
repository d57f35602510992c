//! Calls that change something, on their way: they arrive, or not, whatever became of the one who made them.

use std::cell::RefCell;
use std::rc::Rc;

use cassc_settle::cluster::{Answer, Failure};

use crate::act::{Act, Reply};
use crate::fault::{StateWrite, Wrong};
use crate::queue::{Ms, SECOND};
use crate::world::{Event, World};

/// How long a caller waits for an answer.
pub(crate) const TIMEOUT: Ms = 10 * SECOND;

/// Where the answer is put when it is there.
pub(crate) type Slot = Rc<RefCell<Option<Answer<Reply>>>>;

/// A request under way.
pub(crate) struct Request {
    instance: usize,
    act: Act,
    slot: Slot,
    /// Whether it is the second of two that are one for their sender.
    is_copy: bool,
}

/// What the caller will hear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer.
    Answer,
    /// This, whatever happened.
    Failure(Failure),
}

/// A request that was sent.
pub(crate) struct Sent {
    pub(crate) slot: Slot,
    pub(crate) wait: Ms,
    pub(crate) outcome: Outcome,
}

impl World {
    /// Sends a request.
    pub(crate) fn send(&mut self, instance: usize, act: &Act) -> Sent {
        let slot = Slot::default();
        let there = self.chooser.takes(20, 1500);
        let back = self.chooser.takes(20, 800);
        let wrong = self.wrong_of_act(instance, act);
        let unknown = || Outcome::Failure(Failure::Unknown("timed out".to_owned()));
        let (arrives, wait, outcome) = match wrong {
            Some(Wrong::Error) => (None, there, Outcome::Failure(internal_error())),
            Some(Wrong::Throttled) => {
                (None, there, Outcome::Failure(Failure::TooManyRequests("too many requests".to_owned())))
            }
            Some(Wrong::AnswerLost) => (Some(there), TIMEOUT, unknown()),
            Some(Wrong::RequestLost) => (None, TIMEOUT, unknown()),
            Some(Wrong::Late(by)) => (Some(by), TIMEOUT, unknown()),
            _ => (Some(there), there + back, Outcome::Answer),
        };
        if let Some(delay) = arrives {
            self.travels(instance, act, &slot, false, delay);
        }
        if wrong == Some(Wrong::Twice) && act.may_be_repeated() {
            let again = self.chooser.takes(5 * SECOND, 15 * SECOND);
            self.travels(instance, act, &Slot::default(), true, there + again);
        }
        Sent { slot, wait, outcome }
    }

    fn travels(&mut self, instance: usize, act: &Act, slot: &Slot, is_copy: bool, delay: Ms) {
        self.n_requests += 1;
        let number = self.n_requests;
        self.requests.insert(number, Request { instance, act: act.clone(), slot: Rc::clone(slot), is_copy });
        self.after(delay, Event::Arrive(number));
    }

    /// A request arrives, and has its effect.
    pub(super) fn arrive(&mut self, number: u64) {
        let Some(Request { instance, act, slot, is_copy }) = self.requests.remove(&number) else { return };
        self.counters.acts += 1;
        let kube = self.instances[instance].kube;
        self.judge_act(instance, &act, is_copy);
        let answer = self.perform(kube, instance, &act);
        if !matches!(act, Act::Lease) {
            self.note(|| format!("instance {instance}: {} → {}", act.words(), words(&answer)));
        }
        self.judge_outcome(instance, &act, answer.is_ok());
        slot.borrow_mut().get_or_insert(answer);
    }

    /// How a call that changes something goes wrong, if it does.
    fn wrong_of_act(&mut self, instance: usize, act: &Act) -> Option<Wrong> {
        if let Act::WriteState(_) = act
            && let Some((write, kills)) = self.faults.state_write.take()
        {
            if kills {
                self.kill_in(instance, 1);
            }
            return match write {
                StateWrite::Lost => Some(Wrong::RequestLost),
                StateWrite::AnswerLost => Some(Wrong::AnswerLost),
                StateWrite::Conflict => {
                    self.touch_state(self.instances[instance].kube);
                    None
                }
            };
        }
        match act {
            Act::Node { pod, .. } => self.wrong_of_pod(pod),
            _ => self.wrong_of_kubernetes(),
        }
    }
}

/// What a server says that does not know either.
pub(crate) fn internal_error() -> Failure {
    Failure::Refused { status: 500, text: "Internal Server Error".to_owned() }
}

fn words(answer: &Answer<Reply>) -> String {
    match answer {
        Ok(Reply::Done | Reply::Stored(_)) => "done".to_owned(),
        Ok(Reply::HeldBy(holder)) => format!("held by {holder}"),
        Ok(Reply::Job(id)) => format!("job {id}"),
        Err(failure) => format!("{failure:?}"),
    }
}

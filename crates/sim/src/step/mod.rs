//! The outside as one instance of the program sees it: [`Cluster`] on the simulated world. Every call waits before it has an
//! effect and after it, and at each of these points the instance may be killed or paused, and others go on.

mod calls;
mod wait;

use std::cell::RefCell;
use std::rc::Rc;

use cassc_settle::cluster::{Answer, Failure};

use crate::act::{Act, Reply};
use crate::fault::Wrong;
use crate::world::{Outcome, Point, World};

use wait::Wait;

/// One instance of the program, towards the world.
#[derive(Clone)]
pub struct Step {
    world: Rc<RefCell<World>>,
    instance: usize,
}

impl Step {
    /// The instance with this number.
    pub fn new(world: Rc<RefCell<World>>, instance: usize) -> Self {
        Self { world, instance }
    }

    /// Its number.
    pub fn instance(&self) -> usize {
        self.instance
    }

    /// The name of its Cassandra cluster, and of its Kubernetes cluster.
    pub(crate) fn place(&self) -> (String, Option<String>) {
        let world = self.world.borrow();
        let kube = &world.kubes[world.instances[self.instance].kube];
        (kube.cluster.clone(), kube.name.clone())
    }

    /// Waits at a point for some time.
    async fn wait(&self, point: Point, delay: u64) {
        Wait::new(&self.world, self.instance, point, delay).await;
    }

    /// Waits for a time that is drawn.
    async fn wait_about(&self, point: Point, usual: u64, most: u64) {
        let delay = self.world.borrow_mut().chooser.takes(usual, most);
        self.wait(point, delay).await;
    }

    /// A call that only reads: it waits, reads what is there when it arrives, and waits for the answer. `wrong` says how it goes
    /// wrong.
    async fn read<T>(
        &self,
        wrong: impl FnOnce(&mut World) -> Option<Wrong>,
        read: impl FnOnce(&mut World, Option<Wrong>) -> Answer<T>,
    ) -> Answer<T> {
        self.wait_about(Point::Read, 20, 800).await;
        let (answer, delay) = {
            let mut world = self.world.borrow_mut();
            world.counters.reads += 1;
            let wrong = wrong(&mut world);
            let delay = world.time_of_read(wrong);
            let answer = match crate::world::failure_of_read(wrong) {
                Some(failure) => Err(failure),
                None => read(&mut world, wrong),
            };
            (answer, delay)
        };
        self.wait(Point::Answered, delay).await;
        answer
    }

    /// A call that changes something.
    async fn act(&self, act: Act) -> Answer<Reply> {
        self.wait_about(Point::Send, 5, 300).await;
        let sent = self.world.borrow_mut().send(self.instance, &act);
        // The request is on its way: whoever dies here does not stop it.
        self.wait(Point::Flight, sent.wait).await;
        let answer = match sent.outcome {
            Outcome::Failure(failure) => Err(failure),
            Outcome::Answer => {
                let answer = sent.slot.borrow_mut().take();
                answer.unwrap_or_else(|| Err(Failure::Unknown("no answer".to_owned())))
            }
        };
        self.wait(Point::Answered, 1).await;
        answer
    }

    /// A call that changes something and answers nothing more than that.
    async fn do_it(&self, act: Act) -> Answer<()> {
        self.act(act).await.map(|_| ())
    }
}

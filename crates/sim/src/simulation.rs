//! One run: the world, and the code of the program's instances in it, on one thread. An executor of its own, because a
//! common one would decide by itself who goes on next, and here that is the point: an instance is polled exactly when the
//! event comes that it waits for, killed by dropping its future, and the same choices always give the same run.
//! `proptest-state-machine` and `stateright` were considered: both want the code under test as a state machine of theirs,
//! and here it is `async` code that must be killed and paused inside of its calls.

use std::cell::{Ref, RefCell, RefMut};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::queue::Ms;
use crate::step::Step;
use crate::world::{End, World};

/// The code of an instance under way.
type Running = Pin<Box<dyn Future<Output = End>>>;

/// The program: makes the code of one instance.
pub type Program = Rc<dyn Fn(Step) -> Running>;

/// A run.
pub struct Simulation {
    world: Rc<RefCell<World>>,
    program: Program,
    running: Vec<Option<Running>>,
}

impl Simulation {
    /// A run of a program in a world.
    pub fn new(world: World, program: Program) -> Self {
        Self { world: Rc::new(RefCell::new(world)), program, running: Vec::new() }
    }

    /// The world, to look at.
    pub fn world(&self) -> Ref<'_, World> {
        self.world.borrow()
    }

    /// The world, to change something.
    pub fn world_mut(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// Lets the next event happen, and whoever waited for it go on. `false` when there is none.
    pub fn step(&mut self) -> bool {
        if self.world.borrow().next_time().is_none() {
            return false;
        }
        let resumed = self.world.borrow_mut().step();
        if let Some(instance) = resumed {
            self.go_on(instance);
        }
        self.start_new();
        self.bury();
        true
    }

    /// Lets everything happen up to a time, or until something is violated.
    pub fn run_until(&mut self, time: Ms) {
        loop {
            let next = self.world.borrow().next_time();
            if next.is_none_or(|next| next > time) || self.is_violated() {
                break;
            }
            self.step();
        }
        let mut world = self.world.borrow_mut();
        world.now = world.now.max(time);
    }

    /// Whether something is violated.
    pub fn is_violated(&self) -> bool {
        !self.world.borrow().check.violations.is_empty()
    }

    fn start_new(&mut self) {
        while self.running.len() < self.world.borrow().instances.len() {
            let instance = self.running.len();
            let code = (self.program)(Step::new(Rc::clone(&self.world), instance));
            self.running.push(Some(code));
            self.go_on(instance);
        }
    }

    fn go_on(&mut self, instance: usize) {
        let Some(code) = self.running.get_mut(instance).and_then(Option::as_mut) else { return };
        if let Poll::Ready(end) = code.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.running[instance] = None;
            self.world.borrow_mut().end_instance(instance, end);
        }
    }

    /// Drops the code of instances that were killed.
    fn bury(&mut self) {
        let world = self.world.borrow();
        for (instance, code) in self.running.iter_mut().enumerate() {
            if code.is_some() && world.instances[instance].end.is_some() {
                *code = None;
            }
        }
    }
}

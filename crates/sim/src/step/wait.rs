//! A future that is ready when the world says so. There is no waker: the loop of [`crate::simulation`] polls an instance
//! exactly when the event comes that it waits for.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use crate::queue::Ms;
use crate::world::{Point, World};

/// Waits at one point.
pub(super) struct Wait<'s> {
    world: &'s Rc<RefCell<World>>,
    instance: usize,
    point: Point,
    delay: Ms,
    token: Option<u64>,
}

impl<'s> Wait<'s> {
    pub(super) fn new(world: &'s Rc<RefCell<World>>, instance: usize, point: Point, delay: Ms) -> Self {
        Self { world, instance, point, delay, token: None }
    }
}

impl Future for Wait<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let mut world = self.world.borrow_mut();
        match self.token {
            Some(token) if world.is_released(self.instance, token) => Poll::Ready(()),
            Some(_) => Poll::Pending,
            None => {
                let token = world.park(self.instance, self.point, self.delay);
                drop(world);
                self.token = Some(token);
                Poll::Pending
            }
        }
    }
}

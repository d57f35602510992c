//! What happens when: events in virtual time. Events of the same time happen in the order in which they were put.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Milliseconds since the simulation began.
pub type Ms = u64;

/// A second.
pub const SECOND: Ms = 1000;

/// A minute.
pub const MINUTE: Ms = 60 * SECOND;

/// An hour.
pub const HOUR: Ms = 60 * MINUTE;

struct Entry<E> {
    at: Ms,
    number: u64,
    event: E,
}

/// Events that are still to come.
pub struct Queue<E> {
    heap: BinaryHeap<Entry<E>>,
    n_put: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), n_put: 0 }
    }
}

impl<E> Queue<E> {
    /// Adds an event.
    pub fn put(&mut self, at: Ms, event: E) {
        self.n_put += 1;
        self.heap.push(Entry { at, number: self.n_put, event });
    }

    /// When the next one is.
    pub fn next_time(&self) -> Option<Ms> {
        self.heap.peek().map(|entry| entry.at)
    }

    /// Takes the next one.
    pub fn take(&mut self) -> Option<(Ms, E)> {
        self.heap.pop().map(|entry| (entry.at, entry.event))
    }
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    /// The heap gives the greatest first, and the earliest is wanted first.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_time_and_in_the_order_in_which_they_were_put() {
        let mut queue = Queue::default();
        [(5, 'c'), (2, 'a'), (5, 'd'), (2, 'b')].into_iter().for_each(|(at, event)| queue.put(at, event));
        assert_eq!(queue.next_time(), Some(2));
        let all: Vec<char> = std::iter::from_fn(|| queue.take()).map(|(_, event)| event).collect();
        assert_eq!(all, ['a', 'b', 'c', 'd']);
    }
}

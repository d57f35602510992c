//! The times that an instance of the program sees.

use cassc_settle::cluster::Time;

use crate::fault::Wrong;
use crate::kube::epoch;
use crate::queue::{Ms, SECOND};
use crate::world::World;
use crate::world::reads::failure_of_read;
use crate::world::requests::TIMEOUT;

impl World {
    /// The time of their clocks.
    pub(crate) fn time_of_instances(&self) -> Time {
        epoch(self.now).saturating_add_signed(self.faults.clock)
    }

    /// Seconds since an instance sent the last successful request for the Lease; very many where it never did.
    pub(crate) fn lease_age(&self, instance: usize) -> Time {
        self.instances[instance].leased.map_or(Time::MAX, |since| (self.now - since).div_ceil(SECOND))
    }

    /// How long a call that only reads waits for its answer.
    pub(crate) fn time_of_read(&mut self, wrong: Option<Wrong>) -> Ms {
        let is_lost = failure_of_read(wrong).is_some() && !matches!(wrong, Some(Wrong::Error | Wrong::Throttled));
        if is_lost { TIMEOUT } else { self.chooser.takes(10, 500) }
    }
}

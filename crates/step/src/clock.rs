//! Time that cannot jump. It counts while the machine is suspended, so that a Lease is never thought to be held because the
//! holder slept.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// `CLOCK_BOOTTIME`; elsewhere than on Linux, where no Job runs, the nearest clock there is.
#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

/// The time since some moment of the past.
pub(crate) fn elapsed() -> Duration {
    let time = clock_gettime(CLOCK);
    let seconds = u64::try_from(time.tv_sec).expect("a clock that counts from the past is not negative");
    let nanoseconds = u32::try_from(time.tv_nsec).expect("a second has a billion nanoseconds");
    Duration::new(seconds, nanoseconds)
}

/// Seconds since 1970. May jump, also backwards.
#[expect(clippy::disallowed_methods, reason = "the program in the cluster has a clock, the compiler has none")]
pub(crate) fn now() -> cassc_settle::cluster::Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_forward_and_the_year_is_no_earlier_than_2024() {
        let first = elapsed();
        assert!(elapsed() >= first && first > Duration::ZERO);
        assert!(now() > 1_700_000_000);
    }
}

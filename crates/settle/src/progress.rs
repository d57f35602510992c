//! How far nodes are that stream, as lines of the log: bytes left, and how long they will take at the speed seen so far.

use std::collections::{BTreeMap, BTreeSet};

use crate::action::Reason;
use crate::cluster::{Cluster, Line, Time};
use crate::perform::Hand;

/// Seconds between two lines about a job.
const EVERY: Time = 60;

/// How long data may not have moved before what streams no longer counts as going on, in seconds. It only ends this run.
const STILL: Time = 3600;

/// What was seen of the nodes that stream, by pod.
#[derive(Default)]
pub(crate) struct Progress {
    seen: BTreeMap<String, Seen>,
}

struct Seen {
    first: (Time, u64),
    /// The bytes that were left, and since when.
    left: (u64, Time),
    told: Option<Time>,
}

impl Progress {
    /// Looks how far the nodes are that take long, and says so once a minute where they know.
    pub(crate) async fn tell<C: Cluster>(&mut self, cluster: &C, hand: &Hand<'_, C>, reasons: &[Reason]) {
        let long = reasons.iter().filter(|reason| reason.takes_long).filter_map(|reason| reason.about.as_ref());
        let streams = |name: &&String| {
            let running = hand.state.memory.jobs.get(*name);
            hand.seen.objects.pods.contains_key(*name) && running.is_none_or(|running| running.job.streams())
        };
        let pods: BTreeSet<&String> = long.filter(streams).collect();
        self.seen.retain(|pod, _| pods.contains(pod));
        let now = hand.seen.now;
        for name in pods {
            let Some(pod) = hand.seen.objects.pods.get(name) else { continue };
            let left = cluster.streaming(name, pod).await.ok().flatten().unwrap_or(0);
            let seen =
                self.seen.entry(name.clone()).or_insert(Seen { first: (now, left), left: (left, now), told: None });
            if seen.left.0 != left {
                seen.left = (left, now);
            }
            let is_due = seen.told.is_none_or(|told| now.saturating_sub(told) >= EVERY);
            if left > 0 && is_due {
                seen.told = Some(now);
                let message = format!("{name}: {}{}", size(left), estimate(seen.first, (now, left)));
                cluster.say(&Line { warning: false, reason: "Progress", about: Some(name.clone()), message });
            }
        }
    }

    /// Whether what a reason speaks about goes on: no stream that has stood still for an hour.
    pub(crate) fn goes_on(&self, reason: &Reason, now: Time) -> bool {
        let seen = reason.about.as_ref().and_then(|pod| self.seen.get(pod));
        reason.takes_long && seen.is_none_or(|seen| now.saturating_sub(seen.left.1) < STILL)
    }
}

/// How long the rest will take at the speed of what was seen, as the end of a sentence.
fn estimate(first: (Time, u64), now: (Time, u64)) -> String {
    let (seconds, bytes) = (now.0.saturating_sub(first.0), first.1.saturating_sub(now.1));
    if seconds == 0 || bytes == 0 {
        return String::new();
    }
    let minutes = u128::from(now.1) * u128::from(seconds) / u128::from(bytes) / 60;
    format!(", about {minutes} minutes at this speed")
}

/// Bytes for a reader, in units of 1024.
fn size(bytes: u64) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let unit = (0..4).take_while(|unit| bytes >> (10 * (unit + 1)) > 0).count();
    format!("{} {} left to stream", bytes >> (10 * unit), units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_in_words() {
        assert_eq!(size(500), "500 bytes left to stream");
        assert_eq!(size(3 << 30), "3 GiB left to stream");
        assert_eq!(estimate((0, 100), (0, 100)), "");
        assert_eq!(estimate((0, 200), (600, 100)), ", about 10 minutes at this speed");
    }
}

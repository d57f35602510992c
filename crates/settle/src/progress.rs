//! How far the jobs under way are, as lines of the log: bytes left, and how long they will take at the speed seen so far.

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Line, Time};
use crate::perform::Hand;

/// Seconds between two lines about a job.
const EVERY: Time = 60;

/// What was told of the jobs under way, by pod.
#[derive(Default)]
pub(crate) struct Progress {
    told: BTreeMap<String, Told>,
}

struct Told {
    first: (Time, u64),
    last: Time,
}

impl Progress {
    /// Says how far the jobs under way are, where the nodes know and a minute has passed.
    pub(crate) async fn tell<C: Cluster>(&mut self, cluster: &C, hand: &Hand<'_, C>) {
        let jobs = &hand.state.memory.jobs;
        self.told.retain(|pod, _| jobs.contains_key(pod));
        let now = hand.seen.now;
        for (name, running) in jobs {
            let due = self.told.get(name).is_none_or(|told| now.saturating_sub(told.last) >= EVERY);
            let Some(pod) = hand.seen.objects.pods.get(name).filter(|_| due) else { continue };
            let Ok(Some(left)) = cluster.streaming(name, pod).await else { continue };
            let told = self.told.entry(name.clone()).or_insert(Told { first: (now, left), last: now });
            told.last = now;
            let message =
                format!("{name} runs {}: {}{}", running.job.name(), size(left), estimate(told.first, (now, left)));
            cluster.say(&Line { warning: false, reason: "Progress", about: Some(name.clone()), message });
        }
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

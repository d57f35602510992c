//! Generations of the defaults that pod templates are made with. A cluster keeps the generation that it was rendered
//! with until `spec.revision` raises it: nothing restarts because cassc was upgraded. Whatever a newer cassc wants to
//! do otherwise in a pod template, or in a file that a pod template refers to, is a field here with its value in every
//! generation; a row is never changed once it was released (`golden/generations/` holds the digests of what each
//! makes).

/// What differs between generations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// The number that `spec.revision` names.
    pub revision: u32,
    /// What is new in it, for people.
    pub news: &'static str,
    /// How long the readiness probe may take, in seconds.
    pub readiness_timeout_seconds: u32,
    /// Which scripts run in the pods.
    pub scripts: Scripts,
    /// Whether the comment above the heap counts the memory outside it that the configuration names.
    pub off_heap_in_comment: bool,
    /// The published image of the program in the cluster: a cluster gets another one when its topology says so.
    pub step_image: &'static str,
    /// The version of Reaper, where Cassandra is 4.0 or later or does not have its tables.
    pub reaper: &'static str,
    /// The version of Reaper whose tables fit into Cassandra 3.11.
    pub reaper_in_3_11: &'static str,
}

/// The first published image of the program in the cluster.
const FIRST_STEP_IMAGE: &str = "ghcr.io/cassc/cassc-step:0.1.0";

/// The first versions of Reaper that cassc renders.
const FIRST_REAPER: &str = "5.0.1";
const FIRST_REAPER_IN_3_11: &str = "3.8.0";

/// A set of scripts, and with it the environment variables that they read. `render::config::scripts` has the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scripts {
    /// Those of the generations 1 and 2.
    First,
    /// The gate holds back a node that left the ring, and prints the commands that help. The drain follows the state of
    /// the node instead of by how fast the Management API answers.
    Second,
}

/// Every generation, oldest first; the position is the number less one.
pub const GENERATIONS: [Defaults; 3] = [
    Defaults {
        revision: 1,
        news: "the first",
        readiness_timeout_seconds: 10,
        scripts: Scripts::First,
        off_heap_in_comment: false,
        step_image: FIRST_STEP_IMAGE,
        reaper: FIRST_REAPER,
        reaper_in_3_11: FIRST_REAPER_IN_3_11,
    },
    // The first question after the Management API's agent opened its socket was seen to take over 8 s under load.
    Defaults {
        revision: 2,
        news: "the readiness probe may take 15 s instead of 10 s",
        readiness_timeout_seconds: 15,
        scripts: Scripts::First,
        off_heap_in_comment: false,
        step_image: FIRST_STEP_IMAGE,
        reaper: FIRST_REAPER,
        reaper_in_3_11: FIRST_REAPER_IN_3_11,
    },
    Defaults {
        revision: 3,
        news: "the gate recognizes a node that left the ring; a slow drain is waited for; the comment above the heap counts \
               memory outside it",
        readiness_timeout_seconds: 15,
        scripts: Scripts::Second,
        off_heap_in_comment: true,
        step_image: FIRST_STEP_IMAGE,
        reaper: FIRST_REAPER,
        reaper_in_3_11: FIRST_REAPER_IN_3_11,
    },
];

/// The number of the oldest generation.
pub(crate) fn oldest() -> u32 {
    GENERATIONS[0].revision
}

/// The number of the newest generation: that of a new cluster.
pub fn newest() -> u32 {
    GENERATIONS[GENERATIONS.len() - 1].revision
}

/// The defaults of a generation. A number that E606 refuses, or that only a later cassc has, gives the newest.
pub fn defaults(revision: u32) -> &'static Defaults {
    GENERATIONS.iter().find(|defaults| defaults.revision == revision).unwrap_or(&GENERATIONS[GENERATIONS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_numbered_from_one() {
        let numbers: Vec<u32> = GENERATIONS.iter().map(|defaults| defaults.revision).collect();
        assert_eq!(numbers, (1..=newest()).collect::<Vec<_>>());
        assert_eq!(oldest(), 1);
    }

    /// A cassc that is released with another version needs a new row: its program is published under that version.
    #[test]
    fn a_new_cluster_gets_the_program_of_this_version() {
        let version = format!(":{}", env!("CARGO_PKG_VERSION"));
        assert!(defaults(newest()).step_image.ends_with(&version), "{version}");
    }
}

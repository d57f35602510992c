//! The JVM of Cassandra: garbage collectors by JDK, the options of each, and the options that users must not set. Called by
//! the checks and by the renderer of the option files.

use std::fmt;

use cassc_ring::release::Minor;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A garbage collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum GarbageCollector {
    /// Garbage First: JDK 8 and later.
    G1,
    /// Concurrent mark sweep: JDK 8 and 11; removed in JDK 14 (JEP 363).
    #[serde(rename = "CMS")]
    Cms,
    /// Z: experimental in JDK 11, for production from JDK 15 (JEP 377).
    #[serde(rename = "ZGC")]
    Zgc,
    /// Shenandoah: for production from JDK 15 (JEP 379), and in builds of JDK 11 with the backport.
    Shenandoah,
}

/// Every known collector.
pub const COLLECTORS: [GarbageCollector; 4] =
    [GarbageCollector::G1, GarbageCollector::Cms, GarbageCollector::Zgc, GarbageCollector::Shenandoah];

/// The first JDK without CMS (JEP 363).
const WITHOUT_CMS: u32 = 14;
/// The first JDK in which ZGC and Shenandoah are not experimental (JEP 377, JEP 379).
const PRODUCTION: u32 = 15;

impl fmt::Display for GarbageCollector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::G1 => "G1",
            Self::Cms => "CMS",
            Self::Zgc => "ZGC",
            Self::Shenandoah => "Shenandoah",
        })
    }
}

/// Why a collector cannot be used on a JDK; the JVM would refuse to start.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{collector} is not available on JDK {jdk}: {reason}")]
pub struct Unavailable {
    /// What was asked for.
    pub collector: GarbageCollector,
    /// The major version of the JDK.
    pub jdk: u32,
    /// Why not, as a label.
    pub reason: &'static str,
}

impl GarbageCollector {
    /// Whether the JVM of the published images starts with this collector.
    ///
    /// G1: everywhere. CMS: up to 13 (JEP 363). ZGC: from 11 on (JEP 333), there an experiment and on x86-64 only.
    /// Shenandoah: in upstream from 12 on (JEP 189) and in the builds that the images use, Temurin 11 since 11.0.9
    /// (adoptium/temurin-build configures `shenandoahgc`) and Red Hat's 17; no Temurin build of 8 has it.
    pub fn available(self, jdk: u32) -> Result<(), Unavailable> {
        let reason = match self {
            Self::Cms if jdk >= WITHOUT_CMS => "removed in JDK 14",
            Self::Zgc if jdk < 11 => "new in JDK 11",
            Self::Shenandoah if jdk < 11 => "not in these builds of JDK 8",
            _ => return Ok(()),
        };
        Err(Unavailable { collector: self, jdk, reason })
    }

    /// Whether the collector is experimental on a JDK and must be unlocked.
    pub fn is_experimental(self, jdk: u32) -> bool {
        matches!(self, Self::Zgc | Self::Shenandoah) && jdk < PRODUCTION
    }

    /// The options that select and tune the collector. Options of the user must follow them: the JVM uses the last of two
    /// contradicting options.
    ///
    /// Those of apache/cassandra conf/jvm.options (3.11), conf/jvm11-server.options (4.0, 4.1), conf/jvm17-server.options
    /// (5.0.0 to 5.0.3) and conf/jvm8-server.options; for ZGC and Shenandoah, which upstream does not mention, those of
    /// k8ssandra-client pkg/config/types.go.
    pub fn options(self, jdk: u32) -> Vec<&'static str> {
        let unlock = self.is_experimental(jdk).then_some("-XX:+UnlockExperimentalVMOptions");
        // Part of CMS by itself from Java 10 on, where the option is gone (JEP 214).
        let parallel_new = (self == Self::Cms && jdk < 10).then_some("-XX:+UseParNewGC");
        let own: &[&str] = match self {
            Self::G1 if jdk <= 8 => &[
                "-XX:+UseG1GC",
                "-XX:+ParallelRefProcEnabled",
                "-XX:G1RSetUpdatingPauseTimePercent=5",
                "-XX:MaxGCPauseMillis=500",
            ],
            Self::G1 => &[
                "-XX:+UseG1GC",
                "-XX:+ParallelRefProcEnabled",
                "-XX:MaxTenuringThreshold=1",
                "-XX:G1HeapRegionSize=16m",
                "-XX:G1RSetUpdatingPauseTimePercent=5",
                "-XX:MaxGCPauseMillis=300",
                "-XX:InitiatingHeapOccupancyPercent=70",
            ],
            Self::Cms => &[
                "-XX:+UseConcMarkSweepGC",
                "-XX:+CMSParallelRemarkEnabled",
                "-XX:SurvivorRatio=8",
                "-XX:MaxTenuringThreshold=1",
                "-XX:CMSInitiatingOccupancyFraction=75",
                "-XX:+UseCMSInitiatingOccupancyOnly",
                "-XX:CMSWaitDuration=10000",
                "-XX:+CMSParallelInitialMarkEnabled",
                "-XX:+CMSEdenChunksRecordAlways",
                "-XX:+CMSClassUnloadingEnabled",
            ],
            Self::Zgc => &["-XX:+UseZGC"],
            Self::Shenandoah => &["-XX:+UseShenandoahGC"],
        };
        unlock.into_iter().chain(parallel_new).chain(own.iter().copied()).collect()
    }

    /// CMS up to 4.0 and G1 in 5.0, as they ship (CASSANDRA-18027). 4.1 ships CMS too (conf/jvm11-server.options); G1 there
    /// is our decision: it needs no size of the young generation, and Java 14 no longer has CMS.
    pub fn default_of(minor: Minor) -> Self {
        if minor < Minor::V4_1 { Self::Cms } else { Self::G1 }
    }

    /// Whether the young generation needs a size (`-Xmn`). conf/cassandra-env.sh does not start with `-Xmn` and G1; ZGC and
    /// Shenandoah of these JDKs have no generations.
    pub fn needs_young_generation(self) -> bool {
        self == Self::Cms
    }
}

/// A JVM option that users must not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnedOption {
    /// The start of the option; the rest of it does not matter.
    pub begins: &'static str,
    /// Why it is not allowed, as a label.
    pub reason: &'static str,
    /// What to write instead, as a help line.
    pub instead: &'static str,
}

const fn owned(begins: &'static str, reason: &'static str, instead: &'static str) -> OwnedOption {
    OwnedOption { begins, reason, instead }
}

const HEAP: &str = "computed from the memory limit";
const USE_HEAP: &str = "write `jvm.heap`";
const YOUNG: &str = "computed for CMS, refused with G1";
const USE_CMS: &str = "remove it: cassc computes it for `jvm.gc: CMS`; or write `jvm.youngGeneration`";
const USE_INITIAL: &str = "write `jvm.heap`, and `jvm.initialHeap` if the heap is to grow";
const COLLECTOR: &str = "only one collector is allowed";
const USE_GC: &str = "write `jvm.gc`";
const HIDDEN: &str = "bypasses all checks";
const WRITE_OUT: &str = "write the options of the file here, one per list element";
const REPLACE: &str = "would apply to all pods";
const USE_REPLACE: &str =
    "remove it, and write `replace.POD: ADDRESS` into the ConfigMap `CLUSTER-state` (docs/when-a-pod-waits.md)";
const SAFETY: &str = "disables a safety check";
const LEAVE: &str = "remove it";
const JOINING: &str = "follows from the start order";
const IDENTITY: &str = "disables a safety check";
const IN_CONFIG: &str = "overrides cassandra.yaml";
const USE_CONFIG: &str = "write the key in `cassandra.config`, or use the field of the topology";
const WIRING: &str = "the Management API sets it";
const FILES: &str = "volumes and probes depend on it";

/// The options that users must not set. Names of properties after
/// org.apache.cassandra.config.CassandraRelevantProperties.
pub const OWNED_OPTIONS: &[OwnedOption] = &[
    owned("-Xms", HEAP, USE_INITIAL),
    owned("-Xmx", HEAP, USE_HEAP),
    owned("-XX:MaxHeapSize", HEAP, USE_HEAP),
    owned("-XX:InitialHeapSize", HEAP, USE_INITIAL),
    owned("-XX:MinHeapSize", HEAP, USE_HEAP),
    owned("-XX:MaxRAM", HEAP, USE_HEAP),
    owned("-XX:MinRAM", HEAP, USE_HEAP),
    owned("-XX:InitialRAM", HEAP, USE_HEAP),
    owned("-XX:Flags=", HIDDEN, WRITE_OUT),
    owned("-XX:VMOptionsFile=", HIDDEN, WRITE_OUT),
    owned("-XX:+ReadVMOptionsFile", HIDDEN, WRITE_OUT),
    owned("-Xmn", YOUNG, USE_CMS),
    owned("-XX:NewSize", YOUNG, USE_CMS),
    owned("-XX:MaxNewSize", YOUNG, USE_CMS),
    owned("-XX:+UseG1GC", COLLECTOR, USE_GC),
    owned("-XX:-UseG1GC", COLLECTOR, USE_GC),
    owned("-XX:+UseConcMarkSweepGC", COLLECTOR, USE_GC),
    owned("-XX:-UseConcMarkSweepGC", COLLECTOR, USE_GC),
    owned("-XX:+UseParNewGC", COLLECTOR, USE_GC),
    owned("-XX:-UseParNewGC", COLLECTOR, USE_GC),
    owned("-XX:+UseZGC", COLLECTOR, USE_GC),
    owned("-XX:-UseZGC", COLLECTOR, USE_GC),
    owned("-XX:+UseShenandoahGC", COLLECTOR, USE_GC),
    owned("-XX:-UseShenandoahGC", COLLECTOR, USE_GC),
    owned("-XX:+UseParallelGC", COLLECTOR, USE_GC),
    owned("-XX:+UseParallelOldGC", COLLECTOR, USE_GC),
    owned("-XX:+UseSerialGC", COLLECTOR, USE_GC),
    owned("-XX:+UseEpsilonGC", COLLECTOR, USE_GC),
    owned("-Dcassandra.replace_", REPLACE, USE_REPLACE),
    owned("-Dcassandra.allow_unsafe_replace", SAFETY, USE_REPLACE),
    owned("-Dcassandra.allow_unsafe_join", SAFETY, LEAVE),
    owned("-Dcassandra.allow_empty_replace_address", SAFETY, LEAVE),
    owned("-Dcassandra.consistent.rangemovement", SAFETY, LEAVE),
    owned("-Dcassandra.consistent.simultaneousmoves.allow", SAFETY, LEAVE),
    owned("-Dcassandra.override_decommission", SAFETY, LEAVE),
    owned("-Dcassandra.reset_bootstrap_progress", SAFETY, LEAVE),
    owned("-Dcassandra.unsafesystem", SAFETY, LEAVE),
    owned("-Dcassandra.auto_bootstrap", JOINING, LEAVE),
    owned("-Dcassandra.join_ring", JOINING, LEAVE),
    owned("-Dcassandra.start_gossip", JOINING, LEAVE),
    owned("-Dcassandra.write_survey", JOINING, LEAVE),
    owned("-Dcassandra.load_ring_state", JOINING, LEAVE),
    owned("-Dcassandra.initial_token", JOINING, LEAVE),
    owned("-Dcassandra.ignore_dc", IDENTITY, LEAVE),
    owned("-Dcassandra.ignore_rack", IDENTITY, LEAVE),
    owned("-Dcassandra.config", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.settings.", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.allow_new_old_config_keys", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.allow_duplicate_config_keys", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.partitioner", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.allocate_tokens_for_keyspace", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.storage_port", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.ssl_storage_port", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.native_transport_port", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.start_native_transport", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.rpc_port", IN_CONFIG, USE_CONFIG),
    owned("-Dcassandra.start_rpc", IN_CONFIG, USE_CONFIG),
    owned(
        "-Dcassandra.system_distributed_replication",
        "follows from `replication.system`",
        "write `replication.system`",
    ),
    owned("-Dcassandra.skip_default_role_setup", WIRING, LEAVE),
    owned("-Ddb.unix_socket_file", WIRING, LEAVE),
    owned("-Dcassandra.server_process", WIRING, LEAVE),
    owned("-Dcassandra-pidfile", WIRING, LEAVE),
    owned("-Dcassandra-foreground", WIRING, LEAVE),
    owned("-javaagent:/opt/management-api/", WIRING, LEAVE),
    owned("-Dcassandra.jmx.local.port", "conf/cassandra-env.sh sets it", LEAVE),
    owned("-Dcassandra.storagedir", FILES, LEAVE),
    owned("-Dcassandra.logdir", FILES, LEAVE),
];

/// The entry of an option that users must not set, `None` for all others. Spaces around the option are ignored.
pub fn owned_option(option: &str) -> Option<&'static OwnedOption> {
    let option = option.trim();
    let is_agent = option.starts_with("-javaagent:") && option.contains("mgmtapi-agent");
    let begins = if is_agent { "-javaagent:/opt/management-api/" } else { option };
    OWNED_OPTIONS.iter().find(|owned| begins.starts_with(owned.begins))
}

/// Why a text is not a valid line of an options file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OptionError {
    /// Cassandra's start script ignores lines that do not start with a dash.
    #[error("`{0}` is not a JVM option: it does not start with `-`")]
    NoDash(String),
    /// The text has a line break or another control character.
    #[error("{0:?} contains a control character; write one option per list element")]
    ControlCharacter(String),
    /// Two options in one text, `-Xss512k -XX:+A`: the second one would bypass all checks.
    #[error("`{0}` has more than one option; write one option per list element")]
    MoreThanOne(String),
    /// A value with a space: the start script splits the line, and the JVM runs the rest as a class.
    #[error("`{0}` contains a space, where the start script splits it")]
    Space(String),
}

/// Options whose argument may follow after a space.
const WITH_ARGUMENT: [&str; 12] = [
    "--add-exports",
    "--add-modules",
    "--add-opens",
    "--add-reads",
    "--limit-modules",
    "--module-path",
    "--patch-module",
    "--upgrade-module-path",
    "-p",
    "--class-path",
    "-classpath",
    "-cp",
];

/// Checks whether a text is a valid line of an options file. Options with an argument are allowed:
/// `--add-opens java.base/java.nio=ALL-UNNAMED`.
pub fn check_option(option: &str) -> Result<(), OptionError> {
    if option.chars().any(char::is_control) {
        return Err(OptionError::ControlCharacter(option.to_owned()));
    }
    let words: Vec<&str> = option.split_whitespace().collect();
    match words[..] {
        [first, ..] if !first.starts_with('-') => Err(OptionError::NoDash(option.to_owned())),
        [] => Err(OptionError::NoDash(option.to_owned())),
        [_] => Ok(()),
        [first, argument] if WITH_ARGUMENT.contains(&first) && !argument.starts_with('-') => Ok(()),
        [_, ref rest @ ..] if rest.iter().any(|word| word.starts_with('-')) => {
            Err(OptionError::MoreThanOne(option.to_owned()))
        }
        _ => Err(OptionError::Space(option.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;
    use crate::image::jdk;

    #[test]
    fn collectors_are_printed_as_the_topology_names_them() {
        for collector in COLLECTORS {
            assert_eq!(serde_json::to_value(collector).expect("a name"), collector.to_string());
        }
    }

    #[test]
    fn availability_follows_the_jdk_of_the_image() {
        let available = |collector: GarbageCollector| MINORS.map(|minor| collector.available(jdk(minor)).is_ok());
        assert_eq!(available(GarbageCollector::G1), [true, true, true, true]);
        assert_eq!(available(GarbageCollector::Cms), [true, true, true, false]);
        assert_eq!(available(GarbageCollector::Zgc), [false, true, true, true]);
        assert_eq!(available(GarbageCollector::Shenandoah), [false, true, true, true]);
    }

    #[test]
    fn experiments_are_unlocked_before_they_are_selected() {
        assert_eq!(GarbageCollector::Zgc.options(11), ["-XX:+UnlockExperimentalVMOptions", "-XX:+UseZGC"]);
        assert_eq!(GarbageCollector::Zgc.options(17), ["-XX:+UseZGC"]);
        assert_eq!(GarbageCollector::Shenandoah.options(11)[0], "-XX:+UnlockExperimentalVMOptions");
        assert_eq!(GarbageCollector::G1.options(11), GarbageCollector::G1.options(17));
    }

    #[test]
    fn every_collectors_selection_is_owned() {
        for collector in COLLECTORS {
            let options = collector.options(17);
            assert!(options.iter().any(|option| owned_option(option).is_some_and(|owned| owned.instead == USE_GC)));
        }
    }

    #[test]
    fn owned_options_are_recognized_with_any_value() {
        let cases = [
            ("-Xmx8G", USE_HEAP),
            (" -Xms8G ", USE_INITIAL),
            ("-XX:MaxRAMPercentage=50", USE_HEAP),
            ("-Dcassandra.replace_address_first_boot=10.0.0.1", USE_REPLACE),
            ("-Dcassandra.replace_address=10.0.0.1", USE_REPLACE),
            ("-Dcassandra.config=file:///x", USE_CONFIG),
            ("-Dcassandra.config.loader=x", USE_CONFIG),
            ("-Dcassandra.system_distributed_replication_per_dc=3", "write `replication.system`"),
            ("-XX:VMOptionsFile=/etc/options", WRITE_OUT),
            ("-javaagent:/somewhere/datastax-mgmtapi-agent-0.1.jar", LEAVE),
        ];
        for (option, instead) in cases {
            assert_eq!(owned_option(option).map(|owned| owned.instead), Some(instead), "{option}");
        }
    }

    #[test]
    fn tuning_options_are_allowed() {
        for option in ["-XX:MaxGCPauseMillis=500", "-Xss512k", "-javaagent:/opt/x.jar", "-Dcassandra.ring_delay_ms=1"] {
            assert_eq!(owned_option(option), None, "{option}");
            assert_eq!(check_option(option), Ok(()), "{option}");
        }
    }

    #[test]
    fn a_line_is_one_option() {
        assert_eq!(check_option("--add-opens java.base/java.nio=ALL-UNNAMED"), Ok(()));
        assert_eq!(check_option("Xss512k"), Err(OptionError::NoDash("Xss512k".into())));
        assert_eq!(check_option(""), Err(OptionError::NoDash(String::new())));
        assert_eq!(check_option("-a\n-b"), Err(OptionError::ControlCharacter("-a\n-b".into())));
        assert_eq!(check_option("-XX:OnError=gdb %p"), Err(OptionError::Space("-XX:OnError=gdb %p".into())));
        assert_eq!(check_option("-Xss512k -Xmx1G"), Err(OptionError::MoreThanOne("-Xss512k -Xmx1G".into())));
    }
}

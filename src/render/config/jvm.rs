//! The Java virtual machine of a rack → the option files that the image's start script reads.

use serde::Serialize;

use crate::cassandra::release::Minor;
use crate::cluster::{Cluster, Datacenter, Jvm, Rack};
use crate::text::{Template, template};
use crate::topology::GarbageCollector;

static V3_11: Template<Options> = template!("cassandra/3.11/jvm.options.j2");
static V4_0: Template<Options> = template!("cassandra/4.0/jvm-server.options.j2");
static V4_0_JDK_11: Template<Options> = template!("cassandra/4.0/jvm11-server.options.j2");
static V4_1: Template<Options> = template!("cassandra/4.1/jvm-server.options.j2");
static V4_1_JDK_11: Template<Options> = template!("cassandra/4.1/jvm11-server.options.j2");
static V5_0: Template<Options> = template!("cassandra/5.0/jvm-server.options.j2");
static V5_0_JDK_17: Template<Options> = template!("cassandra/5.0/jvm17-server.options.j2");

/// What the option files are filled from; lines as they will stand there.
#[derive(Serialize)]
struct Options {
    /// How the heap came about, without the comment sign.
    heap_reason: Vec<String>,
    /// Heap and young generation.
    heap: Vec<String>,
    /// The garbage collector.
    collector: &'static [&'static str],
    /// What is read when the ring is founded.
    founding: Vec<String>,
    /// The user's own.
    additional: Vec<String>,
}

/// File name → text.
pub(super) fn files(cluster: &Cluster, rack: &Rack) -> Vec<(String, String)> {
    let minor = cluster.version.minor;
    let options = Options {
        heap_reason: rack.jvm.heap_reason.lines().map(str::to_owned).collect(),
        heap: heap(&rack.jvm),
        collector: collector(rack.jvm.garbage_collector, minor.jdk()),
        founding: system_replication(cluster).into_iter().collect(),
        additional: rack.jvm.options.clone(),
    };
    let names = minor.option_files();
    let (common, per_jdk) = templates(minor);
    let common = (names.common.to_owned(), common.render(&options));
    let per_jdk = names.per_jdk.zip(per_jdk).map(|(name, template)| (name.to_owned(), template.render(&options)));
    std::iter::once(common).chain(per_jdk).collect()
}

type Handle = &'static Template<Options>;

fn templates(minor: Minor) -> (Handle, Option<Handle>) {
    match minor {
        Minor::V3_11 => (&V3_11, None),
        Minor::V4_0 => (&V4_0, Some(&V4_0_JDK_11)),
        Minor::V4_1 => (&V4_1, Some(&V4_1_JDK_11)),
        Minor::V5_0 => (&V5_0, Some(&V5_0_JDK_17)),
    }
}

/// Smallest and largest heap are the same: nothing is resized, and all of it can be touched at the start. Both must
/// stand in the file, or `cassandra-env.sh` computes them from the memory of the worker.
fn heap(jvm: &Jvm) -> Vec<String> {
    let heap = size(jvm.heap_bytes);
    let young = young_bytes(jvm).map(|bytes| format!("-Xmn{}", size(bytes)));
    [format!("-Xms{heap}"), format!("-Xmx{heap}")].into_iter().chain(young).collect()
}

/// With CMS `cassandra-env.sh` takes the young generation from the worker's CPUs and memory unless a file says it, and
/// that may be more than the heap: a quarter of the heap stands in where nobody said anything. With G1 it refuses to
/// start when the young generation is given.
fn young_bytes(jvm: &Jvm) -> Option<u64> {
    let said = jvm.options.iter().any(|option| option.starts_with("-Xmn"));
    let cms = jvm.garbage_collector == GarbageCollector::Cms;
    let bytes = jvm.young_bytes.or_else(|| cms.then_some(jvm.heap_bytes / 4));
    bytes.filter(|_| cms && !said)
}

/// A size as Java reads it: whole mebibytes where it is some, else bytes.
fn size(bytes: u64) -> String {
    let mebibyte = 1 << 20;
    if bytes.is_multiple_of(mebibyte) { format!("{}M", bytes / mebibyte) } else { bytes.to_string() }
}

/// The flags of apache/cassandra `conf/jvm*.options` for the collector; for Z and Shenandoah, which upstream does not
/// mention, those of k8ssandra-client `pkg/config/types.go`. A collector that the JDK does not have was refused.
fn collector(collector: GarbageCollector, jdk: u32) -> &'static [&'static str] {
    match (collector, jdk) {
        (GarbageCollector::G1, ..=8) => &[
            "-XX:+UseG1GC",
            "-XX:+ParallelRefProcEnabled",
            "-XX:G1RSetUpdatingPauseTimePercent=5",
            "-XX:MaxGCPauseMillis=500",
        ],
        (GarbageCollector::G1, _) => &[
            "-XX:+UseG1GC",
            "-XX:+ParallelRefProcEnabled",
            "-XX:MaxTenuringThreshold=1",
            "-XX:G1HeapRegionSize=16m",
            "-XX:G1RSetUpdatingPauseTimePercent=5",
            "-XX:MaxGCPauseMillis=300",
            "-XX:InitiatingHeapOccupancyPercent=70",
        ],
        (GarbageCollector::Cms, ..=8) => &CMS_OF_JAVA_8,
        (GarbageCollector::Cms, _) => CMS_OF_JAVA_8.split_at(1).1,
        (GarbageCollector::Zgc, ..15) => &["-XX:+UnlockExperimentalVMOptions", "-XX:+UseZGC"],
        (GarbageCollector::Zgc, _) => &["-XX:+UseZGC"],
        (GarbageCollector::Shenandoah, ..15) => &["-XX:+UnlockExperimentalVMOptions", "-XX:+UseShenandoahGC"],
        (GarbageCollector::Shenandoah, _) => &["-XX:+UseShenandoahGC"],
    }
}

/// `ParNew`, the first, went in Java 10; there it comes with CMS by itself (JEP 214).
const CMS_OF_JAVA_8: [&str; 11] = [
    "-XX:+UseParNewGC",
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
];

/// The agent passes over a replication that is not 1 to 5, and with it over the whole datacenter
/// (`SystemDistributedReplicationInterceptor` of the Management API).
const MOST_REPLICAS_OF_THE_AGENT: u32 = 5;

/// How Cassandra's distributed keyspaces are made: in every datacenter that has nodes, and never more replicas than nodes.
fn system_replication(cluster: &Cluster) -> Option<String> {
    let replicas = |datacenter: &Datacenter| {
        let nodes: u32 = datacenter.racks.iter().map(|rack| rack.nodes).sum();
        let replicas = cluster.system_replication.min(nodes).min(MOST_REPLICAS_OF_THE_AGENT);
        (replicas > 0).then(|| format!("{}:{replicas}", escaped(&datacenter.ring_name)))
    };
    let replicas: Vec<String> = cluster.datacenters.iter().filter_map(replicas).collect();
    (!replicas.is_empty()).then(|| format!("-Dcassandra.system_distributed_replication={}", replicas.join(",")))
}

/// The agent undoes Java's escapes; the start script, which cuts options at blanks, does not know them.
fn escaped(name: &str) -> String {
    let plain = |unit: &u16| {
        char::from_u32((*unit).into()).filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    name.encode_utf16().map(|unit| plain(&unit).map_or_else(|| format!("\\u{unit:04x}"), String::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jvm(garbage_collector: GarbageCollector, options: &[&str]) -> Jvm {
        Jvm {
            heap_bytes: 8 << 30,
            heap_reason: String::new(),
            young_bytes: Some(1 << 30),
            garbage_collector,
            options: options.iter().map(|option| (*option).to_owned()).collect(),
        }
    }

    #[test]
    fn only_cms_is_told_the_young_generation() {
        assert_eq!(heap(&jvm(GarbageCollector::G1, &[])), ["-Xms8192M", "-Xmx8192M"]);
        assert_eq!(heap(&jvm(GarbageCollector::Cms, &[])), ["-Xms8192M", "-Xmx8192M", "-Xmn1024M"]);
        assert_eq!(heap(&jvm(GarbageCollector::Cms, &["-Xmn3G"])), ["-Xms8192M", "-Xmx8192M"]);
        let unsaid = Jvm { young_bytes: None, ..jvm(GarbageCollector::Cms, &[]) };
        assert_eq!(heap(&unsaid), ["-Xms8192M", "-Xmx8192M", "-Xmn2048M"]);
    }

    #[test]
    fn sizes_are_exact() {
        assert_eq!([size(1 << 30), size(1_000_000_000)], ["1024M", "1000000000"]);
    }

    #[test]
    fn parallel_new_is_gone_from_java_11() {
        assert!(collector(GarbageCollector::Cms, 8).contains(&"-XX:+UseParNewGC"));
        assert_eq!(collector(GarbageCollector::Cms, 11)[0], "-XX:+UseConcMarkSweepGC");
    }

    #[test]
    fn names_survive_the_start_script() {
        assert_eq!(escaped("us-east_1.a"), "us-east_1.a");
        assert_eq!(escaped("dc 1:é😀"), "dc\\u00201\\u003a\\u00e9\\ud83d\\ude00");
    }
}

//! The Java virtual machine of a rack → the option files that the image's start script reads.

use serde::Serialize;

use crate::cassandra::release::Minor;
use crate::cluster::{Cluster, Jvm};
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
    collector: Vec<&'static str>,
    /// The user's own.
    additional: Vec<String>,
}

/// File name → text.
pub(super) fn files(cluster: &Cluster, jvm: &Jvm) -> Vec<(String, String)> {
    let minor = cluster.version.minor;
    let options = Options {
        heap_reason: jvm.heap_reason.lines().map(str::to_owned).collect(),
        heap: heap(jvm),
        collector: jvm.garbage_collector.options(minor.jdk()),
        additional: jvm.options.clone(),
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
}

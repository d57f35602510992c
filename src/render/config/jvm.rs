//! The Java virtual machine of a rack → the option files that the image's start script reads.

use cassc_cassandra::image;
use cassc_ring::release::Minor;
use serde::Serialize;

use super::super::monitoring::AGENT_FILE;
use super::super::volumes::CONFIGURATION_PATH;
use super::{Memory, Settings};
use crate::cluster::{Cluster, Jvm};
use crate::kubernetes::resource::amount;
use crate::sizing::{Budget, OffHeap, mebibytes};
use crate::text::{Template, template};

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
pub(super) fn files(cluster: &Cluster, settings: Settings<'_>) -> Vec<(String, String)> {
    let (minor, jvm) = (cluster.version.minor, settings.jvm);
    let reason = heap_reason(cluster, settings).unwrap_or_else(|| jvm.heap_reason.clone());
    let options = Options {
        heap_reason: reason.lines().map(str::to_owned).collect(),
        heap: heap(jvm),
        collector: jvm.garbage_collector.options(image::jdk(minor)),
        additional: agent_option(cluster).into_iter().chain(jvm.options.clone()).collect(),
    };
    let names = image::option_files(minor);
    let (common, per_jdk) = templates(minor);
    let common = (names.common.to_owned(), common.render(&options));
    let per_jdk = names.per_jdk.zip(per_jdk).map(|(name, template)| (name.to_owned(), template.render(&options)));
    std::iter::once(common).chain(per_jdk).collect()
}

/// Where the metrics agent reads its configuration, where it has one: beside the files of Cassandra in the pod.
fn agent_option(cluster: &Cluster) -> Option<String> {
    let file = format!("{CONFIGURATION_PATH}/{AGENT_FILE}");
    cluster.filtered_by_agent().map(|_| format!("-Dcollector-config-path={file}"))
}

/// How the heap came about, with all memory that the configuration names; `None` in generations that count only what
/// follows from the heap.
fn heap_reason(cluster: &Cluster, settings: Settings<'_>) -> Option<String> {
    let Settings { config, jvm, memory, management_heap } = settings;
    let (name, amount_of_memory) = match memory {
        Memory { limit: Some(limit), .. } => ("limit", limit),
        Memory { request, .. } => ("request", request?),
    };
    let bytes = amount("memory", amount_of_memory).ok().filter(|_| cluster.defaults().off_heap_in_comment)?;
    let off_heap =
        OffHeap { management_heap, ..OffHeap::of(cluster.version.minor, |key| config.get(key).cloned(), &jvm.options) };
    let budget = Budget::of(mebibytes(bytes), jvm.heap_mebibytes, &off_heap);
    let how = jvm.heap_reason.split(':').next().unwrap_or_default();
    let line = budget.line(name);
    Some(format!("{how}: {}", if name == "limit" { line } else { line.replacen('M', "M, no limit", 1) }))
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

/// Smallest and largest heap are the same unless the user writes otherwise: nothing is resized, and all of it can be touched
/// at the start. Both must stand in the file, or `cassandra-env.sh` computes them from the memory of the worker; with CMS it does the same with
/// the young generation, and with G1 it refuses to start when that is given.
fn heap(jvm: &Jvm) -> Vec<String> {
    let (heap, initial) = (jvm.heap_mebibytes, jvm.initial_mebibytes.unwrap_or(jvm.heap_mebibytes));
    let young = jvm.written_young_mebibytes.or(jvm.young_mebibytes).map(|young| format!("-Xmn{young}M"));
    [format!("-Xms{initial}M"), format!("-Xmx{heap}M")].into_iter().chain(young).collect()
}

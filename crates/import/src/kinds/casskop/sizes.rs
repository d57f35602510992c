//! CPU, memory and heap.

use std::collections::BTreeMap;

use cassc_ring::quantity::bytes;
use serde::Deserialize;
use serde_json::Value;

use super::datacenters::Site;
use super::{Part, optional};
use crate::documents::At;
use crate::draft::{Draft, Node, datacenter, spec};
use crate::options::Options;
use crate::path::Path;
use crate::pods::resources::memory;
use crate::pods::text_of;
use crate::report::Refusal;

const MEBIBYTE: u64 = 1024 * 1024;
/// With less memory no heap that Cassandra starts with has room beside the rest (E420), in mebibytes.
const LEAST_MEMORY: u64 = 1024;
/// With a smaller heap Cassandra does not start, in mebibytes.
const LEAST_HEAP: u64 = 256;

/// `resources` of Kubernetes.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Requirements {
    limits: Option<BTreeMap<String, Value>>,
    requests: Option<BTreeMap<String, Value>>,
}

/// What the container of a datacenter gets.
#[derive(Clone, Debug)]
struct Amounts<'d> {
    /// `resources`, of the datacenter or of `spec`.
    at: At<'d>,
    requests: BTreeMap<String, String>,
    limits: BTreeMap<String, String>,
}

/// Resources and heap of a datacenter.
pub(super) fn write(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>, options: &Options) -> Result<(), Refusal> {
    let shared = requirements(&part.spec().key("resources"))?;
    let amounts = of_site(part, site)?;
    let to = datacenter(site.index);
    let too_small = too_small(&amounts, explicit_heap(draft, &to));
    let resources = to.key("resources");
    for (side, written) in [("requests", &amounts.requests), ("limits", &amounts.limits)] {
        for (resource, amount) in written.iter().filter(|(resource, _)| !(too_small.is_some() && *resource == "memory"))
        {
            one(draft, &amounts.at.key(side).key(resource), &resources.key(side).key(resource), side, amount);
        }
    }
    let at = amounts.at.keys(&["limits", "memory"]);
    match (too_small, &options.memory) {
        (Some(why), None) => draft.decide(Some(&at), &resources.key("limits").key("memory"), &why),
        (too_small, _) => {
            memory(draft, &at, &resources, options);
            if let Some(why) = too_small {
                draft.lose(&at, &format!("was less than a node needs: {why}"), "nothing: `--memory` replaces it");
            }
        }
    }
    let limit = if part.is_first() { amounts.limits.get("memory").cloned() } else { of_shared(&shared) };
    heap(draft, &to, limit.as_deref());
    Ok(())
}

fn requirements(at: &At<'_>) -> Result<Requirements, Refusal> {
    Ok(optional::<Requirements>(at)?.unwrap_or_default())
}

/// The resources of the datacenter replace those of `spec` as a whole (`createCassandraContainer`).
fn of_site<'d>(part: &Part<'d>, site: &Site<'d>) -> Result<Amounts<'d>, Refusal> {
    let (own, shared) = (site.at.key("resources"), part.spec().key("resources"));
    let mut written = requirements(&own)?;
    let mut at = own;
    if written == Requirements::default() {
        written = requirements(&shared)?;
        at = shared;
        // `SetDefaults` does so for `spec` alone.
        written.limits = written.limits.or_else(|| written.requests.clone());
    }
    let limits = texts(&at, written.limits.unwrap_or_default())?;
    let mut requests = texts(&at, written.requests.unwrap_or_default())?;
    for (resource, amount) in &limits {
        requests.entry(resource.clone()).or_insert_with(|| amount.clone());
    }
    Ok(Amounts { at, requests, limits })
}

fn texts(at: &At<'_>, amounts: BTreeMap<String, Value>) -> Result<BTreeMap<String, String>, Refusal> {
    let text = |(resource, amount): (String, Value)| match text_of(&amount) {
        Some(text) => Ok((resource, text)),
        None => {
            let message = format!("the amount of {resource} is `{amount}`");
            Err(at.refused(message, "write a quantity of Kubernetes, such as 4Gi"))
        }
    };
    amounts.into_iter().map(text).collect()
}

fn one(draft: &mut Draft, at: &At<'_>, to: &Path, side: &str, amount: &str) {
    match (at.value().is_some(), side) {
        (true, _) => draft.carry(at, to, amount),
        (false, "requests") => draft.fill(to, amount, "Kubernetes takes the limit where no request is written"),
        (false, _) => draft.fill(to, amount, "CassKop takes the requests where no limits are written"),
    }
}

/// What to decide where the memory is too little for Cassandra beside the Management API.
fn too_small(amounts: &Amounts<'_>, heap: Option<u64>) -> Option<String> {
    let text = amounts.limits.get("memory")?;
    let mebibytes = bytes(text)? / MEBIBYTE;
    if mebibytes < LEAST_MEMORY {
        return Some(format!(
            "at least 1Gi of memory, where the resource has {text}: the Management API runs beside Cassandra"
        ));
    }
    // Half is what Cassandra's own formula takes at most of little memory.
    let heap = heap.filter(|heap| heap.saturating_mul(2) > mebibytes)?;
    Some(format!("more memory than {text} for a heap of {heap}Mi: what is not on the heap needs about as much"))
}

/// The heap that the configuration names, in mebibytes.
fn explicit_heap(draft: &Draft, to: &Path) -> Option<u64> {
    let heap = draft.get(&to.join(&Path::of(&["cassandra", "jvm", "heap"])))?.text()?;
    let digits = heap.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(heap.len());
    let number: u64 = heap[..digits].parse().ok()?;
    match heap[digits..].trim_end_matches('i') {
        "G" | "g" => number.checked_mul(1024),
        "M" | "m" => Some(number),
        _ => None,
    }
}

/// The memory limit of `spec`.
fn of_shared(shared: &Requirements) -> Option<String> {
    let limits = shared.limits.as_ref().or(shared.requests.as_ref())?;
    limits.get("memory").and_then(text_of)
}

/// The heap that CassKop computes where `config` names none: a quarter of the memory limit. CassKop 2 takes the limit of
/// `spec` for datacenters with resources of their own too (`createInitConfigContainer`).
fn heap(draft: &mut Draft, to: &Path, limit: Option<&str>) {
    let to_heap = to.join(&Path::of(&["cassandra", "jvm", "heap"]));
    let is_decided = |side: &str| {
        let memory = draft.get(&to.key("resources").key(side).key("memory")).and_then(Node::text);
        memory.is_none_or(|memory| Some(memory) == limit)
    };
    let heap = limit.and_then(bytes).map(|bytes| bytes / 4 / MEBIBYTE).filter(|heap| *heap >= LEAST_HEAP);
    let Some(heap) = heap.filter(|_| is_decided("limits")) else { return };
    if draft.get(&to_heap).is_none() {
        let why = "a quarter of the memory limit, as CassKop computes it; `auto` is Cassandra's own formula";
        draft.fill(&to_heap, format!("{heap}Mi"), why);
        let why = "cassc starts Cassandra with the whole heap; CassKop 2 with a quarter of it, which then grows";
        draft.differ(&spec(&["cassandra", "jvm", "initialHeap"]), why);
    }
}

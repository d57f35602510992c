//! A rack of a lock.

use std::collections::BTreeMap;

use cassc_cassandra::jvm::check_option;
use cassc_ring::names;
use serde_json::Value;

use super::cluster::{in_ring, token};
use super::{
    LABEL_KEY, LABEL_VALUE, Valid, amounts, each, entries, field, is, label, labels, number, optional, readable_key,
    size, subdomain, text, texts, texts_of,
};
use crate::cluster::{Jvm, Rack, RestartTokens, Scheduling, TopologySpread, VolumeClaim};
use crate::kubernetes::syntax::{STATEFUL_SET_LENGTH, is_label_key, is_label_value};

/// The largest heap: all memory that an API server can count, in mebibytes.
const LARGEST_HEAP: u64 = i64::MAX.unsigned_abs() >> 20;
/// The words of Kubernetes for who may use a volume.
const ACCESS_MODES: [&str; 4] = ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"];

/// Holds a rack to what the rules hold it to; how many nodes there may be is judged for all racks together.
pub(super) fn rack(cluster: &str, datacenter: &str, rack: &Rack) -> Valid {
    let Rack { name, label: of_pods, ring_name, stateful_set, nodes: _, node_labels, config, requests, limits, .. } =
        rack;
    field("name", label(name))?;
    field("label", is(of_pods, !of_pods.is_empty() && is_label_value(of_pods), LABEL_VALUE))?;
    field("ringName", in_ring("rack", ring_name))?;
    let built = names::stateful_set(cluster, datacenter, name);
    let fits = *stateful_set == built && built.len() <= STATEFUL_SET_LENGTH;
    field("statefulSet", is(stateful_set, fits, &format!("`{built}`, at most {STATEFUL_SET_LENGTH} characters")))?;
    field("nodeLabels", labels(node_labels))?;
    field("config", self::config(config))?;
    field("jvm", jvm(&rack.jvm))?;
    field("requests", amounts(requests))?;
    field("limits", amounts(limits))?;
    field("storage", claim(&rack.storage))?;
    optional("expandTo", rack.expand_to.as_ref(), |written| size(written))?;
    field("scheduling", scheduling(&rack.scheduling))?;
    let RestartTokens { cluster, datacenter, rack } = &rack.restart;
    let tokens = [("cluster", cluster), ("datacenter", datacenter), ("rack", rack)];
    let judge = |(level, token): (&str, &Option<String>)| optional(level, token.as_ref(), |it| self::token(it));
    field("restart", tokens.into_iter().try_for_each(judge))
}

/// Keys of `cassandra.yaml` are not looked up: a key that is unknown to this version of cassc may be deployed.
fn config(config: &BTreeMap<String, Value>) -> Valid {
    entries(config, readable_key, |_, value| texts(value))
}

/// A heap, or a part of one, in mebibytes.
pub(super) fn heap(mebibytes: u64) -> Valid {
    number(mebibytes, (1..=LARGEST_HEAP).contains(&mebibytes), &format!("1 to {LARGEST_HEAP}"))
}

fn jvm(jvm: &Jvm) -> Valid {
    let Jvm { heap_mebibytes, heap_reason, young_mebibytes, garbage_collector: _, options, .. } = jvm;
    field("heapMebibytes", heap(*heap_mebibytes))?;
    optional("youngMebibytes", young_mebibytes.as_ref(), |it| heap(*it))?;
    optional("writtenYoungMebibytes", jvm.written_young_mebibytes.as_ref(), |it| heap(*it))?;
    optional("initialMebibytes", jvm.initial_mebibytes.as_ref(), |it| heap(*it))?;
    field("heapReason", text(heap_reason))?;
    field("heapReason", is(heap_reason, !heap_reason.contains(char::is_control), "one line"))?;
    each("options", options, |option| {
        text(option)?;
        is(option, check_option(option).is_ok(), "one option of the JVM")
    })
}

/// What a claim is born with.
pub(super) fn claim(VolumeClaim { class, size: born, access_mode }: &VolumeClaim) -> Valid {
    optional("class", class.as_ref(), |class| subdomain(class))?;
    field("size", size(born))?;
    field(
        "accessMode",
        is(access_mode, ACCESS_MODES.contains(&access_mode.as_str()), "an access mode, such as ReadWriteOnce"),
    )
}

fn scheduling(scheduling: &Scheduling) -> Valid {
    let Scheduling { anti_affinity: _, tolerations, node_affinity, scheduler_name, priority_class, topology_spread } =
        scheduling;
    each("tolerations", tolerations, texts_of)?;
    optional("nodeAffinity", node_affinity.as_ref(), texts_of)?;
    optional("schedulerName", scheduler_name.as_ref(), |name| subdomain(name))?;
    optional("priorityClass", priority_class.as_ref(), |name| subdomain(name))?;
    each("topologySpread", topology_spread, |TopologySpread { topology_key, max_skew, when_unsatisfiable: _ }| {
        field("topologyKey", is(topology_key, is_label_key(topology_key), LABEL_KEY))?;
        field("maxSkew", number(*max_skew, *max_skew > 0, "1 or more"))
    })
}

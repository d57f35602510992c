//! Which of a node's metrics are collected. A node with no tables but its own exports 37,800 series in 10.7 MB, and 590 more for each
//! table (4.1.10 with the agent 0.1.125), so that what grows with the schema or with the ring is left out unless it is asked for. The
//! rules are written twice from one list: for Prometheus, which drops what was sent, and for the agent, which then does not even
//! compute it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kinds::Relabeling;
use super::scope::PREFIX;
use crate::topology::Collect;
use crate::yaml;

/// What of a table is always collected, by the names of the agent.
const TABLE_ESSENTIAL: [&str; 3] = ["live_disk_space_used", "live_ss_table_count", "pending_compactions"];
/// What of a table is collected on request.
const TABLE_ON_REQUEST: [&str; 9] = [
    "bloom_filter_false_ratio",
    "coordinator_read_latency",
    "live_scanned_histogram",
    "max_partition_size",
    "mean_partition_size",
    "read_latency",
    "ss_tables_per_read_histogram",
    "tombstone_scanned_histogram",
    "write_latency",
];
/// What grows with the ring or the schema beside tables, and what is there for every kind of message or consistency level beside the
/// sums: peers, keyspaces (the sums of their tables), indexes (whose names the agent leaves in those of their metrics).
const GROWING: [&str; 9] = [
    "client_request_[a-z_]+_(read|write)_(all|any|each_quorum|local_one|local_quorum|local_serial|node_local|one|quorum|serial|three|two)",
    "connection_.*",
    "dropped_message_(cross_node|internal)_dropped_latency",
    "hints_service_hint_.*",
    "inbound_connection_.*",
    "index_table_.*",
    "keyspace_.*",
    "messaging_.*",
    "streaming_.*",
];
/// What the agent puts behind the name of a timer, a histogram or a meter.
const ENDINGS: &str = "(_bucket|_count|_sum|_total)?";
/// What is dropped of labels: `cassandra_cluster`, `datacenter`, `rack`, `pod` and `instance` of the target say the same, and the id
/// of the host would make another series of every one when a node is replaced.
const SAID_TWICE: &str = "exported_(cluster|datacenter|instance|rack)|host|node_name|pod_name";
/// Marks what is decided about a table's metric. Prometheus drops no label of its own accord.
const MARK: &str = "__tmp_table";

/// What is kept of tables, as a regular expression; `None` for everything. The sums over all tables of a node end in `_all`: they are
/// there however many tables there are, and are always kept.
fn of_tables(collect: Collect) -> Option<String> {
    let (essential, on_request) = (TABLE_ESSENTIAL.join("|"), TABLE_ON_REQUEST.join("|"));
    match collect {
        Collect::Essential => Some(format!("({essential})(_all)?|({on_request})_all")),
        Collect::Tables => Some(format!("({essential}|{on_request})(_all)?")),
        Collect::Everything => None,
    }
}

/// The rules of Prometheus about collected series. `cluster` is the name in Cassandra, as a regular expression.
pub(super) fn metric_relabelings(collect: Collect, cluster: &str) -> Vec<Relabeling> {
    let mut rules = Vec::new();
    if let Some(kept) = of_tables(collect) {
        rules.extend([
            drop_named(format!("{PREFIX}({}){ENDINGS}", GROWING.join("|"))),
            mark(format!("{PREFIX}table_.*"), "drop"),
            mark(format!("{PREFIX}table_({kept}){ENDINGS}"), "keep"),
            Relabeling {
                action: "drop",
                regex: Some("drop".to_owned()),
                replacement: None,
                source_labels: vec![MARK],
                target_label: None,
            },
        ]);
    }
    // Without a group in the expression the replacement, `$1`, is empty, and the label goes. It goes where it is Cassandra's alone:
    // a Prometheus may give every target the name of the Kubernetes cluster by it.
    rules.push(Relabeling {
        action: "replace",
        regex: Some(cluster.to_owned()),
        replacement: None,
        source_labels: vec!["cluster"],
        target_label: Some("cluster"),
    });
    let marks = if collect == Collect::Everything { String::new() } else { format!("{MARK}|") };
    rules.push(Relabeling {
        action: "labeldrop",
        regex: Some(format!("{marks}{SAID_TWICE}")),
        replacement: None,
        source_labels: Vec::new(),
        target_label: None,
    });
    rules
}

fn drop_named(regex: String) -> Relabeling {
    Relabeling {
        action: "drop",
        regex: Some(regex),
        replacement: None,
        source_labels: vec!["__name__"],
        target_label: None,
    }
}

fn mark(regex: String, mark: &str) -> Relabeling {
    Relabeling {
        action: "replace",
        regex: Some(regex),
        replacement: Some(mark.to_owned()),
        source_labels: vec!["__name__"],
        target_label: Some(MARK),
    }
}

/// The configuration of the agent. Its own rules, which make labels of names, come first.
#[derive(Serialize)]
struct Agent {
    relabels: Vec<AgentRule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AgentRule {
    action: &'static str,
    regex: String,
    source_labels: [&'static str; 1],
}

/// The text of `metrics-collector.yaml`. The agent judges a metric when Cassandra registers it, by its name without the endings of its
/// kind, and its regular expressions (`java.util.regex`) can say what must not follow.
pub(in crate::render) fn agent_configuration(collect: Collect) -> String {
    let dropped = of_tables(collect)
        .map(|kept| [format!("{PREFIX}({})", GROWING.join("|")), format!("{PREFIX}table_(?!({kept})$).*")]);
    let rule = |regex| AgentRule { action: "drop", regex, source_labels: ["__name__"] };
    let agent = Agent { relabels: dropped.into_iter().flatten().map(rule).collect() };
    yaml::to_string(&agent).expect("expressions are plain text")
}

/// The file of the agent's configuration in the configuration of a rack, and its text.
pub(in crate::render) fn agent_file(collect: Option<Collect>) -> BTreeMap<String, String> {
    collect.map(|it| (AGENT_FILE.to_owned(), agent_configuration(it))).into_iter().collect()
}

/// How the file is called, beside Cassandra's own.
pub(in crate::render) const AGENT_FILE: &str = "metrics-collector.yaml";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_dropped_nowhere() {
        let rules = metric_relabelings(Collect::Everything, "shop");
        assert!(rules.iter().all(|rule| rule.action != "drop"));
        assert_eq!(agent_configuration(Collect::Everything), "relabels: []\n");
    }
}

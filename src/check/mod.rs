//! `Topology` → complaints. A table of rules, one file per rule, each with a stable code; every complaint of every
//! rule is collected. What passes without an error is [`Checked`], and only that can be resolved. Rules about changes
//! have a table of their own ([`crate::transition`]).

mod checked;
mod clear_text;
mod config_classes;
mod config_conflicts;
mod config_encryption;
mod config_findings;
mod config_limits;
mod config_paths;
mod config_places;
mod config_refusal;
mod config_sstables;
mod config_words;
mod gaps;
mod jvm_paths;
mod off_heap;
mod other_clusters;
mod owned_keys;
mod pod_files;
mod quantities;
mod settings;
mod table;
mod vm_options;
mod written;

#[cfg(test)]
mod hostile;

mod e101_name_not_a_label;
mod e102_name_too_long;
mod e103_name_collision;
mod e104_duplicate_names;
mod e105_label_value;
mod e106_ring_name;
mod e107_zone_conflict;
mod e110_node_count;
mod e111_fewer_nodes_than_racks;
mod e115_replication;
mod e116_too_many_nodes;
mod e117_no_nodes;
mod e119_additional_seed;
mod e120_unreachable_datacenter;
mod e121_kube_cluster_name;
mod e122_repository_path;
mod e123_repository_url;
mod e124_delivery_name;
mod e125_delivery_interval;
mod e126_delivery_namespace;
mod e127_delivered_twice;
mod e130_rebuild_from;
mod e201_quantity;
mod e202_request_above_limit;
mod e203_requests_missing;
mod e204_expand_to;
mod e206_storage_size_missing;
mod e208_memory_missing;
mod e211_resource_name;
mod e401_version;
mod e402_image;
mod e403_image_version;
mod e409_official_image;
mod e410_config_key_unknown;
mod e411_config_value;
mod e412_config_key_other_name;
mod e413_config_key_gone;
mod e414_config_key_owned;
mod e415_num_tokens;
mod e416_token_allocation;
mod e417_config_combination;
mod e420_heap;
mod e421_garbage_collector;
mod e422_jvm_option;
mod e423_logger_name;
mod e424_environment;
mod e426_vm_option;
mod e428_heap_parts;
mod e435_role;
mod e436_management_heap;
mod e437_management_tls;
mod e501_reserved_metadata;
mod e502_metadata_syntax;
mod e503_container_name;
mod e504_volume_name;
mod e505_port;
mod e508_host_network;
mod e509_node_port;
mod e510_toleration;
mod e511_topology_spread;
mod e512_object_name;
mod e514_scheduling;
mod e517_probe;
mod e519_name_resolution;
mod e520_node_affinity;
mod e521_security_context;
mod e523_volume_source;
mod e524_budget_number;
mod e526_cql_service;
mod e528_seed_service;
mod e530_override;
mod e601_kubernetes_version;
mod e602_newer_field;
mod e605_domain;
mod e606_revision;
mod e607_rollout;
mod e608_needs_steps;
mod e609_schedule;
mod e610_steps_namespace;
mod e611_generated_twice;
mod e612_operation_id;
mod e613_operation_field;
mod e614_operation_scope;
mod e615_operation_value;
mod e616_operation_token;
mod e617_operation_source;
mod e618_reaper_version;
mod e619_reaper_storage;
mod e620_reaper_heap;
mod e621_reaper_conflict;
mod e622_reaper_schedule_value;
mod e623_reaper_schedule_field;
mod e624_reaper_schedule_datacenter;
mod e625_reaper_schedule_overlap;
mod e640_monitoring_value;
mod e641_agent_configuration;
mod e650_network_peer;
mod e651_network_host_network;
mod e652_nodes_elsewhere;
mod e653_network_namespace;
mod e654_network_without_effect;
mod w112_uneven_racks;
mod w113_single_rack;
mod w114_racks_below_replication;
mod w118_zones;
mod w128_delivery_unused;
mod w129_rack_without_zone;
mod w205_storage_small;
mod w207_memory_limit_missing;
mod w209_improbable_quantity;
mod w405_image_floating;
mod w408_image_without_management_api;
mod w418_config_key_deprecated;
mod w424_heap_pointers;
mod w425_secret_in_clear_text;
mod w427_vm_option;
mod w429_class_unknown;
mod w430_direct_memory;
mod w431_memory_request;
mod w432_path;
mod w433_timeout_short;
mod w434_open_jmx;
mod w506_readiness_probe;
mod w507_restricted;
mod w513_termination_grace;
mod w515_node_port_range;
mod w516_almost_guaranteed;
mod w518_probe_patience;
mod w522_pod_user;
mod w525_disruption_budget;
mod w527_open_load_balancer;
mod w533_override;
mod w642_nothing_collected;
mod w655_network_without_clients;
mod w656_translated_clients;
mod w657_network_own_containers;

#[cfg(test)]
pub(crate) use checked::fixtures;
pub use checked::{Checked, Checkup, check};
pub(crate) use e424_environment::instead_of_variable;
pub(crate) use e501_reserved_metadata::{owner_of_annotation, owner_of_label};
pub(crate) use e504_volume_name::is_free_path;
pub(crate) use e530_override::RULE as OVERRIDE;
pub(crate) use other_clusters::{Collision, Others};
pub(crate) use w507_restricted::RULE as RESTRICTED;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use rayon::prelude::*;

use self::table::Check::{Fleet, Topology};
use self::table::RULES;
use crate::diagnostic::{Diagnostic, MOST_ERRORS, Rule, Severity};
use crate::parse::{Parsed, enough};
use crate::subject::Subject;

/// Every rule about topologies, in the order of the table.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().map(|(rule, _)| rule)
}

/// So many topologies are checked side by side before their errors are counted: each may have 5,000. While none has any,
/// each round takes twice as many as the one before.
const AT_ONCE: RangeInclusive<usize> = 4..=16;

/// Runs every rule over every topology. Those on one topology come first, topology by topology, then those
/// on the fleet, each in the order of the rules.
pub(crate) fn complaints(parsed: &[Parsed]) -> Vec<Diagnostic> {
    let subjects: Vec<Subject<'_>> = parsed.iter().map(Subject::new).collect();
    let mut complaints: Vec<Diagnostic> = Vec::new();
    let mut n_errors = 0;
    let (mut rest, mut at_once) = (subjects.as_slice(), *AT_ONCE.start());
    while let Some(first) = rest.first() {
        if n_errors >= MOST_ERRORS {
            complaints.push(enough(first.document));
            return complaints;
        }
        let (side_by_side, later) = rest.split_at(at_once.min(rest.len()));
        let found: Vec<Diagnostic> = side_by_side.par_iter().flat_map_iter(check_alone).collect();
        n_errors += found.iter().filter(|complaint| complaint.severity == Severity::Error).count();
        at_once = if n_errors == 0 { (2 * at_once).min(*AT_ONCE.end()) } else { *AT_ONCE.start() };
        complaints.extend(found);
        rest = later;
    }
    for (_, check) in RULES {
        if let Fleet(check) = check {
            check(&subjects, &mut complaints);
        }
    }
    complaints
}

/// What every rule finds in one topology beside others: of the rules on the fleet only what concerns it.
fn complaints_beside(others: &[Parsed], parsed: &Parsed) -> Vec<Diagnostic> {
    let subject = Subject::new(parsed);
    let mut complaints = check_alone(&subject);
    let position = others.partition_point(|other| other.document < parsed.document);
    let mut subjects: Vec<Subject<'_>> = others.iter().map(Subject::new).collect();
    subjects.insert(position, subject);
    for (_, check) in RULES {
        if let Fleet(check) = check {
            let mut found = Vec::new();
            check(&subjects, &mut found);
            complaints.extend(found.into_iter().filter(|complaint| complaint.is_about(parsed.document)));
        }
    }
    complaints
}

fn check_alone(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for (_, check) in RULES {
        if let Topology(check) = check {
            check(subject, &mut complaints);
        }
    }
    if subject.pods().len() > 1 {
        // What a datacenter inherits is judged with it again.
        let mut seen = BTreeSet::new();
        complaints.retain(|complaint| seen.insert(format!("{complaint:?}")));
    }
    complaints
}

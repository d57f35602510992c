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

use self::Check::{Fleet, Topology};
use crate::diagnostic::{Diagnostic, MOST_ERRORS, Rule, Severity};
use crate::parse::{Parsed, enough};
use crate::subject::Subject;

/// How a rule finds what it complains about.
#[derive(Clone, Copy)]
enum Check {
    /// Looks at one topology.
    Topology(fn(&Subject<'_>, &mut Vec<Diagnostic>)),
    /// Looks at all topologies that are compiled together.
    Fleet(fn(&[Subject<'_>], &mut Vec<Diagnostic>)),
}

/// Every rule about topologies, sorted by code: errors, then warnings.
const RULES: &[(Rule, Check)] = &[
    (e101_name_not_a_label::RULE, Topology(e101_name_not_a_label::check)),
    (e102_name_too_long::RULE, Topology(e102_name_too_long::check)),
    (e103_name_collision::RULE, Fleet(e103_name_collision::check)),
    (e104_duplicate_names::RULE, Topology(e104_duplicate_names::check)),
    (e105_label_value::RULE, Fleet(e105_label_value::check)),
    (e106_ring_name::RULE, Topology(e106_ring_name::check)),
    (e107_zone_conflict::RULE, Topology(e107_zone_conflict::check)),
    (e110_node_count::RULE, Topology(e110_node_count::check)),
    (e111_fewer_nodes_than_racks::RULE, Topology(e111_fewer_nodes_than_racks::check)),
    (e115_replication::RULE, Topology(e115_replication::check)),
    (e116_too_many_nodes::RULE, Topology(e116_too_many_nodes::check)),
    (e117_no_nodes::RULE, Topology(e117_no_nodes::check)),
    (e119_additional_seed::RULE, Topology(e119_additional_seed::check)),
    (e120_unreachable_datacenter::RULE, Topology(e120_unreachable_datacenter::check)),
    (e121_kube_cluster_name::RULE, Topology(e121_kube_cluster_name::check)),
    (e122_repository_path::RULE, Topology(e122_repository_path::check)),
    (e123_repository_url::RULE, Topology(e123_repository_url::check)),
    (e124_delivery_name::RULE, Topology(e124_delivery_name::check)),
    (e125_delivery_interval::RULE, Topology(e125_delivery_interval::check)),
    (e126_delivery_namespace::RULE, Topology(e126_delivery_namespace::check)),
    (e127_delivered_twice::RULE, Fleet(e127_delivered_twice::check)),
    (e130_rebuild_from::RULE, Topology(e130_rebuild_from::check)),
    (e201_quantity::RULE, Topology(e201_quantity::check)),
    (e202_request_above_limit::RULE, Topology(e202_request_above_limit::check)),
    (e203_requests_missing::RULE, Topology(e203_requests_missing::check)),
    (e204_expand_to::RULE, Topology(e204_expand_to::check)),
    (e206_storage_size_missing::RULE, Topology(e206_storage_size_missing::check)),
    (e208_memory_missing::RULE, Topology(e208_memory_missing::check)),
    (e211_resource_name::RULE, Topology(e211_resource_name::check)),
    (e401_version::RULE, Topology(e401_version::check)),
    (e402_image::RULE, Topology(e402_image::check)),
    (e403_image_version::RULE, Topology(e403_image_version::check)),
    (e409_official_image::RULE, Topology(e409_official_image::check)),
    (e410_config_key_unknown::RULE, Topology(e410_config_key_unknown::check)),
    (e411_config_value::RULE, Topology(e411_config_value::check)),
    (e412_config_key_other_name::RULE, Topology(e412_config_key_other_name::check)),
    (e413_config_key_gone::RULE, Topology(e413_config_key_gone::check)),
    (e414_config_key_owned::RULE, Topology(e414_config_key_owned::check)),
    (e415_num_tokens::RULE, Topology(e415_num_tokens::check)),
    (e416_token_allocation::RULE, Topology(e416_token_allocation::check)),
    (e417_config_combination::RULE, Topology(e417_config_combination::check)),
    (e420_heap::RULE, Topology(e420_heap::check)),
    (e421_garbage_collector::RULE, Topology(e421_garbage_collector::check)),
    (e422_jvm_option::RULE, Topology(e422_jvm_option::check)),
    (e423_logger_name::RULE, Topology(e423_logger_name::check)),
    (e424_environment::RULE, Topology(e424_environment::check)),
    (e426_vm_option::RULE, Topology(e426_vm_option::check)),
    (e428_heap_parts::RULE, Topology(e428_heap_parts::check)),
    (e435_role::RULE, Topology(e435_role::check)),
    (e436_management_heap::RULE, Topology(e436_management_heap::check)),
    (e437_management_tls::RULE, Topology(e437_management_tls::check)),
    (e501_reserved_metadata::RULE, Topology(e501_reserved_metadata::check)),
    (e502_metadata_syntax::RULE, Topology(e502_metadata_syntax::check)),
    (e503_container_name::RULE, Topology(e503_container_name::check)),
    (e504_volume_name::RULE, Topology(e504_volume_name::check)),
    (e505_port::RULE, Topology(e505_port::check)),
    (e508_host_network::RULE, Topology(e508_host_network::check)),
    (e509_node_port::RULE, Topology(e509_node_port::check)),
    (e510_toleration::RULE, Topology(e510_toleration::check)),
    (e511_topology_spread::RULE, Topology(e511_topology_spread::check)),
    (e512_object_name::RULE, Topology(e512_object_name::check)),
    (e514_scheduling::RULE, Topology(e514_scheduling::check)),
    (e517_probe::RULE, Topology(e517_probe::check)),
    (e519_name_resolution::RULE, Topology(e519_name_resolution::check)),
    (e520_node_affinity::RULE, Topology(e520_node_affinity::check)),
    (e521_security_context::RULE, Topology(e521_security_context::check)),
    (e523_volume_source::RULE, Topology(e523_volume_source::check)),
    (e524_budget_number::RULE, Topology(e524_budget_number::check)),
    (e526_cql_service::RULE, Topology(e526_cql_service::check)),
    (e528_seed_service::RULE, Topology(e528_seed_service::check)),
    (e530_override::RULE, Topology(e530_override::check)),
    (e601_kubernetes_version::RULE, Topology(e601_kubernetes_version::check)),
    (e602_newer_field::RULE, Topology(e602_newer_field::check)),
    (e605_domain::RULE, Topology(e605_domain::check)),
    (e606_revision::RULE, Topology(e606_revision::check)),
    (e607_rollout::RULE, Topology(e607_rollout::check)),
    (e608_needs_steps::RULE, Topology(e608_needs_steps::check)),
    (e609_schedule::RULE, Topology(e609_schedule::check)),
    (e610_steps_namespace::RULE, Topology(e610_steps_namespace::check)),
    (e611_generated_twice::RULE, Topology(e611_generated_twice::check)),
    (e612_operation_id::RULE, Topology(e612_operation_id::check)),
    (e613_operation_field::RULE, Topology(e613_operation_field::check)),
    (e614_operation_scope::RULE, Topology(e614_operation_scope::check)),
    (e615_operation_value::RULE, Topology(e615_operation_value::check)),
    (e616_operation_token::RULE, Topology(e616_operation_token::check)),
    (e617_operation_source::RULE, Topology(e617_operation_source::check)),
    (e618_reaper_version::RULE, Topology(e618_reaper_version::check)),
    (e619_reaper_storage::RULE, Topology(e619_reaper_storage::check)),
    (e620_reaper_heap::RULE, Topology(e620_reaper_heap::check)),
    (e621_reaper_conflict::RULE, Topology(e621_reaper_conflict::check)),
    (e622_reaper_schedule_value::RULE, Topology(e622_reaper_schedule_value::check)),
    (e623_reaper_schedule_field::RULE, Topology(e623_reaper_schedule_field::check)),
    (e624_reaper_schedule_datacenter::RULE, Topology(e624_reaper_schedule_datacenter::check)),
    (e625_reaper_schedule_overlap::RULE, Topology(e625_reaper_schedule_overlap::check)),
    (e640_monitoring_value::RULE, Topology(e640_monitoring_value::check)),
    (e641_agent_configuration::RULE, Topology(e641_agent_configuration::check)),
    (e650_network_peer::RULE, Topology(e650_network_peer::check)),
    (e651_network_host_network::RULE, Topology(e651_network_host_network::check)),
    (e652_nodes_elsewhere::RULE, Topology(e652_nodes_elsewhere::check)),
    (e653_network_namespace::RULE, Topology(e653_network_namespace::check)),
    (e654_network_without_effect::RULE, Topology(e654_network_without_effect::check)),
    (w112_uneven_racks::RULE, Topology(w112_uneven_racks::check)),
    (w113_single_rack::RULE, Topology(w113_single_rack::check)),
    (w114_racks_below_replication::RULE, Topology(w114_racks_below_replication::check)),
    (w118_zones::RULE, Topology(w118_zones::check)),
    (w128_delivery_unused::RULE, Topology(w128_delivery_unused::check)),
    (w129_rack_without_zone::RULE, Topology(w129_rack_without_zone::check)),
    (w205_storage_small::RULE, Topology(w205_storage_small::check)),
    (w207_memory_limit_missing::RULE, Topology(w207_memory_limit_missing::check)),
    (w209_improbable_quantity::RULE, Topology(w209_improbable_quantity::check)),
    (w405_image_floating::RULE, Topology(w405_image_floating::check)),
    (w408_image_without_management_api::RULE, Topology(w408_image_without_management_api::check)),
    (w418_config_key_deprecated::RULE, Topology(w418_config_key_deprecated::check)),
    (w424_heap_pointers::RULE, Topology(w424_heap_pointers::check)),
    (w425_secret_in_clear_text::RULE, Topology(w425_secret_in_clear_text::check)),
    (w427_vm_option::RULE, Topology(w427_vm_option::check)),
    (w429_class_unknown::RULE, Topology(w429_class_unknown::check)),
    (w430_direct_memory::RULE, Topology(w430_direct_memory::check)),
    (w431_memory_request::RULE, Topology(w431_memory_request::check)),
    (w432_path::RULE, Topology(w432_path::check)),
    (w433_timeout_short::RULE, Topology(w433_timeout_short::check)),
    (w434_open_jmx::RULE, Topology(w434_open_jmx::check)),
    (w506_readiness_probe::RULE, Topology(w506_readiness_probe::check)),
    (w507_restricted::RULE, Topology(w507_restricted::check)),
    (w513_termination_grace::RULE, Topology(w513_termination_grace::check)),
    (w515_node_port_range::RULE, Topology(w515_node_port_range::check)),
    (w516_almost_guaranteed::RULE, Topology(w516_almost_guaranteed::check)),
    (w518_probe_patience::RULE, Topology(w518_probe_patience::check)),
    (w522_pod_user::RULE, Topology(w522_pod_user::check)),
    (w525_disruption_budget::RULE, Topology(w525_disruption_budget::check)),
    (w527_open_load_balancer::RULE, Topology(w527_open_load_balancer::check)),
    (w533_override::RULE, Topology(w533_override::check)),
    (w642_nothing_collected::RULE, Topology(w642_nothing_collected::check)),
    (w655_network_without_clients::RULE, Topology(w655_network_without_clients::check)),
    (w656_translated_clients::RULE, Topology(w656_translated_clients::check)),
    (w657_network_own_containers::RULE, Topology(w657_network_own_containers::check)),
];

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

//! `Topology` → complaints. A table of rules, one file per rule, each with a stable code; every complaint of every
//! rule is collected. What passes without an error can be resolved: [`crate::cluster::resolve`] relies on it. The table
//! lists the rules about changes as well, which [`crate::transition::judge`] runs beside what is deployed.

mod acceptance;
mod config_conflicts;
mod config_encryption;
mod config_findings;
mod config_limits;
mod config_sstables;
mod config_words;
mod gaps;
mod image;
mod owned_keys;
mod quantities;
mod settings;
mod subject;
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
mod e601_kubernetes_version;
mod e602_newer_field;
mod e605_domain;
mod e606_revision;
mod e607_rollout;
mod w112_uneven_racks;
mod w113_single_rack;
mod w114_racks_below_replication;
mod w118_zones;
mod w128_delivery_unused;
mod w205_storage_small;
mod w207_memory_limit_missing;
mod w405_image_floating;
mod w418_config_key_deprecated;
mod w424_heap_pointers;
mod w425_secret_in_environment;
mod w427_vm_option;
mod w506_readiness_probe;
mod w507_restricted;
mod w513_termination_grace;
mod w515_node_port_range;

mod reading;

pub use acceptance::{Warnings, settle};
pub use subject::Subject;

use rayon::prelude::*;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::parse::Parsed;
use crate::transition::{Transition, rules as transitions};

/// A rule of the table. Codes are never reused or renumbered.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `E…` for errors, `W…` for warnings.
    pub code: &'static str,
    /// The name of the rule, for people who cannot remember codes.
    pub name: &'static str,
    /// One line: what is complained about.
    pub summary: &'static str,
    /// Why the rule exists and how to satisfy it; Markdown, printed by `cassc explain`.
    pub explain: &'static str,
    /// How it is found.
    pub check: Check,
}

/// How a rule finds what it complains about.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Found while reading the text, before there is a topology.
    Reading,
    /// Looks at one topology.
    Topology(fn(&Subject<'_>, &mut Vec<Diagnostic>)),
    /// Looks at all topologies that are compiled together.
    Fleet(fn(&[Subject<'_>], &mut Vec<Diagnostic>)),
    /// Looks at a deployed cluster beside what its topology asks for.
    Transition {
        /// Finds what is refused.
        check: fn(&Transition<'_>, &mut Vec<Diagnostic>),
        /// Whether the topology may ask for it all the same.
        force: Force,
    },
    /// Looks at deployed clusters whose topology is gone.
    Deletion,
}

/// Whether a refused transition may be forced by `spec.accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// By naming the code and the reason.
    WithReason,
    /// Never, because …
    Never(&'static str),
}

impl Rule {
    /// Errors begin with `E`.
    pub fn severity(&self) -> Severity {
        if self.code.starts_with('E') { Severity::Error } else { Severity::Warning }
    }

    /// A complaint of this rule; the label is the place that it is reported at. A message is one line, whatever stands
    /// in the names that it quotes.
    pub fn complain(&self, message: impl Into<String>, at: Label) -> Diagnostic {
        let shown = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
        let message: String = message.into().chars().map(shown).collect();
        Diagnostic::new(self.code, self.severity(), message, at)
    }
}

/// Every rule, sorted by code: errors, then warnings.
pub const RULES: &[Rule] = &[
    reading::E001,
    reading::E002,
    reading::E003,
    reading::E004,
    reading::E005,
    reading::E006,
    reading::E007,
    reading::E008,
    reading::E009,
    reading::E010,
    reading::E011,
    reading::E012,
    e101_name_not_a_label::RULE,
    e102_name_too_long::RULE,
    e103_name_collision::RULE,
    e104_duplicate_names::RULE,
    e105_label_value::RULE,
    e106_ring_name::RULE,
    e107_zone_conflict::RULE,
    e110_node_count::RULE,
    e111_fewer_nodes_than_racks::RULE,
    e115_replication::RULE,
    e116_too_many_nodes::RULE,
    e117_no_nodes::RULE,
    e119_additional_seed::RULE,
    e120_unreachable_datacenter::RULE,
    e121_kube_cluster_name::RULE,
    e122_repository_path::RULE,
    e123_repository_url::RULE,
    e124_delivery_name::RULE,
    e125_delivery_interval::RULE,
    e126_delivery_namespace::RULE,
    e127_delivered_twice::RULE,
    e201_quantity::RULE,
    e202_request_above_limit::RULE,
    e203_requests_missing::RULE,
    e204_expand_to::RULE,
    e206_storage_size_missing::RULE,
    e208_memory_missing::RULE,
    e211_resource_name::RULE,
    transitions::e301_cluster_renamed::RULE,
    transitions::e302_namespace_changed::RULE,
    transitions::e303_namespace_named::RULE,
    transitions::e304_kube_cluster_changed::RULE,
    transitions::e305_cluster_name_changed::RULE,
    transitions::e306_datacenter_ring_name::RULE,
    transitions::e307_rack_ring_name::RULE,
    transitions::e308_rack_removed::RULE,
    transitions::e309_racks_reordered::RULE,
    transitions::e310_datacenters_reordered::RULE,
    transitions::e311_rack_moved::RULE,
    transitions::e312_datacenter_removed::RULE,
    transitions::e313_several_datacenters_removed::RULE,
    transitions::e314_datacenter_exchanged::RULE,
    transitions::e315_num_tokens::RULE,
    transitions::e316_partitioner::RULE,
    transitions::e317_data_directory::RULE,
    transitions::e318_storage_class::RULE,
    transitions::e319_storage_size::RULE,
    transitions::e320_expand_to_shrunk::RULE,
    transitions::e321_access_mode::RULE,
    transitions::e322_additional_claim::RULE,
    transitions::e323_log_directory::RULE,
    transitions::e324_kube_cluster_named::RULE,
    transitions::e330_older_line::RULE,
    transitions::e331_older_patch::RULE,
    transitions::e332_line_skipped::RULE,
    transitions::e333_upgrade_and_ring::RULE,
    transitions::e335_storage_mode_back::RULE,
    transitions::e336_storage_mode_skipped::RULE,
    transitions::e337_roll_held_back::RULE,
    transitions::e340_passwords_on::RULE,
    transitions::e341_passwords_off::RULE,
    transitions::e342_internode_encryption::RULE,
    transitions::e343_client_encryption::RULE,
    transitions::e344_cql_port::RULE,
    transitions::e345_superuser_secret::RULE,
    transitions::e350_nodes_below_replication::RULE,
    transitions::e351_rack_takes_nodes::RULE,
    transitions::e352_nodes_leave::RULE,
    transitions::e353_replication_follows::RULE,
    transitions::e354_founding_reopened::RULE,
    transitions::e360_cluster_deleted::RULE,
    e401_version::RULE,
    e402_image::RULE,
    e403_image_version::RULE,
    e410_config_key_unknown::RULE,
    e411_config_value::RULE,
    e412_config_key_other_name::RULE,
    e413_config_key_gone::RULE,
    e414_config_key_owned::RULE,
    e415_num_tokens::RULE,
    e416_token_allocation::RULE,
    e417_config_combination::RULE,
    e420_heap::RULE,
    e421_garbage_collector::RULE,
    e422_jvm_option::RULE,
    e423_logger_name::RULE,
    e424_environment::RULE,
    e426_vm_option::RULE,
    e501_reserved_metadata::RULE,
    e502_metadata_syntax::RULE,
    e503_container_name::RULE,
    e504_volume_name::RULE,
    e505_port::RULE,
    e508_host_network::RULE,
    e509_node_port::RULE,
    e510_toleration::RULE,
    e511_topology_spread::RULE,
    e512_object_name::RULE,
    e514_scheduling::RULE,
    e601_kubernetes_version::RULE,
    e602_newer_field::RULE,
    acceptance::E603,
    e605_domain::RULE,
    e606_revision::RULE,
    e607_rollout::RULE,
    w112_uneven_racks::RULE,
    w113_single_rack::RULE,
    w114_racks_below_replication::RULE,
    w118_zones::RULE,
    w128_delivery_unused::RULE,
    w205_storage_small::RULE,
    w207_memory_limit_missing::RULE,
    w405_image_floating::RULE,
    w418_config_key_deprecated::RULE,
    w424_heap_pointers::RULE,
    w425_secret_in_environment::RULE,
    w427_vm_option::RULE,
    w506_readiness_probe::RULE,
    w507_restricted::RULE,
    w513_termination_grace::RULE,
    w515_node_port_range::RULE,
    acceptance::W604,
];

/// The rule of a code, whatever the case of the letter; or of a name.
pub fn rule(code_or_name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(code_or_name) || rule.name == code_or_name)
}

/// Runs every rule over every topology. Those on one topology come first, topology by topology, then those
/// on the fleet, each in the order of the rules.
pub fn check(parsed: &[Parsed]) -> Vec<Diagnostic> {
    let subjects: Vec<Subject<'_>> = parsed.iter().map(Subject::new).collect();
    let mut complaints: Vec<Diagnostic> = subjects.par_iter().flat_map_iter(check_alone).collect();
    for rule in RULES {
        if let Check::Fleet(check) = rule.check {
            check(&subjects, &mut complaints);
        }
    }
    complaints
}

fn check_alone(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for rule in RULES {
        if let Check::Topology(check) = rule.check {
            check(subject, &mut complaints);
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_and_of_the_right_form() {
        let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(codes, sorted);
        for rule in RULES {
            let number = &rule.code[1..];
            assert!(number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit()), "{}", rule.code);
            assert!(!rule.summary.ends_with('.') && rule.explain.trim().ends_with('.'), "{}", rule.code);
        }
    }
}

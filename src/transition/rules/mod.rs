//! The rules about transitions, one file each; their codes are E3xx. Each file has its `RULE`, whether `spec.accept` may
//! force what it refuses (`FORCE`), and the function `check` that finds it.

mod e301_cluster_renamed;
mod e302_namespace_changed;
mod e303_namespace_named;
mod e304_kube_cluster_changed;
mod e305_cluster_name_changed;
mod e306_datacenter_ring_name;
mod e307_rack_ring_name;
mod e308_rack_removed;
mod e309_racks_reordered;
mod e310_datacenters_reordered;
mod e311_rack_moved;
mod e312_datacenter_removed;
mod e313_several_datacenters_removed;
mod e314_datacenter_exchanged;
mod e315_num_tokens;
mod e316_partitioner;
mod e317_data_directory;
mod e318_storage_class;
mod e319_storage_size;
mod e320_expand_to_shrunk;
mod e321_access_mode;
mod e322_additional_claim;
mod e323_log_directory;
mod e324_kube_cluster_named;
mod e325_pod_user;
mod e326_reaper_volume;
mod e330_older_line;
mod e331_older_patch;
mod e332_line_skipped;
mod e333_upgrade_and_ring;
mod e335_storage_mode_back;
mod e336_storage_mode_skipped;
mod e337_roll_held_back;
mod e340_passwords_on;
mod e341_passwords_off;
mod e342_internode_encryption;
mod e343_client_encryption;
mod e344_cql_port;
mod e345_superuser_secret;
mod e346_load_balancer_class;
mod e350_nodes_below_replication;
mod e351_rack_takes_nodes;
mod e352_nodes_leave;
mod e353_replication_follows;
mod e354_founding_reopened;
mod e355_replicas_handed_over;
mod e356_replicas_taken_back;
mod e357_ring_changes_while_stopped;
mod e358_job_cannot_come_first;
mod e359_operation_changed;
mod e360_cluster_deleted;
mod e361_shared_with_deployed;

pub use e360_cluster_deleted::deletion;

/// Two deployed clusters that share what only one may have; found where all clusters are at hand.
pub const SHARED_WITH_DEPLOYED: &Rule = &e361_shared_with_deployed::RULE;

use super::Transition;
use crate::diagnostic::{Diagnostic, Rule};

/// Whether a refused transition may be forced by `spec.accept`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Force {
    /// By naming the code and the reason.
    WithReason,
    /// Never, because …
    Never(&'static str),
}

/// A row of the table.
pub(super) struct TransitionRule {
    /// What it stands for.
    pub(super) rule: &'static Rule,
    /// Whether the topology may ask for it all the same.
    pub(super) force: Force,
    /// Finds what is refused.
    pub(super) check: fn(&Transition<'_>, &mut Vec<Diagnostic>),
}

macro_rules! table {
    ($($file:ident),* $(,)?) => {
        &[$(TransitionRule { rule: &$file::RULE, force: $file::FORCE, check: $file::check }),*]
    };
}

/// The rules that look at a deployed cluster beside what its topology asks for, sorted by code.
pub(super) const RULES: &[TransitionRule] = table![
    e301_cluster_renamed,
    e302_namespace_changed,
    e303_namespace_named,
    e304_kube_cluster_changed,
    e305_cluster_name_changed,
    e306_datacenter_ring_name,
    e307_rack_ring_name,
    e308_rack_removed,
    e309_racks_reordered,
    e310_datacenters_reordered,
    e311_rack_moved,
    e312_datacenter_removed,
    e313_several_datacenters_removed,
    e314_datacenter_exchanged,
    e315_num_tokens,
    e316_partitioner,
    e317_data_directory,
    e318_storage_class,
    e319_storage_size,
    e320_expand_to_shrunk,
    e321_access_mode,
    e322_additional_claim,
    e323_log_directory,
    e324_kube_cluster_named,
    e325_pod_user,
    e326_reaper_volume,
    e330_older_line,
    e331_older_patch,
    e332_line_skipped,
    e333_upgrade_and_ring,
    e335_storage_mode_back,
    e336_storage_mode_skipped,
    e337_roll_held_back,
    e340_passwords_on,
    e341_passwords_off,
    e342_internode_encryption,
    e343_client_encryption,
    e344_cql_port,
    e345_superuser_secret,
    e346_load_balancer_class,
    e350_nodes_below_replication,
    e351_rack_takes_nodes,
    e352_nodes_leave,
    e353_replication_follows,
    e354_founding_reopened,
    e355_replicas_handed_over,
    e356_replicas_taken_back,
    e357_ring_changes_while_stopped,
    e358_job_cannot_come_first,
    e359_operation_changed,
];

/// Every rule about a change, and whether it may be forced: those of the table, the one about clusters whose topology is gone
/// ([`deletion`]), and the one about clusters that share something ([`SHARED_WITH_DEPLOYED`]).
pub fn rules() -> impl Iterator<Item = (&'static Rule, Force)> {
    let deletion = (&e360_cluster_deleted::RULE, e360_cluster_deleted::FORCE);
    let shared = (SHARED_WITH_DEPLOYED, e361_shared_with_deployed::FORCE);
    RULES.iter().map(|row| (row.rule, row.force)).chain([deletion, shared])
}

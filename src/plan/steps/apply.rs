//! Objects are applied, stage by stage; what is no longer rendered is removed last, as far as the delivery tool removes it.

use cassc_ring::step::{Action, ObjectName};

use super::super::Difference;
use crate::deliver::{Delivered, removes};
use crate::stages::Stage;

/// Everything that no pod restarts for, and what is for Prometheus and Grafana, which no pod knows of.
pub(crate) fn base(difference: &Difference<'_>) -> Vec<Action> {
    applied(difference, &[Stage::Base, Stage::Monitoring])
}

/// The StatefulSets. Applying them restarts nothing: their update strategy is `OnDelete`.
pub(crate) fn stateful_sets(difference: &Difference<'_>) -> Vec<Action> {
    applied(difference, &[Stage::Cluster])
}

/// The Job of the program in the cluster, which does the rest.
pub(crate) fn job(difference: &Difference<'_>) -> Vec<Action> {
    applied(difference, &[Stage::Steps])
}

fn applied(difference: &Difference<'_>, stages: &[Stage]) -> Vec<Action> {
    let of_stage = |objects: &[Delivered]| -> Vec<ObjectName> {
        objects.iter().filter(|object| stages.contains(&object.stage)).map(ObjectName::from).collect()
    };
    let (created, changed) = (of_stage(&difference.created), of_stage(&difference.changed));
    if created.is_empty() && changed.is_empty() {
        return Vec::new();
    }
    vec![Action::Apply { created, changed, removed: Vec::new(), kept: Vec::new() }]
}

/// What is no longer rendered.
pub(crate) fn retired(difference: &Difference<'_>) -> Vec<Action> {
    let dialect = difference.after.or(difference.before).map(|cluster| cluster.dialect).unwrap_or_default();
    let (removed, kept): (Vec<&Delivered>, Vec<&Delivered>) =
        difference.retired.iter().partition(|object| removes(dialect, object.retirement));
    if removed.is_empty() && kept.is_empty() {
        return Vec::new();
    }
    let names = |objects: Vec<&Delivered>| objects.into_iter().map(ObjectName::from).collect();
    vec![Action::Apply { created: Vec::new(), changed: Vec::new(), removed: names(removed), kept: names(kept) }]
}

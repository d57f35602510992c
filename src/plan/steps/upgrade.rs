//! A new release line reads the tables of the old one; rewriting them is what lets the next upgrade happen.

use super::super::difference::in_start_order;
use super::super::{Action, Difference};

/// All pods, after every one of them runs another release line.
pub(crate) fn tables(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(before), Some(after)) = (difference.before, difference.after) else { return Vec::new() };
    if before.version.minor == after.version.minor {
        return Vec::new();
    }
    vec![Action::UpgradeTables { pods: after.datacenters.iter().flat_map(in_start_order).collect() }]
}

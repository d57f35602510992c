//! Pods whose template changed restart: rack by rack in the order of the topology, pod by pod, each when every
//! other node is up. A canary comes first, and a stopped roll waits.

use cassc_ring::step::Action;

use super::super::Difference;

/// The roll of the racks with another pod template.
pub(crate) fn roll(difference: &Difference<'_>) -> Vec<Action> {
    let Some(after) = difference.after else { return Vec::new() };
    if difference.rolls.is_empty() {
        return Vec::new();
    }
    let (canary_pods, stopped) = (after.rollout.canary_pods, after.rollout.stopped);
    vec![Action::Roll { racks: difference.rolls.clone(), canary_pods, stopped }]
}

/// A rollout held back by a stop or a canary continues when that is removed. Which pods remain is known only in the cluster. A
/// roll of this change takes them along.
pub(crate) fn resume(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(before), Some(after)) = (difference.before, difference.after) else { return Vec::new() };
    let held = before.rollout.stopped || before.rollout.canary_pods.is_some();
    let goes_on = !after.rollout.stopped
        && (after.rollout.canary_pods > before.rollout.canary_pods || after.rollout.canary_pods.is_none());
    if held && goes_on && difference.rolls.is_empty() { vec![Action::Resume {}] } else { Vec::new() }
}

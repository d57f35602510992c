//! Fields that tell the operator itself something: what to do, how to roll, what its own images are.

use serde_json::Value;

use super::types::Spec;
use crate::documents::At;
use crate::draft::{Draft, spec as spec_of};
use crate::path::Path;

/// What tells the operator to do something, and fields of older versions of it.
pub(super) fn operator(draft: &mut Draft, at: &At<'_>, spec: &Spec, to: &Path) {
    if let Some(seeds) = Some(&spec.additional_seeds).filter(|seeds| !seeds.is_empty()) {
        draft.agree(&at.key("additionalSeeds"), &spec_of(&["additionalSeeds"]), seeds.clone());
    }
    if !spec.replace_nodes.is_empty() {
        draft.lose(&at.key("replaceNodes"), "replaces these nodes", "write an operation of kind `replaceNode`");
    }
    if spec.rolling_restart_requested {
        draft.lose(&at.key("rollingRestartRequested"), "restarts all pods once", "write a text into `rollout.restart`");
    }
    if !spec.force_upgrade_racks.is_empty() {
        draft.meet(&at.key("forceUpgradeRacks"), "the roll begins with broken pods by itself");
    }
    canary(draft, at, spec);
    if spec.config_builder_image.is_some() {
        draft.meet(&at.key("configBuilderImage"), "cassc renders the configuration itself");
    }
    if spec.docker_image_runs_as_cassandra.is_some() {
        draft.meet(&at.key("dockerImageRunsAsCassandra"), "pods run as `pod.securityContext` says");
    }
    dse_workloads(draft, at, spec.dse_workloads.is_some());
    cdc(draft, at, spec.cdc.is_some());
    if spec.min_ready_seconds.is_some_and(|seconds| seconds > 0) {
        draft.meet(&at.key("minReadySeconds"), "the roll of cassc waits until the ring is whole, not for a time");
    }
    max_unavailable(draft, at, spec.max_unavailable.as_ref(), to);
    read_only_root(draft, at, spec.read_only_root_filesystem.is_some());
}

/// The operator rolls the first pods of the first rack, and then waits.
fn canary(draft: &mut Draft, at: &At<'_>, spec: &Spec) {
    match spec.canary_upgrade_count.filter(|_| spec.canary_upgrade) {
        Some(pods) if pods > 0 => {
            draft.agree(&at.key("canaryUpgradeCount"), &spec_of(&["rollout", "canary", "pods"]), pods);
        }
        _ if spec.canary_upgrade => draft.lose(
            &at.key("canaryUpgrade"),
            "restarts no pod of the first rack while it is set",
            "write `rollout: {stopped: true}` while nothing may restart",
        ),
        _ => {}
    }
}

/// A number goes into the budget; a share of the largest rack cannot be known from the resource alone.
fn max_unavailable(draft: &mut Draft, at: &At<'_>, value: Option<&Value>, to: &Path) {
    let at = at.key("maxUnavailable");
    match value {
        Some(Value::Number(number)) => {
            draft.carry(&at, &to.key("disruptionBudget").key("maxUnavailable"), Value::Number(number.clone()));
        }
        Some(_) => draft.lose(
            &at,
            "lets a share of a rack be down at once",
            "write the number of pods into `disruptionBudget.maxUnavailable`",
        ),
        None => {}
    }
}

/// Services of DSE, which Apache Cassandra does not have.
pub(in crate::kinds) fn dse_workloads(draft: &mut Draft, at: &At<'_>, is_written: bool) {
    if is_written {
        let instead = "nothing: Apache Cassandra has none";
        draft.lose(&at.key("dseWorkloads"), "turns on services of DataStax Enterprise", instead);
    }
}

/// Change data capture.
pub(in crate::kinds) fn cdc(draft: &mut Draft, at: &At<'_>, is_written: bool) {
    if is_written {
        let instead = "put the agent into an image of your own";
        draft.lose(&at.key("cdc"), "sends changes to Pulsar by an agent", instead);
    }
}

/// The root file system of the container.
pub(in crate::kinds) fn read_only_root(draft: &mut Draft, at: &At<'_>, is_written: bool) {
    if is_written {
        draft.meet(&at.key("readOnlyRootFilesystem"), "the root file system is read-only from 4.1 on, else writable");
    }
}

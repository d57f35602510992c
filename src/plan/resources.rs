//! What a change asks of the Kubernetes cluster: the requests of the rendered pods, as the scheduler adds them up, and the
//! sizes of the PVCs. The program in the cluster is not counted.

use cassc_ring::desired::WhenNodesLeave;
use serde_json::Value;

use super::Difference;
use super::value::{Amount, PodCount, Resources};
use crate::cluster::{Cluster, Rack, VolumeSource};
use crate::kubernetes::quantity::Quantity;
use crate::render::pod_templates;

/// What one side asks for.
struct Asked {
    pods: u32,
    cpu: Quantity,
    memory: Quantity,
    storage: Quantity,
}

/// What is different; `None` where that is nothing.
pub(super) fn asked(difference: &Difference<'_>) -> Option<Resources> {
    if difference.is_empty() {
        return None;
    }
    let (before, mut after) = (of_side(difference.before), of_side(difference.after));
    after.storage = after.storage.plus(&left_behind(difference));
    let amount =
        |from: &Quantity, to: &Quantity| (from != to).then(|| Amount { from: from.canonical(), to: to.canonical() });
    let resources = Resources {
        pods: (before.pods != after.pods).then_some(PodCount { from: before.pods, to: after.pods }),
        cpu: amount(&before.cpu, &after.cpu),
        memory: amount(&before.memory, &after.memory),
        storage: amount(&before.storage, &after.storage),
    };
    (resources != Resources::default()).then_some(resources)
}

/// PVCs of stopped nodes stay, their pods do not.
fn of_side(cluster: Option<&Cluster>) -> Asked {
    let nothing = || Asked { pods: 0, cpu: Quantity::zero(), memory: Quantity::zero(), storage: Quantity::zero() };
    let Some(cluster) = cluster else { return nothing() };
    let templates = pod_templates(cluster);
    let mut asked = nothing();
    for rack in cluster.datacenters.iter().flat_map(|datacenter| &datacenter.racks) {
        asked.storage = asked.storage.plus(&storage(cluster, rack).times(rack.nodes));
        if cluster.is_stopped() {
            continue;
        }
        let template = serde_json::to_value(&templates[rack.stateful_set.as_str()]).expect("a pod template is JSON");
        asked.pods = asked.pods.saturating_add(rack.nodes);
        asked.cpu = asked.cpu.plus(&requested(&template["spec"], "cpu").times(rack.nodes));
        asked.memory = asked.memory.plus(&requested(&template["spec"], "memory").times(rack.nodes));
    }
    asked
}

/// The size of all PVCs of a node.
fn storage(cluster: &Cluster, rack: &Rack) -> Quantity {
    let claims = cluster.additional_volumes.iter().filter_map(|volume| match &volume.source {
        VolumeSource::Claim(claim) => Some(&claim.size),
        _ => None,
    });
    let data = rack.expand_to.as_ref().unwrap_or(&rack.storage.size);
    [data].into_iter().chain(claims).fold(Quantity::zero(), |sum, size| sum.plus(&quantity(size)))
}

/// The PVCs of nodes that leave, or whose topology is gone, where they stay.
fn left_behind(difference: &Difference<'_>) -> Quantity {
    let Some(before) = difference.before else { return Quantity::zero() };
    let mut sum = Quantity::zero();
    for (datacenter, rack) in before.racks() {
        let now = difference.after.and_then(|after| after.datacenter(&datacenter.name)?.rack(&rack.name));
        let stays = match difference.after {
            None => true,
            Some(after) => {
                let policy = now.unwrap_or(rack).when_nodes_leave;
                after.steps.is_some() && policy == WhenNodesLeave::Retain
            }
        };
        let gone = rack.nodes.saturating_sub(now.map_or(0, |now| now.nodes));
        if stays {
            sum = sum.plus(&storage(before, rack).times(gone));
        }
    }
    sum
}

/// What the scheduler reserves for a pod: all its containers, or the largest that runs before them, if that is more.
/// Source: <https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers>.
fn requested(pod: &Value, resource: &str) -> Quantity {
    let containers = |key: &str| pod[key].as_array().cloned().unwrap_or_default();
    let mut beside = Quantity::zero();
    let mut most = Quantity::zero();
    for container in containers("initContainers") {
        let request = of_container(&container, resource);
        let now = beside.plus(&request);
        if container["restartPolicy"] == "Always" {
            beside = now.clone();
        }
        most = most.max(now);
    }
    let all = containers("containers").iter().fold(beside, |sum, it| sum.plus(&of_container(it, resource)));
    all.max(most)
}

/// A request that is not there is the limit, by default of the API server.
fn of_container(container: &Value, resource: &str) -> Quantity {
    let amount = |key: &str| container["resources"][key][resource].as_str();
    amount("requests").or_else(|| amount("limits")).map_or_else(Quantity::zero, quantity)
}

fn quantity(text: &str) -> Quantity {
    text.parse().expect("rules refused what is no quantity")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::requested;

    /// The cases are those of `TestPodRequests` in component-helpers `resource/helpers_test.go`.
    #[test]
    fn a_pod_requests_what_runs_at_once() {
        let container = |cpu: &str| json!({"resources": {"requests": {"cpu": cpu}}});
        let sidecar = json!({"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}});
        let cpu = |pod| requested(&pod, "cpu").canonical();
        assert_eq!(cpu(json!({"containers": [container("1"), container("500m")]})), "1500m");
        assert_eq!(cpu(json!({"initContainers": [container("4")], "containers": [container("1")]})), "4");
        assert_eq!(cpu(json!({"initContainers": [sidecar, container("4")], "containers": [container("1")]})), "5");
        assert_eq!(cpu(json!({"initContainers": [container("1"), sidecar], "containers": [container("1")]})), "2");
        assert_eq!(cpu(json!({"containers": [{"resources": {"limits": {"cpu": "2"}}}]})), "2");
        assert_eq!(cpu(json!({"containers": [{}]})), "0");
    }
}

//! Requests and limits of containers, and the memory of a node.

use serde_json::Value;

use super::text_of;
use crate::documents::At;
use crate::draft::Draft;
use crate::options::Options;
use crate::path::Path;

/// `requests` and `limits` of a container that each datacenter has of its own.
pub(crate) fn resources(draft: &mut Draft, at: &At<'_>, to: &Path) {
    quantities(draft, at, to, Draft::carry);
}

/// The same of a container that has one form in the whole cluster.
pub(crate) fn agreed(draft: &mut Draft, at: &At<'_>, to: &Path) {
    quantities(draft, at, to, Draft::agree);
    let (request, limit) = (to.key("requests").key("memory"), to.key("limits").key("memory"));
    if let (Some(memory), None) = (draft.get(&request).cloned(), draft.get(&limit)) {
        draft.fill(&limit, memory, "the request: cassc's own limit could be less");
    }
}

fn quantities(draft: &mut Draft, at: &At<'_>, to: &Path, set: fn(&mut Draft, &At<'_>, &Path, String)) {
    for (kind, quantities) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let of_kind = at.key(kind);
        if !matches!(kind.as_str(), "requests" | "limits") {
            draft.lose(
                &of_kind,
                "claims devices for the container",
                "write an override of the StatefulSets, if it is needed",
            );
            continue;
        }
        for (name, quantity) in quantities.as_object().into_iter().flatten() {
            if let Some(quantity) = text_of(quantity) {
                set(draft, &of_kind.key(name), &to.key(kind).key(name), quantity);
            }
        }
    }
}

/// The memory of a node must be known: the heap follows from it, and the scheduler places the pod by it. Where the resource
/// names none, it is what the user said, or left to decide. `to` is `resources` of the datacenter.
pub(crate) fn memory(draft: &mut Draft, at: &At<'_>, to: &Path, options: &Options) {
    let (request, limit) = (to.key("requests").key("memory"), to.key("limits").key("memory"));
    if draft.get(&request).is_some() || draft.get(&limit).is_some() {
        return;
    }
    match &options.memory {
        Some(memory) => {
            draft.fill(&request, memory, "from --memory");
            draft.fill(&limit, memory, "from --memory");
        }
        None => draft.decide(Some(at), &limit, "how much memory a node has; the resource names none. Such as 8Gi"),
    }
}

/// Pods that share a worker must say how much of it they need.
pub(crate) fn cpu_of_shared_workers(draft: &mut Draft, at: &At<'_>, to: &Path) {
    let (request, limit) = (to.key("requests").key("cpu"), to.key("limits").key("cpu"));
    match draft.get(&limit).cloned() {
        _ if draft.get(&request).is_some() => {}
        Some(cpu) => draft.fill(&request, cpu, "Kubernetes takes the limit for the request"),
        None => draft.decide(Some(at), &request, "how much CPU a node needs: several share a worker"),
    }
}

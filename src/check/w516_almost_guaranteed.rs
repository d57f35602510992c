//! W516: only the gate prevents the QoS class `Guaranteed`.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::reaper::ReaperMode;
use k8s_openapi::api::core::v1::Container;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::quantities::{Helper, helpers_of_pods, reaper};
use super::written::containers;
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::resource::amount;
use crate::subject::Subject;
use crate::topology::ResourceTable;
use crate::topology::merge::{Merged, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "W516",
    name: "almost-guaranteed",
    summary: "only the gate prevents the QoS class `Guaranteed`",
    explain: "\
Kubernetes gives a pod the QoS class `Guaranteed` only if every container, including init containers, has equal
requests and limits of `cpu` and `memory`. Such pods are evicted last, and only they can get
exclusive CPUs (`static` CPU manager policy). Here only the gate (`server-config-init`) has different
requests and limits, so the pods are `Burstable`.

Write equal requests and limits under `gate.resources`. The gate finishes before Cassandra starts, so its requests are
not added to those of Cassandra.",
};

/// What decides on the quality of service (`ComputePodQOS` in Kubernetes' `pkg/apis/core/v1/helper/qos`).
const DECISIVE: [&str; 2] = ["cpu", "memory"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let [logger, gate] = helpers_of_pods(subject);
    let others = !subject.spec().system_logger.enabled || is_guaranteed(&logger);
    let others = others && containers(subject).iter().all(|written| is_guaranteed_container(written.container));
    let sidecar = subject.spec().repair.reaper.as_ref().filter(|it| it.mode == ReaperMode::Sidecar);
    let others = others && sidecar.is_none_or(|it| is_guaranteed(&reaper(it)));
    if !others || is_guaranteed(&gate) {
        return;
    }
    let racks = subject.racks.iter().filter_map(limit_of_guaranteed);
    let mut seen = BTreeSet::new();
    for limit in racks.filter(|limit| seen.insert(limit.level)) {
        let at = limit.level.route().key("resources").key("limits").key("cpu");
        let message = "all containers but the gate have equal requests and limits, so the pods are `Burstable`";
        let complaint = RULE.complain(message, subject.value(at, "equals the request"));
        let same = "{cpu: 50m, memory: 128Mi}";
        complaints.push(
            complaint.help(format!("write `gate: {{resources: {{requests: {same}, limits: {same}}}}}` under `spec`")),
        );
    }
}

/// The limit of the processor of a rack whose Cassandra has equal requests and limits.
fn limit_of_guaranteed<'t>(place: &NestedRack<'t>) -> Option<Merged<&'t str>> {
    let equal = |resource: &&str| {
        let limit = place.limit(resource).map(|limit| limit.value);
        is_equal(resource, place.request(resource).map(|request| request.value), limit)
    };
    place.limit("cpu").filter(|_| DECISIVE.iter().all(equal))
}

fn is_guaranteed(helper: &Helper<'_>) -> bool {
    let (written, requests, limits) = (helper.written, helper.requests, helper.limits);
    DECISIVE.iter().all(|resource| {
        let or_default = |written: &'_ BTreeMap<String, String>, defaults: ResourceTable| {
            let default = || defaults.iter().find(|(name, _)| name == resource).map(|(_, text)| (*text).to_owned());
            written.get(*resource).cloned().or_else(default)
        };
        let (request, limit) = (or_default(&written.requests, requests), or_default(&written.limits, limits));
        is_equal(resource, request.as_deref(), limit.as_deref())
    })
}

fn is_guaranteed_container(container: &Container) -> bool {
    let resources = container.resources.clone().unwrap_or_default();
    let (requests, limits) = (resources.requests.unwrap_or_default(), resources.limits.unwrap_or_default());
    DECISIVE.iter().all(|resource| {
        let text = |side: &BTreeMap<String, _>| side.get(*resource).map(|quantity: &Quantity| quantity.0.clone());
        is_equal(resource, text(&requests).as_deref(), text(&limits).as_deref())
    })
}

/// Without a request the limit is the request.
fn is_equal(resource: &str, request: Option<&str>, limit: Option<&str>) -> bool {
    let amount = |text: &str| amount(resource, text).ok();
    limit.and_then(amount).is_some_and(|limit| request.is_none_or(|request| amount(request) == Some(limit)))
}

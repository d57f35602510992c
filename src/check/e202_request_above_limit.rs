//! E202: a request above its limit.

use std::collections::{BTreeMap, BTreeSet};

use super::quantities::helpers;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::resource::{Counted, amount, counted};
use crate::subject::Subject;
use crate::topology::ResourceTable;
use crate::topology::merge::{Level, Merged};

pub(super) const RULE: Rule = Rule {
    code: "E202",
    name: "request-above-limit",
    summary: "a resource request is above its limit",
    explain: "\
The API server refuses pods with a request above its limit. Request and limit may be written at different levels: a rack
inherits from its datacenter, and a datacenter from the cluster. Huge pages and extended resources cannot be overcommitted:
their request and limit must be equal.

Raise the limit or lower the request.",
};

/// A quantity and its place in the topology, `None` for a default.
#[derive(Clone, Debug)]
struct Side<'t> {
    text: &'t str,
    level: Option<Level>,
    route: Option<Route>,
}

type Sides<'t> = BTreeMap<&'t str, Side<'t>>;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<(Option<Route>, Option<Route>)> = BTreeSet::new();
    let mut inherits: BTreeSet<usize> = BTreeSet::new();
    // Racks that write nothing of their own have what their datacenter has.
    let differing = subject
        .racks
        .iter()
        .filter(|place| place.rack.resources.is_written() || inherits.insert(place.datacenter_index));
    let racks = differing.map(|place| (merged("requests", place.requests()), merged("limits", place.limits())));
    let helpers = helpers(subject).into_iter().map(|helper| {
        let side = |side: &str, written, defaults| with_defaults(&helper.route.key(side), written, defaults);
        (
            side("requests", &helper.written.requests, helper.requests),
            side("limits", &helper.written.limits, helper.limits),
        )
    });
    for (requests, limits) in racks.chain(helpers) {
        for (resource, request) in &requests {
            let limit = limits.get(resource);
            let place = (request.route.clone(), limit.and_then(|limit| limit.route.clone()));
            let complaint = complaint(subject, resource, request, limit);
            complaints.extend(complaint.filter(|_| seen.insert(place)));
        }
    }
}

fn merged<'t>(side: &str, quantities: BTreeMap<&'t str, Merged<&'t str>>) -> Sides<'t> {
    let of = |(resource, merged): (&'t str, Merged<&'t str>)| {
        let route = merged.level.route().key("resources").key(side).key(resource);
        (resource, Side { text: merged.value, level: Some(merged.level), route: Some(route) })
    };
    quantities.into_iter().map(of).collect()
}

fn with_defaults<'t>(at: &Route, written: &'t BTreeMap<String, String>, defaults: ResourceTable) -> Sides<'t> {
    let defaults = defaults.iter().map(|(resource, text)| (*resource, Side { text, level: None, route: None }));
    let written = written.iter().map(|(resource, text)| {
        (resource.as_str(), Side { text, level: Some(Level::Cluster), route: Some(at.key(resource)) })
    });
    defaults.chain(written).collect()
}

fn complaint(
    subject: &Subject<'_>,
    resource: &str,
    request: &Side<'_>,
    limit: Option<&Side<'_>>,
) -> Option<Diagnostic> {
    let fixed = counted(resource) == Counted::Pieces || resource.starts_with("hugepages-");
    let Some(limit) = limit else {
        let route = request.route.clone().filter(|_| fixed)?;
        let message = format!("`{resource}` has a request but no limit, and cannot be overcommitted");
        let complaint = RULE.complain(message, subject.value(route, "no limit"));
        return Some(complaint.help(format!("add `{resource}: {}` to `limits`", request.text)));
    };
    let (requested, allowed) = (amount(resource, request.text).ok()?, amount(resource, limit.text).ok()?);
    if requested == allowed || (requested < allowed && !fixed) {
        return None;
    }
    let message = if requested > allowed {
        format!("the {resource} request {} is above the limit {}", request.text, limit.text)
    } else {
        format!("the {resource} request {} is not equal to the limit {}", request.text, limit.text)
    };
    let labels = [(request, "request"), (limit, "limit")];
    let mut labels: Vec<_> =
        labels.into_iter().filter_map(|(side, what)| Some((side.level, side.route.clone()?, what))).collect();
    labels.sort_by_key(|(level, ..)| std::cmp::Reverse(*level));
    let (_, first, what) = labels.first()?.clone();
    let mut complaint = RULE.complain(message, subject.value(first, what));
    for (_, route, what) in labels.into_iter().skip(1) {
        complaint = complaint.label(subject.value(route, what));
    }
    let default = [request, limit].into_iter().find(|side| side.route.is_none());
    Some(match default {
        Some(default) => complaint.help(format!("write request and limit; {} is the default", default.text)),
        None if fixed => complaint.help("write the same quantity for both"),
        None => complaint.help("raise the limit or lower the request"),
    })
}

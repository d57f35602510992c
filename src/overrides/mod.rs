//! Overrides → complaints: what only the rendered objects tell. Each object is rendered without its overrides and with them, as
//! [`crate::render`] does, and the two are compared: an override meets an object and changes it (E530), it leaves what
//! identifies the cluster and protects its data (E531), and the result is valid in Kubernetes (E532). Called between the rules
//! about topologies and their acceptance.

mod changes;
mod e531_override_protected;
mod e532_override_result;
mod patched;
mod restricted;

use std::collections::BTreeSet;

use cassc_wording::nearest;
use serde_json::Value;

use self::patched::{Place, patched};
use crate::check::{Checked, OVERRIDE};
use crate::cluster::{Cluster, Rack};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::strategic_merge::Refusal;
use crate::render::{Resource, objects_before_overrides};
use crate::resolve::resolve;
use crate::subject::Subject;
use crate::topology::Override;

/// The rules that only rendered objects can be held to.
pub const RULES: &[Rule] = &[e531_override_protected::RULE, e532_override_result::RULE];

/// What is wrong with the overrides of a topology in which no other rule found an error. It is rendered as a new cluster.
pub fn complaints(checked: &Checked) -> Vec<Diagnostic> {
    let subject = Subject::new(checked);
    let cluster = representative(resolve(checked, None), &checked.topology.spec.overrides);
    let mut judge = Judge::new(&subject, &cluster);
    for kube_cluster in cluster.kube_clusters() {
        for object in objects_before_overrides(&cluster, kube_cluster) {
            judge.object(&object.resource);
        }
    }
    judge.without_effect();
    judge.complaints
}

/// So many racks of a datacenter, and so many datacenters, are rendered to judge the overrides of all: they differ in names.
const ENOUGH: usize = 8;

/// The cluster with the racks that stand for the others: those that differ in more than names and configuration, and those
/// that an override names.
fn representative(mut cluster: Cluster, overrides: &[Override]) -> Cluster {
    let names: Vec<&str> = overrides.iter().filter_map(|it| it.name.as_deref()).collect();
    let is_alike = |one: &Rack, other: &Rack| {
        let same = (one.nodes, &one.requests, &one.limits) == (other.nodes, &other.requests, &other.limits);
        let same = same && (&one.storage, &one.node_labels) == (&other.storage, &other.node_labels);
        same && one.scheduling == other.scheduling
    };
    for datacenter in &mut cluster.datacenters {
        let mut kept: Vec<Rack> = Vec::new();
        for rack in std::mem::take(&mut datacenter.racks) {
            let is_new = kept.len() < ENOUGH && !kept.iter().any(|it| is_alike(it, &rack));
            if is_new || names.contains(&rack.stateful_set.as_str()) {
                kept.push(rack);
            }
        }
        datacenter.racks = kept;
    }
    let mut seen = 0;
    cluster.datacenters.retain(|datacenter| {
        seen += 1;
        seen <= ENOUGH || names.iter().any(|name| name.contains(datacenter.name.as_str()))
    });
    cluster
}

/// The route of the patch of an override.
fn patch_route(index: usize) -> Route {
    Route::of("spec.overrides").index(index).key("patch")
}

/// Collects what is wrong, each cause once: an override of all objects of a kind is wrong in each of them.
struct Judge<'s, 't> {
    subject: &'s Subject<'t>,
    cluster: &'s Cluster,
    /// The overrides that met an object, and those that changed one.
    met: BTreeSet<usize>,
    effective: BTreeSet<usize>,
    /// The names of the objects, by kind.
    names: BTreeSet<(&'static str, String)>,
    told: BTreeSet<(&'static str, Route)>,
    complaints: Vec<Diagnostic>,
}

impl<'s, 't> Judge<'s, 't> {
    fn new(subject: &'s Subject<'t>, cluster: &'s Cluster) -> Self {
        let (met, effective, names, told) = <(BTreeSet<_>, BTreeSet<_>, BTreeSet<_>, BTreeSet<_>)>::default();
        Self { subject, cluster, met, effective, names, told, complaints: Vec::new() }
    }

    fn overrides(&self) -> &'t [Override] {
        &self.subject.topology.spec.overrides
    }

    fn object(&mut self, resource: &Resource) {
        let (_, kind) = resource.kind();
        let name = resource.metadata().name.clone().unwrap_or_default();
        let meets = |it: &&(usize, &Override)| it.1.kind == kind && it.1.name.as_ref().is_none_or(|it| *it == name);
        let mut overrides: Vec<(usize, &Override)> = self.overrides().iter().enumerate().collect();
        overrides.retain(|it| meets(&it));
        // The one of the kind is applied first.
        overrides.sort_by_key(|(_, it)| it.name.is_some());
        self.names.insert((kind, name));
        self.met.extend(overrides.iter().map(|(index, _)| *index));
        if overrides.is_empty() {
            return;
        }
        match patched(self.cluster, resource, &overrides) {
            Err((index, refusal)) => self.refused(index, &refusal),
            Ok(patched) => {
                self.effective.extend(&patched.effective);
                let protected = e531_override_protected::check(&patched);
                // What is missing after a refused change follows from that.
                let is_told = |it: &Complaint| protected.is_empty() || it.place.is_exact;
                let invalid: Vec<Complaint> =
                    e532_override_result::check(&patched).into_iter().filter(is_told).collect();
                let all = protected.into_iter().chain(invalid).chain(restricted::check(&patched));
                all.for_each(|complaint| self.tell(complaint));
            }
        }
    }

    fn refused(&mut self, index: usize, Refusal { route, what, help }: &Refusal) {
        let route = patch_route(index).join(route);
        if self.told.insert((OVERRIDE.code, route.clone())) {
            let complaint = OVERRIDE
                .complain(format!("the patch of an override does not apply: {what}"), self.subject.value(route, ""));
            self.complaints.push(complaint.help(*help));
        }
        // It has no other fault that could be told.
        self.effective.insert(index);
    }

    fn tell(&mut self, found: Complaint) {
        let Complaint { rule, place: Place { index, route, .. }, message, label, help } = found;
        let route = patch_route(index).join(&route);
        // What must not be there need not be valid.
        let is_refused = self.told.contains(&(e531_override_protected::RULE.code, route.clone()));
        if is_refused && rule.code == e532_override_result::RULE.code {
            return;
        }
        if self.told.insert((rule.code, route.clone())) {
            let complaint = rule.complain(message, self.subject.key(route, label));
            self.complaints.push(complaint.help(help));
        }
    }

    /// The overrides that meet no object, or that change none.
    fn without_effect(&mut self) {
        for (index, written) in self.overrides().iter().enumerate() {
            let route = Route::of("spec.overrides").index(index);
            let complaint = if !self.met.contains(&index) {
                self.unmet(written, &route)
            } else if !self.effective.contains(&index) {
                let message = "an override changes nothing: every object is rendered that way already";
                let complaint = OVERRIDE.complain(message, self.subject.key(route.key("patch"), ""));
                complaint.help("remove the override, or correct the way to the field")
            } else {
                continue;
            };
            self.complaints.push(complaint);
        }
    }

    fn unmet(&self, written: &Override, route: &Route) -> Diagnostic {
        let kind = written.kind.as_str();
        let Some(name) = &written.name else {
            let message = format!("an override meets no object: this topology needs no {kind}");
            return OVERRIDE.complain(message, self.subject.value(route.key("kind"), "")).help("remove the override");
        };
        let names: Vec<&str> = self.names.iter().filter(|it| it.0 == kind).map(|it| it.1.as_str()).collect();
        let message = format!("an override meets no object: there is no {kind} `{name}`");
        let complaint = OVERRIDE.complain(message, self.subject.value(route.key("name"), ""));
        match nearest(name, names.iter().copied()) {
            Some(near) => complaint.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => complaint.help(format!("this topology needs no {kind}; remove the override")),
            None => complaint.expected(format!("one of {}", names.join(", "))),
        }
    }
}

/// Something that is wrong, before it has its place in a document.
struct Complaint {
    rule: Rule,
    place: Place,
    message: String,
    label: String,
    help: String,
}

/// An object in a message.
fn called(kind: &str, object: &Value) -> String {
    format!("the {kind} `{}`", object["metadata"]["name"].as_str().unwrap_or_default())
}

#[cfg(test)]
mod tests;

//! E621: Reaper in a ring that it cannot work with as the topology has it.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::reaper::ReaperMode;
use cassc_ring::release::Release;

use super::settings::{Reader, different_racks, is_on};
use super::written::destination;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::{Reaper, ReaperStorage};

pub(super) const RULE: Rule = Rule {
    code: "E621",
    name: "reaper-conflict",
    summary: "Reaper cannot work with another part of the topology",
    explain: "\
Reaper and the step that creates its keyspace connect to Cassandra without encryption, so a ring that demands encrypted clients refuses
them; with `optional: true` both kinds are accepted. In mode `deployment` Reaper calls the Management API: where that demands
certificates (`managementApi.tls`), Reaper needs them in the form of Java, as keystore and truststore. A sidecar reads Secrets of its own
namespace, and they are created in one namespace of each Kubernetes cluster. A Reaper with `storage: memory` cannot share the work with
those in other Kubernetes clusters.

Do what the help line says.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    let found = [
        encrypted_clients(subject, reaper),
        management_api(subject, reaper),
        several_namespaces(subject, reaper),
        several_kube_clusters(subject, reaper),
    ];
    complaints.extend(found.into_iter().flatten());
}

fn at(subject: &Subject<'_>, field: &str) -> Label {
    subject.value(Route::of("spec.repair.reaper").join(&Route::of(field)), "")
}

fn encrypted_clients(subject: &Subject<'_>, reaper: &Reaper) -> Option<Diagnostic> {
    let release: Release = subject.spec().cassandra.version.parse().ok()?;
    let mut each_rack = Reader::new(release.minor);
    let demanded = different_racks(subject).find_map(|place| {
        let settings = each_rack.settings(place);
        let enabled = settings.get("client_encryption_options.enabled").filter(|it| is_on(Some(it)))?;
        let optional = is_on(settings.get("client_encryption_options.optional"));
        (!optional).then(|| enabled.route.clone())
    });
    let route = demanded.filter(|_| reaper.storage == ReaperStorage::Cassandra)?;
    let complaint = RULE.complain("Reaper cannot connect to Cassandra with encryption", subject.value(route, ""));
    let complaint = complaint.label(subject.key(Route::of("spec.repair.reaper"), "connects without"));
    Some(complaint.help(
        "write `optional: true` beside it, or `mode: deployment` with `storage: memory`, which uses the Management API alone",
    ))
}

fn management_api(subject: &Subject<'_>, reaper: &Reaper) -> Option<Diagnostic> {
    let shows = reaper.shows_certificate(subject.spec());
    (shows && reaper.auth.keystores_secret.is_none()).then(|| {
        let message = "the Management API asks Reaper for a certificate, and Reaper has none";
        let complaint = RULE.complain(message, at(subject, "mode"));
        let complaint = complaint.label(subject.key(Route::of("spec.managementApi.tls"), "asks for certificates"));
        complaint.help(
            "write `auth: {keystoresSecret: …}`, a Secret with `keystore.jks` and `truststore.jks`, both with the password \
             `changeit`",
        )
    })
}

fn several_namespaces(subject: &Subject<'_>, reaper: &Reaper) -> Option<Diagnostic> {
    let mut namespaces: BTreeMap<Option<&str>, BTreeSet<Option<&str>>> = BTreeMap::new();
    for datacenter in &subject.spec().datacenters {
        let (kube_cluster, namespace) = destination(subject, datacenter);
        namespaces.entry(kube_cluster).or_default().insert(namespace);
    }
    let has_several = namespaces.values().any(|of_cluster| of_cluster.len() > 1);
    (has_several && reaper.mode == ReaperMode::Sidecar).then(|| {
        let message =
            "sidecars in several namespaces of one Kubernetes cluster would need the Secrets of Reaper in each";
        let complaint = RULE.complain(message, subject.key(Route::of("spec.repair.reaper"), ""));
        complaint.help("write `mode: deployment`, or run all datacenters of a Kubernetes cluster in one namespace")
    })
}

fn several_kube_clusters(subject: &Subject<'_>, reaper: &Reaper) -> Option<Diagnostic> {
    let places: BTreeSet<Option<&str>> =
        subject.spec().datacenters.iter().map(|it| it.kube_cluster.as_deref()).collect();
    (places.len() > 1 && reaper.storage == ReaperStorage::Memory).then(|| {
        let message =
            format!("{} Kubernetes clusters would have a Reaper each, which know nothing of the others", places.len());
        RULE.complain(message, at(subject, "storage")).help("write `storage: cassandra`")
    })
}

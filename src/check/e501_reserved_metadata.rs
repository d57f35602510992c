//! E501: labels and annotations that are reserved.

use super::written::{Carrier, WrittenMap, annotations, labels};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E501",
    name: "reserved-metadata",
    summary: "a label or an annotation is reserved for cassc, Kubernetes or a delivery tool",
    explain: "\
Services and StatefulSets select their pods by labels that cassc writes. Controllers of Kubernetes mark their objects with other
labels. Annotations control what Argo CD and Flux prune and wait for; a wrong one can delete a StatefulSet. Your value would
replace theirs, or would be overwritten again and again.

Use your own keys, such as `example.com/team`. Write delivery settings in `spec.delivery`.",
};

/// A reserved key, or a prefix that ends in `/`, its owner, and whether labels, annotations or both are reserved.
struct Reserved {
    key: &'static str,
    owner: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Reserved as a label.
    Label,
    /// Reserved as an annotation.
    Annotation,
    /// Reserved as both.
    Both,
}

const fn reserved(kind: Kind, key: &'static str, owner: &'static str) -> Reserved {
    Reserved { key, owner, kind }
}

/// Labels of workloads are those of Kubernetes' "Well-Known Labels, Annotations and Taints"; those of cassc follow Cass
/// Operator's `pkg/oplabels`; those of the tools stand in Argo CD's and Flux' documentation.
const RESERVED: &[Reserved] = &[
    reserved(Kind::Both, "cassandra.datastax.com/", "cassc"),
    reserved(Kind::Both, "cassc/", "cassc"),
    reserved(Kind::Both, "cassc.io/", "cassc"),
    reserved(Kind::Label, "app.kubernetes.io/name", "cassc"),
    reserved(Kind::Label, "app.kubernetes.io/instance", "cassc"),
    reserved(Kind::Label, "app.kubernetes.io/version", "cassc"),
    reserved(Kind::Label, "app.kubernetes.io/managed-by", "cassc"),
    reserved(Kind::Label, "app.kubernetes.io/created-by", "cassc"),
    reserved(Kind::Label, "statefulset.kubernetes.io/", "Kubernetes"),
    reserved(Kind::Label, "apps.kubernetes.io/", "Kubernetes"),
    reserved(Kind::Label, "batch.kubernetes.io/", "Kubernetes"),
    reserved(Kind::Label, "controller-revision-hash", "Kubernetes"),
    reserved(Kind::Label, "pod-template-hash", "Kubernetes"),
    reserved(Kind::Label, "job-name", "Kubernetes"),
    reserved(Kind::Label, "controller-uid", "Kubernetes"),
    reserved(Kind::Label, "kubernetes.io/service-name", "Kubernetes"),
    reserved(Kind::Label, "endpointslice.kubernetes.io/", "Kubernetes"),
    reserved(Kind::Both, "argocd.argoproj.io/", "Argo CD"),
    reserved(Kind::Both, "kustomize.toolkit.fluxcd.io/", "Flux"),
    reserved(Kind::Both, "helm.toolkit.fluxcd.io/", "Flux"),
    reserved(Kind::Annotation, "kubectl.kubernetes.io/last-applied-configuration", "`kubectl`"),
    reserved(Kind::Annotation, "config.kubernetes.io/", "kustomize"),
    reserved(Kind::Annotation, "config.k8s.io/", "kustomize"),
    reserved(Kind::Annotation, "internal.config.kubernetes.io/", "kustomize"),
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for map in labels(subject) {
        complaints.extend(judge(subject, &map, Kind::Label));
    }
    for map in annotations(subject) {
        complaints.extend(judge(subject, &map, Kind::Annotation));
    }
}

/// Who owns a label, if it is reserved.
pub(crate) fn owner_of_label(key: &str) -> Option<&'static str> {
    RESERVED.iter().find(|it| it.kind != Kind::Annotation && it.holds(key)).map(|it| it.owner)
}

/// Who owns an annotation, if it is reserved.
pub(crate) fn owner_of_annotation(key: &str) -> Option<&'static str> {
    RESERVED.iter().find(|it| it.kind != Kind::Label && it.holds(key)).map(|it| it.owner)
}

fn judge(subject: &Subject<'_>, map: &WrittenMap<'_>, kind: Kind) -> Vec<Diagnostic> {
    let what = if kind == Kind::Label { "label" } else { "annotation" };
    let complain = |key: &String| {
        let owner =
            RESERVED.iter().filter(|reserved| reserved.is_for(map.carrier, kind)).find(|it| it.holds(key))?.owner;
        let message = format!("the {what} `{key}` is reserved for {owner}");
        let at = subject.key(map.route.key(key), "");
        Some(RULE.complain(message, at).help("use your own key, such as `example.com/team`"))
    };
    map.entries.keys().filter_map(complain).collect()
}

impl Reserved {
    fn holds(&self, key: &str) -> bool {
        if self.key.ends_with('/') { key.starts_with(self.key) } else { key == self.key }
    }

    /// Annotations for tools in the topology's own `metadata` are about the file and are not rendered.
    fn is_for(&self, carrier: Carrier, kind: Kind) -> bool {
        let passed_on = carrier != Carrier::Object || kind == Kind::Label || self.owner == "cassc";
        passed_on && (self.kind == kind || self.kind == Kind::Both)
    }
}

//! Labels and annotations that an operator puts on its objects.

use serde_json::Value;

use super::text_of;
use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;

/// Keys that cassc, Kubernetes or a delivery tool writes: a topology must not have them (E501).
const RESERVED: [&str; 14] = [
    "cassandra.datastax.com/",
    "app.kubernetes.io/name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/created-by",
    "apps.kubernetes.io/",
    "statefulset.kubernetes.io/",
    "argocd.argoproj.io/",
    "kustomize.toolkit.fluxcd.io/",
    "helm.toolkit.fluxcd.io/",
    "kubectl.kubernetes.io/last-applied-configuration",
    "config.kubernetes.io/",
    "endpointslice.kubernetes.io/",
];

/// Labels or annotations, key by key. Those of a kind that all datacenters share go where they agree.
pub(crate) fn metadata(draft: &mut Draft, at: &At<'_>, to: &Path) {
    for (key, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let at = at.key(key);
        if RESERVED.iter().any(|reserved| key.starts_with(reserved)) {
            let instead = "leave it out, or choose a key of your own";
            draft.lose(&at, "a label or an annotation that belongs to cassc or to a tool", instead);
        } else if let Some(value) = text_of(value) {
            draft.agree(&at, &to.key(key), value);
        }
    }
}

//! E523: files of an additional volume that cannot be made.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, KeyToPath, VolumeProjection};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_label_key;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E523",
    name: "volume-source",
    summary: "a source of an additional volume is invalid",
    explain: "\
The API server accepts the StatefulSet but refuses every pod.

A file has a relative `path` without `..`, once per volume, and a `mode` up to 0777 (511). A file of `downwardAPI` has
either a `fieldRef` (`metadata.name`, `metadata.namespace`, `metadata.uid`, `metadata.labels`, `metadata.annotations`, or one
label or annotation by `metadata.labels['key']`) or a `resourceFieldRef` that names its container. An entry under `sources`
of `projected` has one source. A service account token is valid for at least 600 seconds.",
};

/// After `validateProjectionSources` in Kubernetes' `pkg/apis/core/validation`.
const SHORTEST_TOKEN: i64 = 600;
const LONGEST_TOKEN: i64 = 1 << 32;
const LARGEST_MODE: i32 = 0o777;
/// What a file may hold of the pod's fields (`validVolumeDownwardAPIFieldPathExpressions`).
const FIELDS: [&str; 5] =
    ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];

/// A file of a volume, and where it is written.
struct File<'t> {
    path: &'t str,
    route: Route,
    mode: Option<i32>,
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, volume) in subject.spec().storage.additional_volumes.iter().enumerate() {
        let route = Route::of("spec.storage.additionalVolumes").index(index);
        let mut files = Vec::new();
        if let Some(source) = &volume.downward_api {
            let route = route.key("downwardAPI");
            complaints.extend(mode_fault(subject, source.default_mode, route.key("defaultMode")));
            let items = source.items.as_deref().unwrap_or_default();
            complaints.extend(downward(subject, items, &route.key("items"), &mut files));
        }
        if let Some(source) = &volume.projected {
            let route = route.key("projected");
            complaints.extend(mode_fault(subject, source.default_mode, route.key("defaultMode")));
            for (index, source) in source.sources.iter().flatten().enumerate() {
                complaints.extend(projection(subject, source, &route.key("sources").index(index), &mut files));
            }
        }
        if volume.csi.as_ref().is_some_and(|csi| csi.driver.is_empty()) {
            let at = subject.value(route.key("csi").key("driver"), "");
            complaints.push(RULE.complain("the name of the CSI driver is empty", at));
        }
        complaints.extend(file_faults(subject, &files));
    }
}

fn downward<'t>(
    subject: &Subject<'_>,
    items: &'t [DownwardAPIVolumeFile],
    route: &Route,
    files: &mut Vec<File<'t>>,
) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let route = route.index(index);
        files.push(File { path: &item.path, route: route.clone(), mode: item.mode });
        let complain = |route: Route, message: String| RULE.complain(message, subject.value(route, ""));
        match (&item.field_ref, &item.resource_field_ref) {
            (Some(field), None) if !is_field(&field.field_path) => {
                let message = format!("`{}` is not a valid `fieldPath` here", field.field_path.escape_debug());
                let complaint = complain(route.key("fieldRef").key("fieldPath"), message);
                complaints
                    .push(complaint.expected(format!("one of {}, or `metadata.labels['key']`", FIELDS.join(", "))));
            }
            (None, Some(resource)) if resource.container_name.as_deref().is_none_or(str::is_empty) => {
                let complaint =
                    complain(route.key("resourceFieldRef"), "`resourceFieldRef` needs `containerName`".to_owned());
                complaints.push(complaint.expected("`containerName: cassandra`"));
            }
            (None, Some(resource)) if !is_resource(&resource.resource) => {
                let message = format!("`{}` is not a valid `resource`", resource.resource.escape_debug());
                let complaint = complain(route.key("resourceFieldRef").key("resource"), message);
                complaints.push(complaint.expected("such as `limits.memory` or `requests.cpu`"));
            }
            (Some(_), None) | (None, Some(_)) => {}
            (None, None) | (Some(_), Some(_)) => {
                let complaint = complain(route, format!("the file `{}` needs one source", item.path.escape_debug()));
                complaints.push(complaint.expected("`fieldRef` or `resourceFieldRef`"));
            }
        }
    }
    complaints
}

fn is_field(path: &str) -> bool {
    let one = |prefix: &str| path.strip_prefix(prefix).and_then(|rest| rest.strip_suffix("']"));
    let key = one("metadata.labels['").or_else(|| one("metadata.annotations['"));
    FIELDS.contains(&path) || key.is_some_and(|key| is_label_key(&key.to_lowercase()))
}

fn is_resource(name: &str) -> bool {
    let resource = name.strip_prefix("limits.").or_else(|| name.strip_prefix("requests."));
    resource.is_some_and(|resource| RESOURCES.contains(&resource) || resource.starts_with("hugepages-"))
}

fn projection<'t>(
    subject: &Subject<'_>,
    source: &'t VolumeProjection,
    route: &Route,
    files: &mut Vec<File<'t>>,
) -> Vec<Diagnostic> {
    let kinds = [
        source.cluster_trust_bundle.is_some(),
        source.config_map.is_some(),
        source.downward_api.is_some(),
        source.secret.is_some(),
        source.service_account_token.is_some(),
    ];
    let mut complaints = Vec::new();
    if kinds.into_iter().filter(|there| *there).count() != 1 {
        let complaint = RULE.complain("an entry of `sources` needs one source", subject.value(route.clone(), ""));
        complaints.push(complaint.expected("one of `configMap`, `secret`, `downwardAPI` and `serviceAccountToken`"));
    }
    let keys = [
        ("configMap", source.config_map.as_ref().and_then(|it| it.items.as_deref())),
        ("secret", source.secret.as_ref().and_then(|it| it.items.as_deref())),
    ];
    for (key, items) in keys {
        files.extend(items.into_iter().flatten().enumerate().map(|(index, KeyToPath { path, mode, .. })| File {
            path,
            route: route.key(key).key("items").index(index),
            mode: *mode,
        }));
    }
    if let Some(source) = &source.downward_api {
        let items = source.items.as_deref().unwrap_or_default();
        complaints.extend(downward(subject, items, &route.key("downwardAPI").key("items"), files));
    }
    if let Some(token) = &source.service_account_token {
        let route = route.key("serviceAccountToken");
        files.push(File { path: &token.path, route: route.clone(), mode: None });
        let seconds = token.expiration_seconds.filter(|it| !(SHORTEST_TOKEN..=LONGEST_TOKEN).contains(it));
        complaints.extend(seconds.map(|seconds| {
            let at = subject.value(route.key("expirationSeconds"), "");
            let complaint = RULE.complain(format!("`expirationSeconds` is {seconds}"), at);
            complaint.expected(format!("at least {SHORTEST_TOKEN}"))
        }));
    }
    if source.cluster_trust_bundle.is_some() {
        let at = subject.key(route.key("clusterTrustBundle"), "");
        let complaint = RULE.complain("`clusterTrustBundle` is disabled in all supported Kubernetes versions", at);
        complaints.push(complaint.help("use a ConfigMap with the certificates"));
    }
    complaints
}

fn mode_fault(subject: &Subject<'_>, mode: Option<i32>, route: Route) -> Option<Diagnostic> {
    let mode = mode.filter(|mode| !(0..=LARGEST_MODE).contains(mode))?;
    let complaint = RULE.complain(format!("{mode} is not a valid file mode"), subject.value(route, ""));
    Some(complaint.expected(format!("0 to {LARGEST_MODE}, the decimal form of 0777; 0400 is 256")))
}

fn file_faults(subject: &Subject<'_>, files: &[File<'_>]) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    let mut seen: BTreeMap<&str, &Route> = BTreeMap::new();
    for File { path, route, mode } in files {
        let at = |words: &str| subject.value(route.key("path"), words);
        complaints.extend(mode_fault(subject, *mode, route.key("mode")));
        if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") || path.contains(':') {
            let message = format!("`{}` is not a valid path of a file in a volume", path.escape_debug());
            complaints.push(RULE.complain(message, at("")).expected("a relative path without `..` and `:`"));
        } else if let Some(other) = seen.insert(path, route) {
            let complaint = RULE.complain(format!("the volume has two files with the path `{path}`"), at("used twice"));
            complaints.push(complaint.label(subject.value(other.key("path"), "first use")));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_a_pod_are_known() {
        for field in ["metadata.labels", "metadata.labels['team']", "metadata.annotations['example.com/Note']"] {
            assert!(is_field(field), "{field}");
        }
        for field in ["status.podIP", "metadata", "metadata.labels['", "metadata.labels['']", "spec.nodeName", ""] {
            assert!(!is_field(field), "{field}");
        }
        assert!(is_resource("limits.memory") && is_resource("requests.hugepages-2Mi") && !is_resource("memory"));
    }
}

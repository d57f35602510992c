//! E532: an object that is not valid in Kubernetes with its overrides.

use serde_json::Value;

use super::patched::Patched;
use super::{Complaint, called};
use crate::diagnostic::Rule;
use crate::kubernetes::schema::{Fault, shown};
use crate::kubernetes::syntax::{is_annotation_key, is_label_key, is_label_value, is_mount_path};

pub(super) const RULE: Rule = Rule {
    code: "E532",
    name: "override-result",
    summary: "an object is not valid in Kubernetes with its overrides",
    explain: "\
The result of an override is held to the schema that Kubernetes publishes for the version of the topology
(`spec.kubernetes.version`, by default the oldest supported one): every field must be known, of the right type, and no required
one may be missing. An API server drops an unknown field silently or refuses the object, and `kubectl`, Argo CD and Flux refuse a
wrong type.

Correct the field in the patch. Raise `spec.kubernetes.version` if your API server is newer and knows the field.",
};

/// What the schema finds, and what it cannot know.
pub(super) fn check(patched: &Patched<'_>) -> Vec<Complaint> {
    let found = patched.schema.faults(&patched.after).into_iter().chain(metadata(patched)).chain(pods(patched));
    found.map(|fault| complaint(patched, &fault)).collect()
}

fn complaint(patched: &Patched<'_>, fault: &Fault) -> Complaint {
    let object = called(patched.kind, &patched.before);
    Complaint {
        rule: RULE,
        place: patched.place(&fault.way),
        message: format!("with the override, {object} is not valid: `{}` {}", shown(&fault.way), fault.what),
        label: String::new(),
        help: fault.help.clone().unwrap_or_else(|| "see `kubectl explain` for the field".to_owned()),
    }
}

fn fault(way: &[&str], what: impl Into<String>) -> Fault {
    Fault { way: way.iter().map(|step| (*step).to_owned()).collect(), what: what.into(), help: None }
}

/// Keys and values of labels, and keys of annotations.
fn metadata(patched: &Patched<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for parents in [&["metadata"][..], &["spec", "template", "metadata"][..]] {
        let Some(metadata) = at(&patched.after, parents) else { continue };
        for (key, value) in metadata["labels"].as_object().into_iter().flatten() {
            let way = [parents, &["labels", key][..]].concat();
            if !is_label_key(key) {
                faults.push(fault(&way, "is no key of a label"));
            } else if value.as_str().is_some_and(|value| !is_label_value(value)) {
                faults.push(fault(&way, "is no value of a label (at most 63 letters, digits, `-`, `_` and `.`)"));
            }
        }
        let annotations = metadata["annotations"].as_object().into_iter().flatten();
        let wrong = annotations.filter(|(key, _)| !is_annotation_key(key));
        faults.extend(
            wrong.map(|(key, _)| fault(&[parents, &["annotations", key][..]].concat(), "is no key of an annotation")),
        );
    }
    faults
}

/// What the API server demands of containers beyond the schema: an image, and volumes that are there.
fn pods(patched: &Patched<'_>) -> Vec<Fault> {
    let spec = ["spec", "template", "spec"];
    let Some(pod) = at(&patched.after, &spec) else { return Vec::new() };
    let names = |list: &Value, name: fn(&Value) -> &Value| -> Vec<String> {
        let items = list.as_array().into_iter().flatten();
        items.filter_map(|item| name(item).as_str().map(str::to_owned)).collect()
    };
    let mut volumes = names(&pod["volumes"], |volume| &volume["name"]);
    volumes.extend(names(&patched.after["spec"]["volumeClaimTemplates"], |claim| &claim["metadata"]["name"]));
    let mut faults = Vec::new();
    for list in ["initContainers", "containers"] {
        for container in pod[list].as_array().into_iter().flatten() {
            let name = format!("[{}]", container["name"].as_str().unwrap_or_default());
            let way = [&spec[..], &[list, name.as_str()]].concat();
            if container["image"].as_str().is_none_or(str::is_empty) {
                faults.push(fault(&[&way[..], &["image"]].concat(), "is missing"));
            }
            for mount in container["volumeMounts"].as_array().into_iter().flatten() {
                let path = mount["mountPath"].as_str().unwrap_or_default();
                let step = format!("[{path}]");
                let way = [&way[..], &["volumeMounts", step.as_str()]].concat();
                if mount["name"].as_str().is_some_and(|name| !volumes.iter().any(|it| it == name)) {
                    faults.push(fault(&[&way[..], &["name"]].concat(), "names a volume that the pod does not have"));
                }
                if !is_mount_path(path) {
                    faults.push(fault(
                        &[&way[..], &["mountPath"]].concat(),
                        "is no absolute path without `:`, `.` and `..`",
                    ));
                }
            }
        }
    }
    faults
}

fn at<'v>(value: &'v Value, way: &[&str]) -> Option<&'v Value> {
    way.iter().try_fold(value, |value, key| value.get(key))
}

//! The PVCs: the new StatefulSets must ask for exactly the ones that there are, and mount them where they are mounted.

use cassc_import::documents::At;
use cassc_import::report::Refusal;
use cassc_ring::names;
use cassc_ring::quantity;
use serde_json::Value;

use super::Input;
use super::live::{TAKE_DUMP, items, named, text};
use crate::cluster::Rack;

/// Everything that is otherwise.
pub(super) fn refusals(input: &Input<'_>) -> Vec<Refusal> {
    let mut refused = Vec::new();
    for (_, rack) in input.cluster.racks() {
        let Some(set) = input.live.get("StatefulSet", &rack.stateful_set) else { continue };
        let Some(rendered) = input.rendered("StatefulSet", &rack.stateful_set) else { continue };
        refused.extend(templates(set, rendered));
        for template in items(&set.keys(&["spec", "volumeClaimTemplates"])) {
            let name = text(&template.keys(&["metadata", "name"]));
            for ordinal in 0..rack.nodes {
                refused.extend(claim(input, rack, (name, ordinal), set, rendered));
            }
        }
    }
    refused
}

fn templates(set: &At<'_>, rendered: &Value) -> Vec<Refusal> {
    let at = set.keys(&["spec", "volumeClaimTemplates"]);
    let mut refused = Vec::new();
    for template in items(&at) {
        let name = text(&template.keys(&["metadata", "name"]));
        match rendered_template(rendered, name) {
            Some(wanted) => {
                refused.extend(template_fields(&template, wanted).into_iter().chain(path(set, rendered, name)));
            }
            None => refused.push(template.refused(
                format!("pods have a PVC `{name}`, and the topology none of that name"),
                "write it into `storage.additionalVolumes`, with `claim`",
            )),
        }
    }
    let live: Vec<&str> = items(&at).iter().map(|it| text(&it.keys(&["metadata", "name"]))).collect();
    let new = names_of(rendered).into_iter().filter(|name| !live.contains(name));
    refused.extend(new.map(|name| {
        let message = format!("the topology has a PVC `{name}`, and the pods none of that name");
        at.refused(message, "adopt the cluster as it is; a PVC cannot be added to StatefulSets that exist")
    }));
    refused
}

/// Class, access mode and size; what is not written is Kubernetes' to choose, and stays.
fn template_fields(template: &At<'_>, wanted: &Value) -> Vec<Refusal> {
    let spec = template.key("spec");
    let mut refused = Vec::new();
    for (field, pointer, advice) in [
        ("storageClassName", "/spec/storageClassName", "`storage.class`"),
        ("accessModes", "/spec/accessModes", "`storage.accessMode`"),
        ("volumeMode", "/spec/volumeMode", "a volume with a file system"),
    ] {
        let at = spec.key(field);
        let (was, now) = (at.value(), wanted.pointer(pointer));
        let is_left_out = field == "volumeMode" && was.is_none();
        if was != now && !is_left_out {
            let told = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), ToString::to_string);
            let message = format!("PVCs have `{field}: {}`, and the topology asks for {}", told(was), told(now));
            refused.push(at.refused(message, format!("write {advice} as it is")));
        }
    }
    let at = spec.keys(&["resources", "requests", "storage"]);
    let now = wanted.pointer("/spec/resources/requests/storage").and_then(Value::as_str).unwrap_or_default();
    if bytes(text(&at)) != bytes(now) {
        let message = format!("PVCs are made with {}, and the topology says {now}", text(&at));
        refused.push(at.refused(message, "write that as `storage.size`; `storage.expandTo` grows volumes"));
    }
    refused
}

fn path(set: &At<'_>, rendered: &Value, name: &str) -> Option<Refusal> {
    let containers = set.keys(&["spec", "template", "spec", "containers"]);
    let mounts = named(&containers, "cassandra")?.key("volumeMounts");
    let at = named(&mounts, name)?.key("mountPath");
    let of_name = |list: &Value, wanted: &str| {
        list.as_array()?.iter().find(|it| it.get("name").and_then(Value::as_str) == Some(wanted)).cloned()
    };
    let container = of_name(rendered.pointer("/spec/template/spec/containers")?, "cassandra")?;
    let now = of_name(container.get("volumeMounts")?, name)?;
    let now = now.get("mountPath").and_then(Value::as_str)?.to_owned();
    (text(&at) != now).then(|| {
        let message = format!("the PVC `{name}` is mounted at {}, and in the topology at {now}", text(&at));
        at.refused(message, "write `mountPath` as it is")
    })
}

/// One PVC of one pod.
fn claim(
    input: &Input<'_>,
    rack: &Rack,
    (template, ordinal): (&str, u32),
    set: &At<'_>,
    rendered: &Value,
) -> Option<Refusal> {
    let name = names::claim(template, &names::pod(&rack.stateful_set, ordinal));
    let Some(claim) = input.live.get("PersistentVolumeClaim", &name) else {
        return Some(set.refused(format!("the dump has no PVC `{name}`"), TAKE_DUMP));
    };
    let phase = claim.keys(&["status", "phase"]);
    if text(&phase) != "Bound" || claim.keys(&["metadata", "deletionTimestamp"]).value().is_some() {
        let help = "a PVC that is being deleted goes when its pod does: rescue the data first";
        return Some(phase.refused("the PVC is not bound, or is being deleted", help));
    }
    let at = claim.keys(&["spec", "resources", "requests", "storage"]);
    let size = rendered_template(rendered, template)?.pointer("/spec/resources/requests/storage")?.as_str()?;
    let is_data = template == names::SERVER_DATA;
    let wanted = rack.expand_to.as_deref().filter(|_| is_data).unwrap_or(size);
    (bytes(text(&at)) != bytes(wanted)).then(|| {
        let message = format!("the PVC has {}, and the topology says {wanted}", text(&at));
        at.refused(
            message,
            "write the size that StatefulSets have as `storage.size`, and that of the PVCs as `expandTo`",
        )
    })
}

fn rendered_template<'r>(rendered: &'r Value, name: &str) -> Option<&'r Value> {
    let mut templates = rendered.pointer("/spec/volumeClaimTemplates")?.as_array()?.iter();
    templates.find(|it| it.pointer("/metadata/name").and_then(Value::as_str) == Some(name))
}

fn names_of(rendered: &Value) -> Vec<&str> {
    let templates = rendered.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
    templates.into_iter().flatten().filter_map(|it| it.pointer("/metadata/name")?.as_str()).collect()
}

/// A size in bytes, so that 1024Mi is 1Gi; `None` for what is no quantity.
fn bytes(text: &str) -> Option<u64> {
    quantity::bytes(text)
}

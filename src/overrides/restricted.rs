//! W507 for overrides: pods that comply with the `restricted` Pod Security Standard without an override and not with it.

use k8s_openapi::api::core::v1::{Container, PodTemplateSpec, Volume};
use serde::Deserialize;
use serde_json::Value;

use super::patched::Patched;
use super::{Complaint, called};
use crate::check::RESTRICTED;
use crate::diagnostic::{Route, Step};
use crate::kubernetes::restricted::{container_faults, pod_faults};
use crate::kubernetes::schema::Way;

/// A violation: the way to it, and a sentence without its subject.
type Violation = (Way, String);

/// What the overrides add to what the topology violates by its fields, for which W507 has a place of its own.
pub(super) fn check(patched: &Patched<'_>) -> Vec<Complaint> {
    let named = |object: &Value| -> Vec<Violation> {
        let found = violations(object).into_iter();
        found.map(|(way, fault)| (patched.schema.named(object, &way), fault)).collect()
    };
    let before = named(&patched.before);
    let new = named(&patched.after).into_iter().filter(|it| !before.contains(it));
    let complaint = |(way, fault): Violation| Complaint {
        rule: RESTRICTED,
        place: patched.place(&way),
        message: format!(
            "with the override, the pods of {} violate the `restricted` standard: {fault}",
            called(patched.kind, &patched.before)
        ),
        label: String::new(),
        help: "remove it, or accept W507 if the namespace does not enforce the standard".to_owned(),
    };
    new.map(complaint).collect()
}

/// What our types of Kubernetes cannot read has a wrong type, which another rule tells.
fn violations(object: &Value) -> Vec<Violation> {
    let outer = if object.pointer("/spec/jobTemplate").is_some() { &["spec", "jobTemplate"][..] } else { &[] };
    let spec = || outer.iter().chain(&["spec", "template", "spec"]).map(|key| (*key).to_owned()).collect::<Way>();
    let template = object.pointer(&format!("/{}", [outer, &["spec", "template"]].concat().join("/")));
    let template = template.and_then(|template| PodTemplateSpec::deserialize(template).ok());
    let Some(pod) = template.and_then(|template| template.spec) else { return Vec::new() };
    let way = |keys: &[&str], route: &Route| -> Way {
        let steps = route.steps().iter().map(|step| match step {
            Step::Key(key) => key.clone(),
            Step::Index(index) => format!("[{index}]"),
        });
        spec().into_iter().chain(keys.iter().map(|key| (*key).to_owned())).chain(steps).collect()
    };
    let mut found: Vec<Violation> = Vec::new();
    let namespaces = [("hostNetwork", pod.host_network), ("hostPID", pod.host_pid), ("hostIPC", pod.host_ipc)];
    for (key, _) in namespaces.into_iter().filter(|(_, is_on)| *is_on == Some(true)) {
        found.push((way(&[key], &Route::root()), "they use a namespace of their worker".to_owned()));
    }
    for volume in pod.volumes.iter().flatten().filter(|volume| !is_allowed(volume)) {
        let name = format!("[{}]", volume.name);
        let fault = format!("the volume `{}` is of a type that it does not allow", volume.name);
        found.push((way(&["volumes", &name], &Route::root()), fault));
    }
    let context = pod.security_context.clone().unwrap_or_default();
    let of_pod = pod_faults(&context).into_iter();
    found.extend(of_pod.map(|(route, fault)| (way(&["securityContext"], &route), format!("they {fault}"))));
    for (list, containers) in [("initContainers", pod.init_containers), ("containers", Some(pod.containers))] {
        for mut container in containers.into_iter().flatten() {
            container.security_context.get_or_insert_default();
            found.extend(of_container(&container, |route| way(&[list, &format!("[{}]", container.name)], route)));
        }
    }
    found
}

fn of_container(container: &Container, way: impl Fn(&Route) -> Way) -> Vec<Violation> {
    let faults = container_faults(container).into_iter();
    faults.map(|(route, fault)| (way(&route), format!("the container `{}` {fault}", container.name))).collect()
}

/// The types of volumes that the standard allows; a type that our types do not know is not among them.
fn is_allowed(volume: &Volume) -> bool {
    let allowed = [
        volume.config_map.is_some(),
        volume.csi.is_some(),
        volume.downward_api.is_some(),
        volume.empty_dir.is_some(),
        volume.ephemeral.is_some(),
        volume.persistent_volume_claim.is_some(),
        volume.projected.is_some(),
        volume.secret.is_some(),
    ];
    allowed.contains(&true)
}

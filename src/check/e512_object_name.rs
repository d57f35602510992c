//! E512: references to objects with invalid names.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{SUBDOMAIN_LENGTH, is_subdomain};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{AdditionalVolume, EnvironmentValue};

pub(super) const RULE: Rule = Rule {
    code: "E512",
    name: "object-name",
    summary: "the topology refers to an object with an invalid name",
    explain: "\
An object with an invalid name cannot exist. The API server refuses the reference, or pods wait for a StorageClass or a Secret
that never exists.

Write the name as `kubectl get` prints it: at most 253 lower-case letters, digits, `-` and `.`. To use the default StorageClass,
PriorityClass or service account, remove the field instead of leaving it empty.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (what, name, route) in names(subject).into_iter().filter(|(_, name, _)| !is_subdomain(name)) {
        let at = subject.value(route, "");
        let empty = |at| {
            let complaint = RULE.complain(format!("the name of a {what} is empty"), at);
            complaint.help("write a name, or remove the field")
        };
        let malformed = |at| {
            let form = format!("at most {SUBDOMAIN_LENGTH} lower-case letters, digits, `-` and `.`");
            let message = format!("`{}` is not a valid name of a {what}", name.escape_debug());
            RULE.complain(message, at).expected(form)
        };
        complaints.push(if name.is_empty() { empty(at) } else { malformed(at) });
    }
}

/// All references to objects: the kind, the name, and the place.
fn names<'t>(subject: &Subject<'t>) -> Vec<(&'static str, &'t str, Route)> {
    let spec = subject.spec();
    let mut names: Vec<(&'static str, &'t str, Route)> = Vec::new();
    let classes = std::iter::once((Level::Cluster, &spec.storage.class))
        .chain(spec.datacenters.iter().enumerate().map(|(index, it)| (Level::Datacenter(index), &it.storage.class)))
        .chain(subject.racks.iter().map(|place| (place.level(), &place.rack.storage.class)));
    for (level, class) in classes {
        names.extend(
            class.iter().map(|name| ("StorageClass", name.as_str(), level.route().key("storage").key("class"))),
        );
    }
    for (level, scheduling) in subject.schedulings() {
        let route = level.route().key("scheduling");
        let priority = scheduling.priority_class.iter();
        names.extend(priority.map(|name| ("PriorityClass", name.as_str(), route.key("priorityClass"))));
        let scheduler = scheduling.scheduler_name.iter();
        names.extend(scheduler.map(|name| ("scheduler", name.as_str(), route.key("schedulerName"))));
    }
    for (index, volume) in spec.storage.additional_volumes.iter().enumerate() {
        let route = Route::of("spec.storage.additionalVolumes").index(index);
        let class = volume.claim.iter().flat_map(|claim| &claim.class);
        names.extend(class.map(|name| ("StorageClass", name.as_str(), route.key("claim").key("class"))));
        let (config_map, secret) = (volume.config_map.iter(), volume.secret.iter());
        names.extend(config_map.map(|it| ("ConfigMap", it.name.as_str(), route.key("configMap").key("name"))));
        names.extend(secret.map(|it| ("Secret", it.name.as_str(), route.key("secret").key("name"))));
        names.extend(projected(volume, &route));
    }
    for (level, pod) in subject.written_pods() {
        let route = |field: &str| level.route().key("pod").key(field);
        for (index, secret) in pod.image_pull_secrets.iter().flatten().enumerate() {
            names.push(("Secret", secret, route("imagePullSecrets").index(index)));
        }
        names.extend(pod.runtime_class_name.iter().map(|it| ("RuntimeClass", it.as_str(), route("runtimeClassName"))));
        names.extend(pod.service_account.iter().map(|it| ("service account", it.as_str(), route("serviceAccount"))));
    }
    let superuser = spec.auth.superuser.secret_name.iter();
    names.extend(superuser.map(|name| ("Secret", name.as_str(), Route::of("spec.auth.superuser.secretName"))));
    let roles =
        spec.auth.roles.iter().enumerate().filter_map(|(index, role)| Some((index, role.secret_name.as_ref()?)));
    let route = |index: usize| Route::of("spec.auth.roles").index(index).key("secretName");
    names.extend(roles.map(|(index, name)| ("Secret", name.as_str(), route(index))));
    let of_datacenters = spec.datacenters.iter().enumerate();
    let apis = of_datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.management_api));
    for (level, api) in apis.chain([(Level::Cluster, &spec.management_api)]) {
        let route = level.route().join(&Route::of("managementApi.tls.serverSecret"));
        names.extend(api.tls.iter().map(|tls| ("Secret", tls.server_secret.as_str(), route.clone())));
    }
    names.extend(of_reaper(subject));
    for (variable, value) in &spec.cassandra.environment {
        if let EnvironmentValue::FromSecret(secret) = value {
            let route = Route::of("spec.cassandra.environment").key(variable).key("secretKeyRef").key("name");
            names.push(("Secret", &secret.secret_key_ref.name, route));
        }
    }
    names
}

/// The Secrets of Reaper, and the class of its volume.
fn of_reaper<'t>(subject: &Subject<'t>) -> Vec<(&'static str, &'t str, Route)> {
    let Some(reaper) = &subject.spec().repair.reaper else { return Vec::new() };
    let (auth, class) = (&reaper.auth, reaper.volume.as_ref().and_then(|volume| volume.class.as_ref()));
    let named = [
        ("Secret", &auth.ui_secret, "auth.uiSecret"),
        ("Secret", &auth.role_secret, "auth.roleSecret"),
        ("Secret", &auth.keystores_secret, "auth.keystoresSecret"),
    ];
    let route = |field: &str| Route::of("spec.repair.reaper").join(&Route::of(field));
    let secrets = named.into_iter().filter_map(|(kind, name, field)| Some((kind, name.as_deref()?, route(field))));
    secrets.chain(class.map(|class| ("StorageClass", class.as_str(), route("volume.class")))).collect()
}

/// The objects behind a `projected` volume, and the Secret of a CSI driver.
fn projected<'t>(volume: &'t AdditionalVolume, route: &Route) -> Vec<(&'static str, &'t str, Route)> {
    let sources = volume.projected.iter().flat_map(|projected| projected.sources.iter().flatten()).enumerate();
    let named = sources.flat_map(|(index, source)| {
        let route = route.key("projected").key("sources").index(index);
        let config_map = source.config_map.iter();
        let config_map = config_map.map(|it| ("ConfigMap", it.name.as_str(), route.key("configMap").key("name")));
        let secret = source.secret.iter().map(|it| ("Secret", it.name.as_str(), route.key("secret").key("name")));
        config_map.chain(secret).collect::<Vec<_>>()
    });
    let secret = volume.csi.iter().filter_map(|csi| csi.node_publish_secret_ref.as_ref());
    let way = Route::of("csi.nodePublishSecretRef.name");
    named.chain(secret.map(|secret| ("Secret", secret.name.as_str(), route.join(&way)))).collect()
}

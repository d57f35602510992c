//! What the pods and services of a lock carry.

use k8s_openapi::api::core::v1::Container;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::rack::claim;
use super::{
    AMOUNT, Valid, amounts, annotations, each, field, is, label, labels, number, optional, size, subdomain, text,
    texts_of,
};
use crate::cluster::{
    AdditionalVolume, OwnServices, Pod, Probes, ServiceOptions, Services, SystemLogger, VolumeSource,
};
use crate::kubernetes::image::read;
use crate::kubernetes::quantity;
use crate::kubernetes::syntax::is_mount_path;
use crate::topology::ProbeTimings;

/// The words of Kubernetes for which name servers a pod asks.
const DNS_POLICIES: [&str; 4] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
/// What the script of the readiness probe needs for itself, and a second to ask.
const SHORTEST_READINESS: u32 = 3;

/// What else the pods carry. What is in Kubernetes' own form is held to texts that can be written; Kubernetes judges the
/// rest.
pub(super) fn pod(pod: &Pod) -> Valid {
    let Pod {
        labels: own, annotations: notes, containers, init_containers, service_account, image_pull_secrets, ..
    } = pod;
    field("labels", labels(own))?;
    field("annotations", annotations(notes))?;
    for (key, list) in [("containers", containers), ("initContainers", init_containers)] {
        each(key, list, container)?;
    }
    optional("serviceAccount", service_account.as_ref(), |name| subdomain(name))?;
    each("imagePullSecrets", image_pull_secrets, |name| subdomain(name))?;
    let Pod { host_aliases, dns_policy, dns_config, runtime_class_name, probes, security_context, .. } = pod;
    each("hostAliases", host_aliases, texts_of)?;
    optional("dnsPolicy", dns_policy.as_ref(), |word| {
        is(word, DNS_POLICIES.contains(&word.as_str()), "a policy, such as ClusterFirst")
    })?;
    optional("dnsConfig", dns_config.as_ref(), texts_of)?;
    optional("runtimeClassName", runtime_class_name.as_ref(), |name| subdomain(name))?;
    let Probes { liveness, readiness, startup } = probes;
    field("probes", field("liveness", timings(liveness, 1)))?;
    field("probes", field("readiness", timings(readiness, SHORTEST_READINESS)))?;
    field("probes", optional("startup", startup.as_ref(), |it| timings(it, 1)))?;
    optional("securityContext", security_context.as_ref(), texts_of)
}

/// What the plan adds up are quantities.
fn container(container: &Container) -> Valid {
    field("name", label(&container.name))?;
    texts_of(container)?;
    let resources = container.resources.iter();
    let both = resources.flat_map(|it| [("requests", &it.requests), ("limits", &it.limits)]);
    for (key, amounts) in both {
        for (resource, Quantity(written)) in amounts.iter().flatten() {
            let valid = is(written, written.parse::<quantity::Quantity>().is_ok(), AMOUNT);
            field("resources", field(key, field(resource, valid)))?;
        }
    }
    Ok(())
}

fn timings(timings: &ProbeTimings, shortest: u32) -> Valid {
    let ProbeTimings { initial_delay_seconds, period_seconds, timeout_seconds, failure_threshold } = timings;
    let all = [
        ("initialDelaySeconds", initial_delay_seconds, 0),
        ("periodSeconds", period_seconds, 1),
        ("timeoutSeconds", timeout_seconds, shortest),
        ("failureThreshold", failure_threshold, 1),
    ];
    all.into_iter().try_for_each(|(key, value, least)| {
        let fits = |number: &u32| *number >= least && i32::try_from(*number).is_ok();
        optional(key, value.as_ref(), |it| number(*it, fits(it), &format!("{least} to {}", i32::MAX)))
    })
}

/// The reference of an image.
pub(super) fn image(reference: &str) -> Valid {
    is(reference, read(reference).is_ok(), "a repository and a tag, such as `registry.example.com/name:1.2.3`")
}

/// The container that prints `system.log`.
pub(super) fn system_logger(SystemLogger { image: of_logger, requests, limits }: &SystemLogger) -> Valid {
    field("image", image(of_logger))?;
    field("requests", amounts(requests))?;
    field("limits", amounts(limits))
}

/// A volume beside the data volume.
pub(super) fn additional_volume(AdditionalVolume { name, mount_path, source }: &AdditionalVolume) -> Valid {
    field("name", label(name))?;
    field("mountPath", text(mount_path))?;
    field("mountPath", is(mount_path, is_mount_path(mount_path), "an absolute path, without `.`, `..` and `:`"))?;
    let source = match source {
        VolumeSource::Claim(born) => field("claim", claim(born)),
        VolumeSource::ConfigMap(name) => field("configMap", subdomain(name)),
        VolumeSource::Secret(name) => field("secret", subdomain(name)),
        VolumeSource::EmptyDir(limit) => optional("emptyDir", limit.as_ref(), |limit| size(limit)),
        VolumeSource::DownwardApi(source) => field("downwardAPI", texts_of(source)),
        VolumeSource::Projected(source) => field("projected", texts_of(source)),
        VolumeSource::Csi(source) => field("csi", texts_of(source)),
    };
    field("source", source)
}

/// Labels and annotations of the services.
pub(super) fn services(services: &Services) -> Valid {
    let Services { cql, all_pods, seed, additional_seed, node_port } = services;
    let all = [
        ("cql", cql),
        ("allPods", all_pods),
        ("seed", seed),
        ("additionalSeed", additional_seed),
        ("nodePort", node_port),
    ];
    all.into_iter().try_for_each(service)
}

/// Those of a datacenter.
pub(super) fn own_services(services: &OwnServices) -> Valid {
    let OwnServices { all_pods, seed, additional_seed, node_port } = services;
    let all = [("allPods", all_pods), ("seed", seed), ("additionalSeed", additional_seed), ("nodePort", node_port)];
    all.into_iter().try_for_each(service)
}

fn service((key, options): (&str, &ServiceOptions)) -> Valid {
    let ServiceOptions { labels: own, annotations: notes } = options;
    field(key, field("labels", labels(own)).and(field("annotations", annotations(notes))))
}

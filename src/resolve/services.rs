//! What services carry: what is written at the cluster and at a datacenter, together. Called by [`super::resolve`].

use crate::cluster::{CqlService, OwnServices, ServiceOptions, Services, StringMap};
use crate::topology::{self, CqlServiceType};

/// As the user wrote them.
pub(super) fn services(written: &topology::Services) -> Services {
    Services {
        cql: ServiceOptions { labels: written.cql.labels.clone(), annotations: written.cql.annotations.clone() },
        all_pods: options(&written.all_pods),
        seed: options(&written.seed),
        additional_seed: options(&written.additional_seed),
        node_port: options(&written.node_port),
    }
}

fn options(written: &topology::ServiceOptions) -> ServiceOptions {
    ServiceOptions { labels: written.labels.clone(), annotations: written.annotations.clone() }
}

/// What a datacenter writes itself, laid over what the cluster writes; `None` where it writes nothing.
pub(super) fn own_services(cluster: &topology::Services, own: &topology::Services) -> Option<OwnServices> {
    let written = [&own.all_pods, &own.seed, &own.additional_seed, &own.node_port];
    let is_written = written.iter().any(|it| !it.labels.is_empty() || !it.annotations.is_empty());
    let merged = |outer: &topology::ServiceOptions, inner: &topology::ServiceOptions| {
        let ServiceOptions { mut labels, mut annotations } = options(outer);
        labels.extend(inner.labels.clone());
        annotations.extend(inner.annotations.clone());
        ServiceOptions { labels, annotations }
    };
    is_written.then(|| OwnServices {
        all_pods: merged(&cluster.all_pods, &own.all_pods),
        seed: merged(&cluster.seed, &own.seed),
        additional_seed: merged(&cluster.additional_seed, &own.additional_seed),
        node_port: merged(&cluster.node_port, &own.node_port),
    })
}

/// `None` where everything is as for every datacenter before there were types.
pub(super) fn cql_service(cluster: &topology::CqlService, datacenter: &topology::CqlService) -> Option<CqlService> {
    let service_type = datacenter.r#type.or(cluster.r#type);
    let is_own = !datacenter.labels.is_empty() || !datacenter.annotations.is_empty();
    let merged = |outer: &StringMap, inner: &StringMap| outer.clone().into_iter().chain(inner.clone()).collect();
    let ranges = datacenter.load_balancer_source_ranges.as_ref().or(cluster.load_balancer_source_ranges.as_ref());
    let is_balanced = service_type == Some(CqlServiceType::LoadBalancer);
    let class = datacenter.load_balancer_class.as_ref().or(cluster.load_balancer_class.as_ref());
    let policy = datacenter.external_traffic_policy.or(cluster.external_traffic_policy);
    (service_type.is_some() || is_own).then(|| CqlService {
        service_type,
        labels: merged(&cluster.labels, &datacenter.labels),
        annotations: merged(&cluster.annotations, &datacenter.annotations),
        load_balancer_class: class.filter(|_| is_balanced).cloned(),
        load_balancer_source_ranges: ranges.filter(|_| is_balanced).cloned().unwrap_or_default(),
        external_traffic_policy: policy.filter(|_| is_balanced),
    })
}

//! The pod template of a rack: labels, placement, security.

use cassc_ring::names;
use k8s_openapi::api::core::v1::{
    Affinity, LocalObjectReference, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm,
    PodAffinityTerm, PodAntiAffinity, PodSecurityContext, PodSpec, PodTemplateSpec, SeccompProfile,
    TopologySpreadConstraint, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::kit::{self, not_empty};
use super::{Here, containers, volumes};
use crate::cluster::{CASSANDRA_ID, Datacenter, Pod, Rack, RestartTokens, StringMap, TopologySpread};
use crate::topology::{AntiAffinity, WhenUnsatisfiable};

/// Before the level of a restart token, in the annotations of the pods. E501 keeps users away from it.
pub(crate) const RESTART_PREFIX: &str = "cassc/restart-";

/// The template. What may change without a restart is not in it.
pub(super) fn template(here: Here<'_>, datacenter: &Datacenter, rack: &Rack, configuration: &str) -> PodTemplateSpec {
    let own = kit::labels(here.cluster, kit::rack_selector(here.cluster, datacenter, rack));
    let labels: StringMap = here.cluster.pod_of(datacenter).labels.clone().into_iter().chain(own).collect();
    PodTemplateSpec {
        metadata: Some(ObjectMeta {
            labels: Some(labels),
            annotations: not_empty(annotations(here.cluster.pod_of(datacenter), rack)),
            ..ObjectMeta::default()
        }),
        spec: Some(spec(here, datacenter, rack, configuration)),
    }
}

/// The user's, and the tokens that ask for a restart.
fn annotations(pod: &Pod, rack: &Rack) -> StringMap {
    let RestartTokens { cluster: all, datacenter, rack: own } = &rack.restart;
    let levels = [("cluster", all), ("datacenter", datacenter), ("rack", own)];
    let tokens =
        levels.into_iter().filter_map(|(level, token)| Some((format!("{RESTART_PREFIX}{level}"), token.clone()?)));
    pod.annotations.clone().into_iter().chain(tokens).collect()
}

/// Service links are off: they would put a variable per service of the namespace into Cassandra's environment.
fn spec(here: Here<'_>, datacenter: &Datacenter, rack: &Rack, configuration: &str) -> PodSpec {
    let (cluster, pod) = (here.cluster, here.cluster.pod_of(datacenter));
    let account = pod.service_account.clone().unwrap_or_else(|| names::service_account(&cluster.name));
    let secret = |name: &String| LocalObjectReference { name: name.clone() };
    let spread = |spread| topology_spread(here, datacenter, spread);
    PodSpec {
        affinity: affinity(here, rack),
        automount_service_account_token: Some(false),
        containers: containers::containers(here, datacenter, rack),
        dns_config: pod.dns_config.clone(),
        dns_policy: dns_policy(pod),
        enable_service_links: Some(false),
        host_aliases: not_empty(pod.host_aliases.clone()),
        host_network: pod.host_network.then_some(true),
        image_pull_secrets: not_empty(pod.image_pull_secrets.iter().map(secret).collect::<Vec<_>>()),
        init_containers: Some(containers::init_containers(here, datacenter, rack)),
        priority_class_name: rack.scheduling.priority_class.clone(),
        runtime_class_name: pod.runtime_class_name.clone(),
        scheduler_name: rack.scheduling.scheduler_name.clone(),
        security_context: Some(pod.security_context.clone().unwrap_or_else(restricted)),
        service_account_name: Some(account),
        termination_grace_period_seconds: Some(i64::from(pod.termination_grace_seconds)),
        tolerations: not_empty(rack.scheduling.tolerations.clone()),
        topology_spread_constraints: not_empty(rack.scheduling.topology_spread.iter().map(spread).collect::<Vec<_>>()),
        volumes: Some(volumes::volumes(cluster, datacenter, configuration)),
        ..PodSpec::default()
    }
}

/// On the network of its worker a pod would otherwise ask the worker's name servers, which cannot resolve pods.
fn dns_policy(pod: &Pod) -> Option<String> {
    let of_worker = || pod.host_network.then(|| "ClusterFirstWithHostNet".to_owned());
    pod.dns_policy.clone().or_else(of_worker)
}

/// The `restricted` Pod Security Standard, as far as it is the pod's. A volume whose root already belongs to the group
/// is not walked: with terabytes of data that would take minutes at every start.
fn restricted() -> PodSecurityContext {
    PodSecurityContext {
        run_as_user: Some(CASSANDRA_ID),
        run_as_group: Some(CASSANDRA_ID),
        fs_group: Some(CASSANDRA_ID),
        run_as_non_root: Some(true),
        fs_group_change_policy: Some("OnRootMismatch".to_owned()),
        seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), localhost_profile: None }),
        ..PodSecurityContext::default()
    }
}

fn affinity(here: Here<'_>, rack: &Rack) -> Option<Affinity> {
    let node_affinity = node_affinity(rack);
    let pod_anti_affinity = rack.scheduling.anti_affinity.map(|strength| anti_affinity(here, strength));
    let any = node_affinity.is_some() || pod_anti_affinity.is_some();
    any.then_some(Affinity { node_affinity, pod_affinity: None, pod_anti_affinity })
}

/// The user's, and in each of its terms the labels that a worker must carry: terms are alternatives, so that a term without
/// them would let the pods go to another zone.
fn node_affinity(rack: &Rack) -> Option<NodeAffinity> {
    let written = rack.scheduling.node_affinity.clone().unwrap_or_default();
    let terms = written.required_during_scheduling_ignored_during_execution.map(|it| it.node_selector_terms);
    let terms = terms.unwrap_or_else(|| vec![NodeSelectorTerm::default()]);
    let with_labels = |term: NodeSelectorTerm| {
        let expressions = requirements(&rack.node_labels).chain(term.match_expressions.into_iter().flatten());
        NodeSelectorTerm { match_expressions: not_empty(expressions.collect::<Vec<_>>()), ..term }
    };
    let is_something = |term: &NodeSelectorTerm| term.match_expressions.is_some() || term.match_fields.is_some();
    let terms: Vec<NodeSelectorTerm> = terms.into_iter().map(with_labels).filter(is_something).collect();
    let affinity = NodeAffinity {
        required_during_scheduling_ignored_during_execution: not_empty(terms)
            .map(|node_selector_terms| NodeSelector { node_selector_terms }),
        ..written
    };
    (affinity != NodeAffinity::default()).then_some(affinity)
}

fn requirements(node_labels: &StringMap) -> impl Iterator<Item = NodeSelectorRequirement> {
    node_labels.iter().map(|(key, value)| NodeSelectorRequirement {
        key: key.clone(),
        operator: "In".to_owned(),
        values: Some(vec![value.clone()]),
    })
}

/// Against pods of this cluster only, in all namespaces that it uses here. The operator's own term matches every
/// cluster of the namespace, so that two small clusters could not share workers.
fn anti_affinity(here: Here<'_>, strength: AntiAffinity) -> PodAntiAffinity {
    let namespaces = here.cluster.namespaces_in(here.kube_cluster);
    let namespaces: Vec<String> = namespaces.into_iter().flatten().map(str::to_owned).collect();
    let term = PodAffinityTerm {
        label_selector: Some(kit::matching(kit::cluster_selector(here.cluster))),
        topology_key: kit::HOSTNAME_LABEL.to_owned(),
        namespaces: (namespaces.len() > 1).then_some(namespaces),
        ..PodAffinityTerm::default()
    };
    match strength {
        AntiAffinity::Required => PodAntiAffinity {
            required_during_scheduling_ignored_during_execution: Some(vec![term]),
            preferred_during_scheduling_ignored_during_execution: None,
        },
        AntiAffinity::Preferred => PodAntiAffinity {
            required_during_scheduling_ignored_during_execution: None,
            preferred_during_scheduling_ignored_during_execution: Some(vec![WeightedPodAffinityTerm {
                pod_affinity_term: term,
                weight: 100,
            }]),
        },
    }
}

fn topology_spread(here: Here<'_>, datacenter: &Datacenter, spread: &TopologySpread) -> TopologySpreadConstraint {
    let when = match spread.when_unsatisfiable {
        WhenUnsatisfiable::DoNotSchedule => "DoNotSchedule",
        WhenUnsatisfiable::ScheduleAnyway => "ScheduleAnyway",
    };
    TopologySpreadConstraint {
        max_skew: i32::from(spread.max_skew),
        topology_key: spread.topology_key.clone(),
        when_unsatisfiable: when.to_owned(),
        label_selector: Some(kit::matching(kit::datacenter_selector(here.cluster, datacenter))),
        ..TopologySpreadConstraint::default()
    }
}

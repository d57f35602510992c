//! What the program may do: exactly the calls that it makes, on named objects where Kubernetes can tell them by name. It
//! cannot for `list`, for `create`, and for what has a name that nobody knows yet: pods and claims of nodes that are to leave, and
//! ConfigMaps and Jobs of earlier generations. Nothing is granted beyond the namespaces of the cluster.

use cassc_ring::names;
use cassc_ring::operation::OperationKind;
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};

use super::super::Here;
use super::super::kit::{self, not_empty};
use super::Program;
use crate::cluster::{Cluster, Rack};

/// The account of the program. Only its pods mount the token.
pub(super) fn account(program: Program<'_>) -> ServiceAccount {
    let cluster = program.here.cluster;
    let name = names::step_account(&cluster.name);
    ServiceAccount {
        metadata: kit::metadata(program.here, name, kit::cluster_selector(cluster)),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// The role of the program in a namespace of its Kubernetes cluster.
pub(super) fn role(program: Program<'_>, namespace: Option<&str>) -> Role {
    let here = Here { namespace, ..program.here };
    let name = names::step_account(&here.cluster.name);
    let mut rules = of_every_namespace(here);
    rules.extend(in_pods(program, here));
    if namespace == program.here.namespace {
        rules.extend(of_home(program));
    }
    Role { metadata: kit::metadata(here, name, kit::cluster_selector(here.cluster)), rules: Some(rules) }
}

/// Gives the role of a namespace to the account at home.
pub(super) fn binding(program: Program<'_>, namespace: Option<&str>) -> RoleBinding {
    let here = Here { namespace, ..program.here };
    let name = names::step_account(&here.cluster.name);
    RoleBinding {
        metadata: kit::metadata(here, name.clone(), kit::cluster_selector(here.cluster)),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "Role".to_owned(),
            name: name.clone(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name,
            namespace: program.here.namespace.map(str::to_owned),
            api_group: None,
        }]),
    }
}

/// Nodes: StatefulSets, pods and claims; what they are configured with; what is remembered of them.
fn of_every_namespace(here: Here<'_>) -> Vec<PolicyRule> {
    let state = || vec![names::state(&here.cluster.name)];
    vec![
        rule("apps", &["statefulsets"], &["list"]),
        named(rule("apps", &["statefulsets/scale"], &["update"]), stateful_sets(here)),
        rule("apps", &["controllerrevisions"], &["list"]),
        rule("", &["pods"], &["list", "delete"]),
        rule("", &["pods/log"], &["get"]),
        rule("", &["pods/eviction"], &["create"]),
        rule("", &["persistentvolumeclaims"], &["get", "list", "patch", "delete"]),
        rule("", &["configmaps"], &["list", "create", "delete"]),
        named(rule("", &["configmaps"], &["get", "update"]), state()),
        rule("", &["events"], &["get", "create", "patch"]),
    ]
}

/// The command that takes a lost node out of the ring runs in the pod of a live one: only while such an operation is asked for. Where
/// a namespace is to have no pods nothing is granted: a rule without names would mean all of them.
fn in_pods(program: Program<'_>, here: Here<'_>) -> Option<PolicyRule> {
    let mut operations = program.steps.operations.iter();
    let is_asked = operations.any(|operation| operation.kind == OperationKind::RemoveNode);
    let pods = Some(pods(here)).filter(|pods| is_asked && !pods.is_empty())?;
    Some(named(rule("", &["pods/exec"], &["create", "get"]), pods))
}

/// What the program reads and holds where it runs.
fn of_home(program: Program<'_>) -> Vec<PolicyRule> {
    let cluster = program.here.cluster;
    let mut rules = vec![
        named(rule("", &["configmaps"], &["get"]), vec![names::desired_ring(&cluster.name)]),
        rule("batch", &["jobs"], &["list", "delete"]),
        rule("coordination.k8s.io", &["leases"], &["create"]),
        named(rule("coordination.k8s.io", &["leases"], &["get", "update"]), vec![names::step_account(&cluster.name)]),
        named(rule("", &["secrets"], &["get"]), secrets(cluster)),
    ];
    let of_roles = program.steps.roles.iter().any(|role| role.generated);
    let generates = program.steps.generates_superuser || of_roles || program.steps.reaper.is_some();
    rules.extend(generates.then(|| rule("", &["secrets"], &["create"])));
    rules
}

fn rule(group: &str, resources: &[&str], verbs: &[&str]) -> PolicyRule {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(texts(resources)),
        verbs: texts(verbs),
        ..PolicyRule::default()
    }
}

fn named(rule: PolicyRule, names: Vec<String>) -> PolicyRule {
    PolicyRule { resource_names: not_empty(names), ..rule }
}

/// The StatefulSets of a namespace. A namespace holds one at least: a list without names would mean all of them.
fn stateful_sets(here: Here<'_>) -> Vec<String> {
    racks(here).map(|rack| rack.stateful_set.clone()).collect()
}

/// The pods of a namespace that the topology asks for.
fn pods(here: Here<'_>) -> Vec<String> {
    let of_rack = |rack: &'_ Rack| (0..rack.nodes).map(|it| names::pod(&rack.stateful_set, it)).collect::<Vec<_>>();
    racks(here).flat_map(of_rack).collect()
}

fn racks(here: Here<'_>) -> impl Iterator<Item = &Rack> {
    let datacenters = here.cluster.datacenters_in(here.kube_cluster).into_iter();
    let here = datacenters.filter(move |datacenter| datacenter.namespace.as_deref() == here.namespace);
    here.flat_map(|datacenter| &datacenter.racks)
}

/// The Secrets of the superuser, of the roles and of Reaper.
fn secrets(cluster: &Cluster) -> Vec<String> {
    let roles = cluster.steps.iter().flat_map(|steps| &steps.roles).map(|role| role.secret.clone());
    let of_reaper =
        cluster.reaper().map(|reaper| reaper.ui_secret.clone()).into_iter().chain(cluster.secrets_of_reaper());
    let mut named: Vec<String> = std::iter::once(cluster.superuser_secret.clone()).chain(roles).collect();
    for secret in of_reaper {
        if !named.contains(&secret) {
            named.push(secret);
        }
    }
    named
}

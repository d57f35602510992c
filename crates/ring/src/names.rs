//! Every object name, in one place. Names follow Cass Operator (`LabelResourceName`, `pkg/reconciliation`), so that a
//! cluster that it runs can be taken over without moving data. What goes in was checked to be a DNS label; nothing is
//! sanitized.
//!
//! Two objects of one kind and name would replace each other. So every rendered object is also in one of the lists `of_…`
//! below the names; E103 compares them.

/// `<cluster>-seed-service`: finds the first pod of each rack.
pub fn seed_service(cluster: &str) -> String {
    format!("{cluster}-seed-service")
}

/// `<cluster>-<datacenter>-all-pods-service`: governs the StatefulSets, names every pod.
pub fn all_pods_service(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-all-pods-service")
}

/// `<cluster>-<datacenter>-service`: ready pods, for CQL clients.
pub fn cql_service(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-service")
}

/// `<cluster>-<datacenter>-client-service`: ready pods behind one address, for CQL clients.
pub fn client_service(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-client-service")
}

/// `<cluster>-<datacenter>-additional-seed-service`: nodes of this Cassandra cluster that run elsewhere.
pub fn additional_seed_service(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-additional-seed-service")
}

/// `<additional seed service>-<kind of addresses>`: the addresses of that service.
pub fn endpoint_slice(cluster: &str, datacenter: &str, addresses: &str) -> String {
    format!("{}-{addresses}", additional_seed_service(cluster, datacenter))
}

/// `<cluster>-<datacenter>-node-port-service`: the CQL port on every worker.
pub fn node_port_service(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-node-port-service")
}

/// `<cluster>-<datacenter>-<rack>-sts`.
pub fn stateful_set(cluster: &str, datacenter: &str, rack: &str) -> String {
    format!("{cluster}-{datacenter}-{rack}-sts")
}

/// `<stateful set>-<ordinal>`, as the StatefulSet controller names its pods.
pub fn pod(stateful_set: &str, ordinal: u32) -> String {
    format!("{stateful_set}-{ordinal}")
}

/// The StatefulSet and the ordinal in the name of one of its pods; `None` for a text that ends in no number.
pub fn parts_of_pod(pod: &str) -> Option<(&str, u32)> {
    let (stateful_set, ordinal) = pod.rsplit_once('-')?;
    Some((stateful_set, ordinal.parse().ok()?))
}

/// The StatefulSet in the name of one of its pods.
pub fn set_of_pod(pod: &str) -> Option<&str> {
    parts_of_pod(pod).map(|(stateful_set, _)| stateful_set)
}

/// `<datacenter>-pdb`: the operator's name, without the cluster in it.
pub fn disruption_budget(datacenter: &str) -> String {
    format!("{datacenter}-pdb")
}

/// `<cluster>-superuser`: the Secret that users make themselves.
pub fn superuser_secret(cluster: &str) -> String {
    format!("{cluster}-superuser")
}

/// `<cluster>-role-<role>`: the Secret of a role beside the superuser.
pub fn role_secret(cluster: &str, role: &str) -> String {
    format!("{cluster}-role-{role}")
}

/// `<cluster>-cassandra`: the service account of the pods, without any rights.
pub fn service_account(cluster: &str) -> String {
    format!("{cluster}-cassandra")
}

/// `<cluster>-<datacenter>-config-<hash>`: one immutable generation of configuration and scripts.
pub fn configuration(cluster: &str, datacenter: &str, hash: &str) -> String {
    format!("{cluster}-{datacenter}-config-{hash}")
}

/// `<cluster>-start-order`: seeds and start order, read by the gate; changing it restarts nothing.
pub fn start_order(cluster: &str) -> String {
    format!("{cluster}-start-order")
}

/// `<cluster>-desired-ring`: what the ring should be, for the steps in the cluster.
pub fn desired_ring(cluster: &str) -> String {
    format!("{cluster}-desired-ring")
}

/// `<cluster>-state`: what the ring is; written in the cluster, never rendered.
pub fn state(cluster: &str) -> String {
    format!("{cluster}-state")
}

/// `<template>-<pod>`, as the StatefulSet controller names the claims of its pods.
pub fn claim(template: &str, pod: &str) -> String {
    format!("{template}-{pod}")
}

/// The claim template of the data, Cass Operator's name: `server-data-<pod>` is what adoption finds.
pub const SERVER_DATA: &str = "server-data";

/// `<cluster>-<step>-<hash>`: the Job of a step (`prepare`, `settle`).
pub fn step(cluster: &str, step: &str, hash: &str) -> String {
    format!("{cluster}-{step}-{hash}")
}

/// `<cluster>-cron`: the CronJob that runs the program in the cluster again. Its Jobs end in a number of minutes, and so are never
/// called as [`step`] calls one.
pub fn schedule(cluster: &str) -> String {
    format!("{cluster}-cron")
}

/// `<cluster>-reaper-service`: Reaper's web and REST interface; Cass Operator's name.
pub fn reaper_service(cluster: &str) -> String {
    format!("{cluster}-reaper-service")
}

/// `<cluster>-reaper-init-schema`: the Job that makes Reaper's role, keyspace and tables; Cass Operator's name.
pub fn reaper_schema(cluster: &str) -> String {
    format!("{cluster}-reaper-init-schema")
}

/// Whether a Job is one that [`reaper_schema`] names: those of steps end in a number.
pub fn is_reaper_schema(job: &str) -> bool {
    job.ends_with(&reaper_schema(""))
}

/// `<cluster>-reaper`: Reaper where it runs in a pod of its own, and its role in Cassandra.
pub fn reaper(cluster: &str) -> String {
    format!("{cluster}-reaper")
}

/// `<cluster>-reaper-ui`: the Secret of its web and REST interface.
pub fn reaper_ui_secret(cluster: &str) -> String {
    format!("{cluster}-reaper-ui")
}

/// `<cluster>-reaper-token`: the Secret that signs the tokens of its REST interface.
pub fn reaper_token_secret(cluster: &str) -> String {
    format!("{cluster}-reaper-token")
}

/// `<cluster>-metrics`: has Prometheus collect the metrics of Cassandra.
pub fn metrics(cluster: &str) -> String {
    format!("{cluster}-metrics")
}

/// `<cluster>-reaper-metrics`: has Prometheus collect the metrics of Reaper.
pub fn reaper_metrics(cluster: &str) -> String {
    format!("{cluster}-reaper-metrics")
}

/// `<cluster>-alerts`: the alerts.
pub fn alerts(cluster: &str) -> String {
    format!("{cluster}-alerts")
}

/// `<cluster>-dashboard-<dashboard>`: a dashboard of Grafana.
pub fn dashboard(cluster: &str, dashboard: &str) -> String {
    format!("{cluster}-dashboard-{dashboard}")
}

/// `<cluster>-step`: service account, role, role binding and lease of the program in the cluster.
pub fn step_account(cluster: &str) -> String {
    format!("{cluster}-step")
}

/// `<cluster>-<datacenter>-cassandra`: the `NetworkPolicy` of the Cassandra pods of a datacenter.
pub fn network_policy(cluster: &str, datacenter: &str) -> String {
    format!("{cluster}-{datacenter}-cassandra")
}

/// The annotation of a StatefulSet with the digest of its pod template, as `ring.json` has it.
pub const TEMPLATE_ANNOTATION: &str = "cassc.io/template";

/// Kind and name of an object.
pub type Named = (&'static str, String);

/// What a cluster has once in each of its namespaces.
pub fn of_cluster(cluster: &str) -> Vec<Named> {
    vec![
        ("Service", seed_service(cluster)),
        ("ServiceAccount", service_account(cluster)),
        ("ConfigMap", start_order(cluster)),
        ("ConfigMap", desired_ring(cluster)),
        ("ConfigMap", state(cluster)),
    ]
}

/// What a cluster has in each of its namespaces beside that where the program in the cluster runs. The Lease and the Secrets that
/// it creates are among it.
pub fn of_steps<'t>(cluster: &str, generated_secrets: impl IntoIterator<Item = &'t str>) -> Vec<Named> {
    let mut named = vec![
        ("ServiceAccount", step_account(cluster)),
        ("Role", step_account(cluster)),
        ("RoleBinding", step_account(cluster)),
        ("Lease", step_account(cluster)),
        ("Job", step(cluster, "settle", "*")),
    ];
    named.extend(generated_secrets.into_iter().map(|name| ("Secret", name.to_owned())));
    named
}

/// What a cluster has beside that where the program runs again on a schedule.
pub fn of_schedule(cluster: &str) -> Vec<Named> {
    vec![("CronJob", schedule(cluster))]
}

/// What a cluster has beside that where Reaper runs.
pub fn of_reaper(cluster: &str) -> Vec<Named> {
    vec![("Service", reaper_service(cluster))]
}

/// What a cluster has beside that where Reaper keeps its tables in Cassandra.
pub fn of_reaper_tables(cluster: &str) -> Vec<Named> {
    vec![("Job", reaper_schema(cluster))]
}

/// What a cluster has beside that where Reaper runs in a pod of its own.
pub fn of_reaper_deployment(cluster: &str) -> Vec<Named> {
    vec![("Deployment", reaper(cluster))]
}

/// What a cluster has beside that where Reaper keeps what it knows on a volume.
pub fn of_reaper_volume(cluster: &str) -> Vec<Named> {
    vec![("PersistentVolumeClaim", reaper(cluster))]
}

/// What a datacenter has beside that where `NetworkPolicies` are rendered.
pub fn of_network_policy(cluster: &str, datacenter: &str) -> Vec<Named> {
    vec![("NetworkPolicy", network_policy(cluster, datacenter))]
}

/// What a cluster has beside that where `NetworkPolicies` are rendered: one for each kind of pod beside those of Cassandra.
pub fn of_other_policies(cluster: &str, other: OtherPods) -> Vec<Named> {
    let OtherPods { steps, reaper_deployment, reaper_tables } = other;
    let policies =
        [(steps, step_account(cluster)), (reaper_deployment, reaper(cluster)), (reaper_tables, reaper_schema(cluster))];
    policies.into_iter().filter(|(runs, _)| *runs).map(|(_, name)| ("NetworkPolicy", name)).collect()
}

/// Which pods a cluster has beside those of Cassandra.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OtherPods {
    /// Those of the program in the cluster.
    pub steps: bool,
    /// Reaper in a pod of its own.
    pub reaper_deployment: bool,
    /// Those of the Job that makes Reaper's tables.
    pub reaper_tables: bool,
}

/// What a cluster has beside that where Prometheus collects its metrics.
pub fn of_metrics(cluster: &str) -> Vec<Named> {
    vec![("ServiceMonitor", metrics(cluster))]
}

/// What a cluster has beside that where Prometheus collects the metrics of its Reaper.
pub fn of_reaper_metrics(cluster: &str) -> Vec<Named> {
    vec![("PodMonitor", reaper_metrics(cluster))]
}

/// What a cluster has beside that where it has alerts.
pub fn of_alerts(cluster: &str) -> Vec<Named> {
    vec![("PrometheusRule", alerts(cluster))]
}

/// What a cluster has beside that where it has dashboards. `*` is the dashboard.
pub fn of_dashboards(cluster: &str) -> Vec<Named> {
    vec![("ConfigMap", dashboard(cluster, "*"))]
}

/// What every datacenter has. A name that ends in a hash ends in `*` here.
pub fn of_datacenter(cluster: &str, datacenter: &str) -> Vec<Named> {
    vec![
        ("Service", cql_service(cluster, datacenter)),
        ("Service", all_pods_service(cluster, datacenter)),
        ("Service", additional_seed_service(cluster, datacenter)),
        ("PodDisruptionBudget", disruption_budget(datacenter)),
        ("ConfigMap", configuration(cluster, datacenter, "*")),
    ]
}

/// What a datacenter has beside that where its CQL port is open on every worker.
pub fn of_node_port(cluster: &str, datacenter: &str) -> Vec<Named> {
    vec![("Service", node_port_service(cluster, datacenter))]
}

/// What a datacenter has beside that where CQL clients have an address of their own.
pub fn of_clients(cluster: &str, datacenter: &str) -> Vec<Named> {
    vec![("Service", client_service(cluster, datacenter))]
}

/// What a datacenter has beside that where nodes of the cluster run elsewhere. `*` is the kind of addresses.
pub fn of_additional_seeds(cluster: &str, datacenter: &str) -> Vec<Named> {
    vec![("EndpointSlice", endpoint_slice(cluster, datacenter, "*"))]
}

/// What a rack has: claims of its first pod, by their templates, and the StatefulSet that makes them.
pub fn of_rack<'t>(
    cluster: &str,
    datacenter: &str,
    rack: &str,
    templates: impl IntoIterator<Item = &'t str>,
) -> Vec<Named> {
    let stateful_set = stateful_set(cluster, datacenter, rack);
    let claims = templates.into_iter().map(|it| ("PersistentVolumeClaim", claim(it, &pod(&stateful_set, 0))));
    let mut named: Vec<Named> = claims.collect();
    named.push(("StatefulSet", stateful_set));
    named
}

/// The pod's name under its governing service, complete: `<pod>.<service>.<namespace>.svc.<domain>`; without a
/// namespace `<pod>.<service>`, which the resolver completes from the pod's own search list.
pub fn in_service(pod: &str, service: &str, namespace: Option<&str>, domain: &str) -> String {
    match namespace {
        Some(namespace) => format!("{pod}.{service}.{namespace}.svc.{domain}"),
        None => format!("{pod}.{service}"),
    }
}

/// A label value as Cass Operator makes it (`CleanLabelValue`): the longest runs of letters, digits, `-`, `_` and `.`
/// that begin and end with a letter or digit, put together. May be empty, and two texts may become one.
pub fn label_value(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let runs = text.split(|c| !allowed(c) && c != ' ').map(|run| run.replace(' ', ""));
    runs.map(|run| run.trim_matches(['-', '_', '.']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_names_its_stateful_set_and_its_ordinal() {
        assert_eq!(parts_of_pod(&pod("shop-dc1-r1-sts", 12)), Some(("shop-dc1-r1-sts", 12)));
        assert_eq!((set_of_pod("shop-dc1-r1-sts-0"), set_of_pod("shop")), (Some("shop-dc1-r1-sts"), None));
    }

    /// The expected values are those of cass-operator's `pkg/oplabels/labels_test.go`.
    #[test]
    fn label_values_are_the_operators() {
        assert_eq!(label_value("+!*(-_)cor @#$%^&rect_ LABEL.name-1=<>_?,."), "correct_LABEL.name-1");
        assert_eq!(label_value("cor!@#$%^&*()rect__ LABEL.name"), "correct__LABEL.name");
        assert_eq!(label_value("-_!@#$%-^&*.()<>?._-&*."), "");
        assert_eq!(label_value("Test Cluster"), "TestCluster");
    }
}

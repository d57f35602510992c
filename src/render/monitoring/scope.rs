//! Which series are those of a cluster: selectors of `PromQL`. The rendered `ServiceMonitor` gives Cassandra's own metrics the label
//! `cassandra_cluster`; those of Kubernetes are told apart by namespaces and by names of objects.

use cassc_ring::names;

use crate::cluster::{Cluster, Datacenter};

/// The label with the name of the cluster in Cassandra. Not `cluster`: by that name fleets of Prometheus tell Kubernetes clusters
/// apart.
pub(super) const CLUSTER: &str = "cassandra_cluster";
/// How the names of all Cassandra's own metrics begin.
pub(super) const PREFIX: &str = "org_apache_cassandra_metrics_";

/// The part of a cluster that is in one Kubernetes cluster.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'c> {
    pub(super) cluster: &'c Cluster,
    pub(super) kube_cluster: Option<&'c str>,
}

impl<'c> Scope<'c> {
    /// The datacenters in it.
    pub(super) fn datacenters(self) -> Vec<&'c Datacenter> {
        self.cluster.datacenters_in(self.kube_cluster)
    }

    /// The nodes that it should have.
    pub(super) fn nodes(self) -> u32 {
        self.datacenters().into_iter().map(Datacenter::nodes).sum()
    }

    /// `cassandra_cluster` and `namespace`, and what else is asked for, between braces.
    pub(super) fn own(self, more: &[(&str, &str)]) -> String {
        let cluster = format!("{CLUSTER}={}", quoted(&self.cluster.ring_name));
        braces(std::iter::once(cluster).chain(self.namespace()).chain(equal(more)))
    }

    /// A metric of Cassandra's own, by its name behind the prefix that all have.
    pub(super) fn metric(self, name: &str, more: &[(&str, &str)]) -> String {
        format!("{PREFIX}{name}{}", self.own(more))
    }

    /// A metric of Kubernetes, whose label has one of these names, or matches an expression.
    pub(super) fn kube(self, metric: &str, label: &str, pattern: &str) -> String {
        let named = format!("{label}=~{}", quoted(pattern));
        format!("{metric}{}", braces(self.namespace().into_iter().chain([named])))
    }

    /// Where namespaces are named they are known, and Kubernetes' own metrics must be told apart by them.
    fn namespace(self) -> Option<String> {
        let named: Option<Vec<&str>> = self.cluster.namespaces_in(self.kube_cluster).into_iter().collect();
        match named?.as_slice() {
            [only] => Some(format!("namespace={}", quoted(only))),
            several => Some(format!("namespace=~{}", quoted(&several.join("|")))),
        }
    }

    /// The StatefulSets, as a regular expression.
    pub(super) fn stateful_sets(self) -> String {
        self.datacenters().into_iter().map(stateful_sets).collect::<Vec<_>>().join("|")
    }

    /// The pods of Cassandra, as a regular expression.
    pub(super) fn pods(self) -> String {
        format!("({})-[0-9]+", self.stateful_sets())
    }

    /// The `PersistentVolumeClaims` of these claim templates, as a regular expression.
    pub(super) fn claims<'t>(self, templates: impl Iterator<Item = &'t str>) -> String {
        let templates: Vec<&str> = templates.collect();
        format!("({})-{}", templates.join("|"), self.pods())
    }

    /// The Jobs of the program in the cluster, as a regular expression.
    pub(super) fn jobs(self) -> String {
        names::step(&self.cluster.name, "settle", "[0-9a-f]{8}")
    }
}

/// The StatefulSets of a datacenter, as a regular expression. Names of objects have no character that means anything in one.
pub(super) fn stateful_sets(datacenter: &Datacenter) -> String {
    datacenter.racks.iter().map(|rack| rack.stateful_set.as_str()).collect::<Vec<_>>().join("|")
}

/// A string of `PromQL`.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text that a regular expression of Prometheus (RE2) takes for itself.
pub(super) fn literally(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    text.chars().flat_map(|c| (!is_plain(c)).then_some('\\').into_iter().chain([c])).collect()
}

fn equal<'m>(matchers: &'m [(&'m str, &'m str)]) -> impl Iterator<Item = String> + 'm {
    matchers.iter().map(|(label, value)| match value.strip_prefix('~') {
        Some(pattern) => format!("{label}=~{}", quoted(pattern)),
        None => format!("{label}={}", quoted(value)),
    })
}

fn braces(matchers: impl Iterator<Item = String>) -> String {
    format!("{{{}}}", matchers.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;

    #[test]
    fn names_in_cassandra_are_quoted() {
        let cluster = Cluster { ring_name: "Tom's \"Shop\"".to_owned(), ..shop() };
        let scope = Scope { cluster: &cluster, kube_cluster: None };
        assert_eq!(scope.own(&[("rack", "~a|b")]), r#"{cassandra_cluster="Tom's \"Shop\"",rack=~"a|b"}"#);
        assert_eq!(literally("a.b (c)-d_é"), "a\\.b \\(c\\)-d_é");
    }
}

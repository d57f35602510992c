//! Pods that are to restart, and why.

use super::{Node, Report};

/// A pod that has an older template than its StatefulSet, or that waits for something else that a restart gives it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Restart {
    /// The pod.
    pub(crate) pod: String,
    /// What the restart brings.
    pub(crate) why: String,
}

/// The pods that are behind, in the order of the ring.
pub(crate) fn restarts(report: &Report) -> Vec<Restart> {
    let behind = report.nodes().filter(|node| node.is_behind == Some(true));
    behind.filter_map(|node| Some(Restart { pod: node.pod.clone()?, why: why(node, &report.version) })).collect()
}

fn why(node: &Node, version: &str) -> String {
    match &node.version {
        Some(found) if found != version => format!("it runs Cassandra {found}, and {version} is asked for"),
        _ => "its StatefulSet has a newer pod template".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Datacenter, Rack};
    use super::*;

    #[test]
    fn only_pods_that_are_behind_are_to_restart() {
        let node = |pod: &str, is_behind: Option<bool>, version: &str| Node {
            pod: Some(pod.to_owned()),
            is_behind,
            version: Some(version.to_owned()),
            ..Node::default()
        };
        let nodes = vec![
            node("a", Some(true), "4.1.8"),
            node("b", Some(false), "4.1.9"),
            node("c", None, "4.1.9"),
            node("d", Some(true), "4.1.9"),
        ];
        let rack = Rack { name: "r1".to_owned(), wanted: 4, nodes };
        let datacenters = vec![Datacenter { name: "dc1".to_owned(), kube_cluster: None, racks: vec![rack] }];
        let report = Report { version: "4.1.9".to_owned(), datacenters, ..Report::default() };
        let told: Vec<(String, String)> = restarts(&report).into_iter().map(|it| (it.pod, it.why)).collect();
        let expected = [
            ("a".to_owned(), "it runs Cassandra 4.1.8, and 4.1.9 is asked for".to_owned()),
            ("d".to_owned(), "its StatefulSet has a newer pod template".to_owned()),
        ];
        assert_eq!(told, expected);
    }
}

//! Names, nodes and version.

use cassc_ring::release::Minor;

use super::{Values, optional, text};
use crate::draft::{Draft, datacenter, spec};
use crate::kinds::plain;
use crate::names::label;
use crate::path::Path;
use crate::report::Refusal;

/// What the chart has where the values are silent (values.yaml, the same in charts 9 to 12).
pub(super) const CLUSTER: &str = "cassandra";
const DATACENTER: &str = "dc1";
const RACK: &str = "rack1";
/// What `SimpleSnitch`, the chart's default, says of every node, whatever the values name
/// (org.apache.cassandra.locator.SimpleSnitch).
pub(super) const OF_SIMPLE_SNITCH: (&str, &str) = ("datacenter1", "rack1");

/// Names and nodes. The chart runs one datacenter with one rack.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    names(draft, values)?;
    let to = datacenter(0);
    named(draft, values, "datacenter", DATACENTER, &to)?;
    named(draft, values, "rack", RACK, &to.key("racks").index(0))?;
    let nodes = values.keys(&["replicaCount"]);
    match optional::<u32>(&nodes)? {
        Some(number) => draft.carry(&nodes, &to.key("nodes"), number),
        None => draft.fill(&to.key("nodes"), 1_u32, "the chart starts one node where the values name no number"),
    }
    let domain = values.keys(&["clusterDomain"]);
    if let Some(name) = text(&domain)? {
        draft.carry(&domain, &spec(&["kubernetes", "domain"]), name);
    }
    Ok(())
}

/// The name of the release is not in the values.
fn names(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let to = Path::of(&["metadata", "name"]);
    let cluster = values.keys(&["cluster", "name"]);
    let ring = text(&cluster)?;
    let name = ring.clone().unwrap_or_else(|| CLUSTER.to_owned());
    let (at, full) = (values.keys(&["fullnameOverride"]), values.text(&["fullnameOverride"])?);
    let kubernetes = label(full.as_deref().unwrap_or(&name));
    match full {
        _ if kubernetes.is_empty() => {
            draft.decide(Some(&cluster), &to, "a name for the cluster in Kubernetes, such as shop");
        }
        Some(full) if full == kubernetes => draft.carry(&at, &to, full),
        Some(_) => draft.change(&at, &to, kubernetes.as_str(), "as a DNS label that begins with a letter"),
        None => draft.fill(
            &to,
            kubernetes.as_str(),
            "the name of the Cassandra cluster; that of the Helm release is not in the values",
        ),
    }
    match ring {
        Some(ring) if ring != kubernetes => draft.carry(&cluster, &spec(&["clusterName"]), ring),
        Some(_) => draft.meet(&cluster, "the same as the name in Kubernetes"),
        None if kubernetes != CLUSTER => {
            draft.fill(&spec(&["clusterName"]), CLUSTER, "what the chart calls the ring where the values name none");
        }
        None => {}
    }
    Ok(())
}

fn named(draft: &mut Draft, values: &Values<'_>, key: &str, default: &str, to: &Path) -> Result<(), Refusal> {
    let at = values.keys(&["cluster", key]);
    let Some(name) = text(&at)? else {
        draft.fill(&to.key("name"), default, "what the chart has where the values name none");
        return Ok(());
    };
    let kubernetes = label(&name);
    if kubernetes.is_empty() {
        let message = format!("`{}` has no letter that a name of Kubernetes may begin with", name.escape_debug());
        return Err(at.refused(message, "write a name with letters, such as `dc1`"));
    }
    if kubernetes == name {
        draft.carry(&at, &to.key("name"), name);
    } else {
        draft.change(&at, &to.key("name"), kubernetes, "a name of Kubernetes; Cassandra's own is `ringName`");
        draft.carry(&at, &to.key("ringName"), name);
    }
    Ok(())
}

/// The version; `None` where somebody must write it.
pub(super) fn release(draft: &mut Draft, values: &Values<'_>) -> Result<Option<Minor>, Refusal> {
    let at = values.keys(&["image", "tag"]);
    let repository = values.text(&["image", "repository"])?.unwrap_or_else(|| "bitnami/cassandra".to_owned());
    let global = text(&values.global.key("imageRegistry"))?;
    let registry = global.or(values.text(&["image", "registry"])?).unwrap_or_else(|| "docker.io".to_owned());
    let policy = values.keys(&["image", "pullPolicy"]);
    if let Some(policy_is) = text(&policy)? {
        draft.carry(&policy, &spec(&["cassandra", "imagePullPolicy"]), policy_is);
    }
    let Some(tag) = text(&at)? else {
        let what =
            "the version of Cassandra: the values name no tag of the image, so that of the chart runs, such as 4.1.9";
        draft.decide(Some(&at), &spec(&["cassandra", "version"]), what);
        return Ok(None);
    };
    let image = format!("{registry}/{repository}:{tag}");
    let held = plain::held(&image);
    plain::write(draft, &at, &image, &held)
}

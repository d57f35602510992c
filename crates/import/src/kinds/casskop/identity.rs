//! Names, labels and the version of the cluster.

use cassc_ring::release::Minor;
use serde_json::Value;

use super::{All, optional};
use crate::documents::At;
use crate::draft::{Draft, datacenter, spec};
use crate::kinds::cass_operator::cluster;
use crate::kinds::plain::{self, Held};
use crate::names::label;
use crate::path::Path;
use crate::pods;
use crate::report::Refusal;

/// The image of CassKop 2 where the resource names none, and that of CassKop 1 (`defaultCassandraImage`).
const DEFAULT_IMAGES: [&str; 2] = ["cassandra:3.11.10", "cassandra:3.11"];

/// Name and labels.
pub(super) fn write(draft: &mut Draft, all: All<'_, '_>) {
    let metadata = all.first().root.key("metadata");
    name(draft, &metadata.key("name"));
    // CassKop puts them on all its objects, and into their selectors.
    pods::metadata::metadata(draft, &metadata.key("labels"), &Path::of(&["metadata", "labels"]));
    let annotations = metadata.key("annotations");
    if annotations.value().is_some() {
        draft.meet(&annotations, "annotations of the resource itself: CassKop copies them to no object");
    }
}

fn name(draft: &mut Draft, at: &At<'_>) {
    let to = Path::of(&["metadata", "name"]);
    let written = at.value().and_then(Value::as_str).unwrap_or_default();
    let kubernetes = label(written);
    if kubernetes.is_empty() {
        draft.decide(Some(at), &to, "a name for the cluster in Kubernetes, such as shop");
    } else if kubernetes == written {
        draft.carry(at, &to, written);
    } else {
        draft.change(
            at,
            &to,
            kubernetes,
            "a DNS label that begins with a letter; Cassandra's own name is `clusterName`",
        );
        draft.carry(at, &spec(&["clusterName"]), written);
    }
}

/// The namespace, of the cluster or of datacenters.
pub(super) fn namespaces(draft: &mut Draft, all: All<'_, '_>) {
    for site in all.sites {
        let at = all.part_of(site).root.keys(&["metadata", "namespace"]);
        cluster::namespace(draft, &at, &datacenter(site.index));
    }
}

/// The version; `None` where somebody must write it.
pub(super) fn release(draft: &mut Draft, all: All<'_, '_>) -> Result<Option<Minor>, Refusal> {
    let first = all.first();
    let kind = all.one(draft, "serverType");
    if kind.value().and_then(Value::as_str).is_some_and(|kind| kind != "cassandra") {
        return Err(plain::another_database(&kind, &kind.read::<String>()?));
    }
    if kind.value().is_some() {
        draft.meet(&kind, "cassc runs Apache Cassandra");
    }
    let at = all.one(draft, "cassandraImage");
    let written = optional::<String>(&at)?.filter(|image| !image.is_empty()).map(|image| (at, image));
    let (at, image) = match written.or(old_image(draft, all)?) {
        Some(image) => image,
        None => {
            let image = DEFAULT_IMAGES[usize::from(first.is_first())];
            (first.spec().key("cassandraImage"), image.to_owned())
        }
    };
    let held = held(draft, all, &image)?;
    let minor = plain::write(draft, &at, &image, &held)?;
    let policy = all.one(draft, "imagepullpolicy");
    if let Some(policy_is) = optional::<String>(&policy)?.filter(|policy| !policy.is_empty()) {
        draft.carry(&policy, &spec(&["cassandra", "imagePullPolicy"]), policy_is);
    }
    Ok(minor)
}

/// The image of a resource that was written for CassKop 0.3.
fn old_image<'d>(draft: &mut Draft, all: All<'_, 'd>) -> Result<Option<(At<'d>, String)>, Refusal> {
    let spec = all.first().spec();
    let (base, version) = (spec.key("baseImage"), spec.key("version"));
    let Some(name) = optional::<String>(&base)? else { return Ok(None) };
    if !all.first().is_first() {
        return Ok(None);
    }
    let tag = optional::<String>(&version)?.unwrap_or_default();
    if version.value().is_some() {
        draft.meet(&version, "the tag of the image, in CassKop 0.3");
    }
    Ok(Some((base, format!("{name}:{tag}"))))
}

/// The image runs; `serverVersion` only chooses what the configuration is made with. It helps where the tag tells nothing.
fn held(draft: &mut Draft, all: All<'_, '_>, image: &str) -> Result<Held, Refusal> {
    let of_image = plain::held(image);
    let at = all.one(draft, "serverVersion");
    let Some(written) = optional::<String>(&at)?.filter(|version| !version.is_empty()) else { return Ok(of_image) };
    if of_image == Held::Unknown {
        draft.meet(&at, "the tag of the image tells no version: this one counts");
        return Ok(plain::version_of(&written));
    }
    draft.meet(&at, "the version whose configuration CassKop writes; cassc writes that of the image");
    Ok(of_image)
}

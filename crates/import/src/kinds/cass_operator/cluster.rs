//! What is said of the whole cluster: names, version, image, kind of server.

use cassc_cassandra::image::default_image;
use cassc_ring::release::Release;
use serde_json::Value;

use crate::documents::At;
use crate::draft::{Draft, spec};
use crate::names;
use crate::path::Path;
use crate::report::Refusal;

/// The name of the cluster in Kubernetes, and Cassandra's where it is another.
pub(in crate::kinds) fn cluster_name(draft: &mut Draft, at: &At<'_>, name: &str) -> Result<(), Refusal> {
    let (to, label) = (Path::of(&["metadata", "name"]), names::label(name));
    if label.is_empty() {
        let help = "choose another name in Kubernetes by hand: the operator's objects have none";
        return Err(at.refused(format!("the operator makes no name of Kubernetes of `{name}`"), help));
    }
    if label == name {
        draft.agree(at, &to, name);
    } else {
        if draft.get(&to).is_none() {
            draft.change(at, &to, label, "as the operator begins the names of its objects");
        }
        draft.agree(at, &spec(&["clusterName"]), name);
    }
    Ok(())
}

/// The namespace of the cluster, or of a datacenter that has another one.
pub(in crate::kinds) fn namespace(draft: &mut Draft, at: &At<'_>, datacenter: &Path) {
    let Some(namespace) = at.value().and_then(Value::as_str) else { return };
    let to = Path::of(&["metadata", "namespace"]);
    match draft.namespace() {
        None => draft.carry(at, &to, namespace),
        Some(first) if first == namespace => draft.carry(at, &to, namespace),
        Some(_) => draft.carry(at, &datacenter.key("namespace"), namespace),
    }
}

/// The name of a datacenter in Kubernetes, and Cassandra's. `at` is `metadata.name`; the operator names objects by it, and
/// Cassandra's datacenter by `ring`, if that is set.
pub(in crate::kinds) fn datacenter_name(
    draft: &mut Draft,
    at: &At<'_>,
    ring: (&At<'_>, Option<&str>),
    datacenter: &Path,
) -> Result<(), Refusal> {
    let name = at.value().and_then(Value::as_str).unwrap_or_default();
    let label = names::label(name);
    if label.is_empty() {
        return Err(at.refused("the name of the datacenter is missing", "write `metadata.name`"));
    }
    if label == name {
        draft.carry(at, &datacenter.key("name"), name);
    } else {
        draft.change(at, &datacenter.key("name"), label.as_str(), "as the operator has it in the names of its objects");
    }
    match ring {
        (at, Some(ring)) if ring != label => draft.carry(at, &datacenter.key("ringName"), ring),
        (at, Some(_)) => draft.meet(at, "the same as the name in Kubernetes"),
        (_, None) if label != name => draft.carry(at, &datacenter.key("ringName"), name),
        _ => {}
    }
    Ok(())
}

/// Refuses what is not Apache Cassandra.
pub(in crate::kinds) fn server_type(draft: &mut Draft, at: &At<'_>, server: &str) -> Result<(), Refusal> {
    let way_out = "cassc runs Apache Cassandra: move the data to a new cluster (CDM or DSBulk copy it, ZDM Proxy switches \
                   clients over), or keep the operator";
    match server {
        "cassandra" => {
            draft.meet(at, "cassc runs Apache Cassandra");
            Ok(())
        }
        "dse" => Err(at.refused("DataStax Enterprise (`dse`) is not supported", way_out)),
        "hcd" => Err(at.refused("Hyper-Converged Database (`hcd`) is not supported", way_out)),
        other => Err(at.refused(format!("`{other}` is no kind of server"), "write `cassandra`")),
    }
}

/// The version of Cassandra, and the image. The datacenters must agree on them.
pub(in crate::kinds) fn version(
    draft: &mut Draft,
    at: &At<'_>,
    version: &str,
    image: (&At<'_>, Option<&str>),
) -> Result<Release, Refusal> {
    let release: Release = version.parse().map_err(|error: cassc_ring::release::ReleaseError| {
        at.refused(error.to_string(), "upgrade, or go back to a released version, with the operator first")
    })?;
    let to = spec(&["cassandra", "version"]);
    let of_image = image.1.and_then(release_of_tag).filter(|tag| *tag != release && tag.minor == release.minor);
    match of_image {
        Some(tag) => draft.change(at, &to, tag.to_string(), "as the tag of the image says: that is what runs"),
        None => draft.agree(at, &to, version),
    }
    let release = of_image.unwrap_or(release);
    match image {
        (at, Some(image)) if !image.is_empty() => server_image(draft, at, image, release),
        _ if default_image(release).is_ok() => {}
        _ => operators_image(draft, at, release),
    }
    Ok(release)
}

/// The release at the beginning of the tag of an image.
fn release_of_tag(image: &str) -> Option<Release> {
    let (_, tag) = image.split('@').next()?.rsplit('/').next()?.split_once(':')?;
    let numbers = tag.split(|letter: char| !letter.is_ascii_digit() && letter != '.').next()?;
    numbers.parse().ok()
}

/// The image that the operator makes of a version for which none is known to be published
/// (k8ssandra/cass-operator d5697290, `config/imageconfig/image_config.yaml`).
fn operators_image(draft: &mut Draft, at: &At<'_>, release: Release) {
    let to = spec(&["cassandra", "image"]);
    if draft.get(&to).is_some() {
        return;
    }
    let image = format!("ghcr.io/k8ssandra/cass-management-api:{release}-ubi");
    draft.change(at, &to, image, "the operator's name for it; see that it exists: none is known to be published");
}

/// An image by name. One of plain Cassandra has no Management API, without which no pod becomes ready.
pub(in crate::kinds) fn server_image(draft: &mut Draft, at: &At<'_>, image: &str, release: Release) {
    let to = spec(&["cassandra", "image"]);
    if !is_plain(image) {
        draft.agree(at, &to, image);
        return;
    }
    match default_image(release) {
        Ok(default) => {
            draft.meet(at, &format!("an image without the Management API; cassc takes {default}, which has it"));
        }
        Err(_) => draft.decide(Some(at), &to, "an image with the Management API: none is published for this version"),
    }
}

/// Whether an image is the one of Docker's library, or a mirror of it.
fn is_plain(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or_default();
    let last = name.rsplit('/').next().unwrap_or_default();
    last.split(':').next() == Some("cassandra")
}

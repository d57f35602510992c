//! The data volume: the claim that each pod has.

use serde::Deserialize;
use serde_json::Value;

use super::{Others, text_of};
use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;
use crate::report::Refusal;

/// `PersistentVolumeClaimSpec`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimSpec {
    storage_class_name: Option<String>,
    access_modes: Vec<String>,
    resources: Value,
    volume_mode: Option<String>,
    #[serde(flatten)]
    others: Others,
}

/// A claim, as `storage` of a topology or `claim` of an additional volume has it: class, size, access mode.
pub(crate) fn claim(draft: &mut Draft, at: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let ClaimSpec { storage_class_name, access_modes, resources, volume_mode, others } = at.read()?;
    match storage_class_name.filter(|class| !class.is_empty()) {
        Some(class) => draft.carry(&at.key("storageClassName"), &to.key("class"), class),
        None if at.key("storageClassName").value().is_some() => {
            let instead = "name a StorageClass: claims without a class are bound by hand";
            draft.lose(&at.key("storageClassName"), "asks for volumes without a class", instead);
        }
        None => {}
    }
    modes(draft, &at.key("accessModes"), &access_modes, to);
    let size = at.keys(&["resources", "requests", "storage"]);
    match resources.pointer("/requests/storage").and_then(text_of) {
        Some(quantity) => draft.carry(&size, &to.key("size"), quantity),
        None => draft.decide(Some(at), &to.key("size"), "the size of the volume; the claim names none. Such as 100Gi"),
    }
    if volume_mode.is_some_and(|mode| mode != "Filesystem") {
        draft.lose(&at.key("volumeMode"), "asks for a block device", "nothing: Cassandra needs a file system");
    }
    for key in others.keys() {
        let instead = "make the volumes beforehand, and choose them by a StorageClass of their own";
        draft.lose(&at.key(key), "chooses or fills the volume", instead);
    }
    Ok(())
}

/// A topology has one mode; the first is the one that the volume is mounted with.
fn modes(draft: &mut Draft, at: &At<'_>, modes: &[String], to: &Path) {
    for (index, mode) in modes.iter().enumerate() {
        let known = ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"].contains(&mode.as_str());
        match (index, known) {
            (0, true) if mode == "ReadWriteOnce" => draft.meet(&at.index(0), "the access mode that cassc uses anyway"),
            (0, true) => draft.carry(&at.index(0), &to.key("accessMode"), mode),
            _ => draft.lose(
                &at.index(index),
                "asks for another access mode",
                "nothing: one mode is enough for Cassandra",
            ),
        }
    }
}

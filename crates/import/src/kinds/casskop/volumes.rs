//! The data volume and the additional ones.

use std::collections::BTreeMap;

use cassc_ring::quantity::bytes;
use serde::Deserialize;
use serde_json::Value;

use super::datacenters::Site;
use super::{Part, optional};
use crate::documents::At;
use crate::draft::{Draft, datacenter};
use crate::pods::{lose_unknown, volume};
use crate::report::Refusal;

/// Data and other volumes of a datacenter.
pub(super) fn write(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>) -> Result<(), Refusal> {
    data(draft, part, site)?;
    additional(draft, part)
}

/// The class of a datacenter counts only beside its size (`GetDataStorageClassFromDCName`).
fn data(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>) -> Result<(), Refusal> {
    let has_own = text(&site.at.key("dataCapacity"))?.is_some();
    let own_class = site.at.key("dataStorageClass");
    if !has_own && own_class.value().is_some() {
        draft.meet(&own_class, "CassKop ignores it where the datacenter has no `dataCapacity`");
    }
    let at = if has_own { site.at.clone() } else { part.spec() };
    let (from_size, from_class) = (at.key("dataCapacity"), at.key("dataStorageClass"));
    let to = datacenter(site.index).key("storage");
    match text(&from_size)? {
        Some(amount) if bytes(&amount).is_none() => {
            return Err(from_size.refused(
                format!("`{amount}` is no size of a volume"),
                "write a quantity of Kubernetes, such as 100Gi",
            ));
        }
        Some(amount) => draft.carry(&from_size, &to.key("size"), amount),
        None => {
            let what =
                "the size of the data volume, such as 100Gi: CassKop kept the data in the pods, and lost it with them";
            draft.decide(Some(&from_size), &to.key("size"), what);
        }
    }
    if let Some(class) = text(&from_class)? {
        draft.carry(&from_class, &to.key("class"), class);
    }
    Ok(())
}

fn text(at: &At<'_>) -> Result<Option<String>, Refusal> {
    Ok(optional::<String>(at)?.filter(|text| !text.is_empty()))
}

/// An entry of `storageConfigs`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StorageConfig {
    mount_path: Option<String>,
    name: Option<String>,
    pvc_spec: Option<Value>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Volumes belong to the whole cluster in a topology.
fn additional(draft: &mut Draft, part: &Part<'_>) -> Result<(), Refusal> {
    let list = part.spec().key("storageConfigs");
    let written = optional::<Vec<StorageConfig>>(&list)?.unwrap_or_default();
    for (index, config) in written.into_iter().enumerate() {
        let StorageConfig { mount_path, name, pvc_spec, others } = config;
        let at = list.index(index);
        let (Some(path), Some(name), Some(_)) = (mount_path, name, pvc_spec) else {
            let message = "an additional volume needs `name`, `mountPath` and `pvcSpec`";
            return Err(at.refused(message, "write all three, as CassKop asks for them"));
        };
        if !volume::is_there(draft, &name) {
            volume::with_claim(draft, &at.key("pvcSpec"), &name, &path)?;
            lose_unknown(draft, &at, &others);
        }
    }
    Ok(())
}

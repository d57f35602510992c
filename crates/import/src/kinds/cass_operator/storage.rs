//! Volumes.

use serde::Deserialize;
use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;
use crate::pods::claim::claim;
use crate::pods::{Others, lose_unknown, volume};
use crate::report::Refusal;

/// `storageConfig`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StorageConfig {
    cassandra_data_volume_claim_spec: Option<Value>,
    additional_volumes: Vec<AdditionalVolume>,
    #[serde(flatten)]
    others: Others,
}

/// `storageConfig.additionalVolumes[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(in crate::kinds) struct AdditionalVolume {
    mount_path: String,
    name: String,
    pvc_spec: Option<Value>,
    volume_source: Option<Value>,
    #[serde(flatten)]
    others: Others,
}

/// The data volume and the others. Without a claim there is nothing that a pod could come back to.
pub(in crate::kinds) fn storage(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let config: Option<StorageConfig> = at.read()?;
    let StorageConfig { cassandra_data_volume_claim_spec, additional_volumes, others } = config.unwrap_or_default();
    let data = at.key("cassandraDataVolumeClaimSpec");
    if cassandra_data_volume_claim_spec.is_none() {
        let help = "write `storageConfig.cassandraDataVolumeClaimSpec`: cassc renders no node without a volume";
        return Err(data.refused("there is no claim for the data", help));
    }
    claim(draft, &data, &datacenter.key("storage"))?;
    for (index, volume) in additional_volumes.into_iter().enumerate() {
        additional(draft, &at.key("additionalVolumes").index(index), volume)?;
    }
    lose_unknown(draft, at, &others);
    Ok(())
}

/// A volume beside the data; those of all datacenters of a topology are the same.
pub(in crate::kinds) fn additional(draft: &mut Draft, at: &At<'_>, volume: AdditionalVolume) -> Result<(), Refusal> {
    let AdditionalVolume { mount_path, name, pvc_spec, volume_source, others } = volume;
    lose_unknown(draft, at, &others);
    match (pvc_spec, volume_source) {
        _ if volume::is_there(draft, &name) => {
            draft.meet(at, "another datacenter has the volume already; those of a topology are the same everywhere");
        }
        (Some(_), _) => return volume::with_claim(draft, &at.key("pvcSpec"), &name, &mount_path),
        (None, Some(_)) => volume::with_source(draft, &at.key("volumeSource"), &name, &mount_path),
        (None, None) => draft.lose(at, "a volume without a source", "nothing: the operator refuses it"),
    }
    Ok(())
}

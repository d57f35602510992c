//! `SSTable` formats that Cassandra does not have, or that contradict `storage_compatibility_mode`. Called by the rule about
//! combinations. Cassandra 5.0.9 was seen to refuse all of them; earlier minors have one format.

use serde_json::Value;

use super::config_refusal::Refusal;
use super::settings::{Setting, Settings, is};

/// The formats of 5.0; case matters.
const FORMATS: [&str; 2] = ["big", "bti"];

/// Everything that is wrong with `sstable`.
pub(super) fn formats(settings: &Settings) -> Vec<Refusal<'_>> {
    [unknown_format(settings), unknown_options(settings), unreadable_format(settings)].into_iter().flatten().collect()
}

fn selected(settings: &Settings) -> Option<&Setting> {
    settings.get("sstable.selected_format").filter(|format| format.value != "")
}

fn unknown_format(settings: &Settings) -> Option<Refusal<'_>> {
    let format = selected(settings).filter(|format| !FORMATS.iter().any(|known| format.value == *known))?;
    let refusal = Refusal::new(format!("unknown SSTable format `{}`", format.written), &[format]);
    Some(Refusal { expected: Some("big or bti".to_owned()), ..refusal })
}

fn unknown_options(settings: &Settings) -> Option<Refusal<'_>> {
    let options = settings.get("sstable.format")?;
    let mut names = options.value.as_object()?.keys();
    let unknown = names.find(|name| !FORMATS.contains(&name.as_str()))?;
    let message = format!("options of an unknown SSTable format `{}`", unknown.escape_debug());
    Some(Refusal { expected: Some("big or bti as the name".to_owned()), ..Refusal::new(message, &[options]) })
}

/// Cassandra 4.x cannot read the format `bti`, but `storage_compatibility_mode` (`CASSANDRA_4` by default) promises it.
fn unreadable_format(settings: &Settings) -> Option<Refusal<'_>> {
    let format = selected(settings).filter(|format| format.value == "bti")?;
    let mode = settings.get("storage_compatibility_mode").filter(|mode| mode.value != Value::Null);
    (mode.is_none() || is(mode, "CASSANDRA_4")).then(|| {
        let message =
            "`storage_compatibility_mode` is `CASSANDRA_4`, but Cassandra 4 cannot read the SSTable format `bti`";
        let settings: Vec<&Setting> = [Some(format), mode].into_iter().flatten().collect();
        Refusal::new(message, &settings).help(
            "in a new 5.0 cluster write `storage_compatibility_mode: NONE`; otherwise write `selected_format: big`",
        )
    })
}

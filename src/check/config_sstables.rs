//! Formats of `SSTables` that Cassandra does not have, or that go against a promise. Called by the rule about combinations.
//! All of it was refused by the real 5.0.9; earlier minors have one format.

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
    let refusal = Refusal::new(format!("there is no format of SSTables `{}`", format.written), &[format]);
    Some(Refusal { expected: Some("big or bti".to_owned()), ..refusal })
}

fn unknown_options(settings: &Settings) -> Option<Refusal<'_>> {
    let options = settings.get("sstable.format")?;
    let mut names = options.value.as_object()?.keys();
    let unknown = names.find(|name| !FORMATS.contains(&name.as_str()))?;
    let message = format!("there is no format of SSTables `{}` to have options", unknown.escape_debug());
    Some(Refusal { expected: Some("big or bti as the name".to_owned()), ..Refusal::new(message, &[options]) })
}

/// The format `bti` cannot be read by 4.x, which storage compatibility promises; without a word the mode is
/// `CASSANDRA_4`.
fn unreadable_format(settings: &Settings) -> Option<Refusal<'_>> {
    let format = selected(settings).filter(|format| format.value == "bti")?;
    let mode = settings.get("storage_compatibility_mode").filter(|mode| mode.value != Value::Null);
    (mode.is_none() || is(mode, "CASSANDRA_4")).then(|| {
        let message =
            "SSTables in the format `bti` cannot be read by Cassandra 4, as `storage_compatibility_mode` promises";
        let settings: Vec<&Setting> = [Some(format), mode].into_iter().flatten().collect();
        Refusal::new(message, &settings).help(
            "for data born on 5.0 write `storage_compatibility_mode: NONE`; otherwise keep `big` until it is upgraded",
        )
    })
}

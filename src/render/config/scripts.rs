//! The scripts of a pod, shipped as they are; their parameters are environment variables that the pod sets. A set that was
//! released never changes: a changed script restarts every cluster that has it. What a newer set has otherwise keeps its
//! old text in a folder of `templates/scripts` that is named after the last generation that uses it.

use crate::cluster::generation::Scripts;
use crate::text::plain_file;

/// A file name and its text.
pub(super) type Script = (&'static str, &'static str);

/// The scripts that all sets have.
const SHARED: [Script; 5] = [
    ("gate-files.sh", plain_file!("scripts/gate-files.sh")),
    ("gate-ring.sh", plain_file!("scripts/gate-ring.sh")),
    ("live.sh", plain_file!("scripts/live.sh")),
    ("management-api.sh", plain_file!("scripts/management-api.sh")),
    ("start.sh", plain_file!("scripts/start.sh")),
];

const FIRST: [Script; 4] = [
    ("drain.sh", plain_file!("scripts/generation-2/drain.sh")),
    ("gate-names.sh", plain_file!("scripts/generation-2/gate-names.sh")),
    ("gate.sh", plain_file!("scripts/generation-2/gate.sh")),
    ("ready.sh", plain_file!("scripts/generation-2/ready.sh")),
];

const SECOND: [Script; 5] = [
    ("advice.sh", plain_file!("scripts/advice.sh")),
    ("drain.sh", plain_file!("scripts/drain.sh")),
    ("gate-names.sh", plain_file!("scripts/gate-names.sh")),
    ("gate.sh", plain_file!("scripts/gate.sh")),
    ("ready.sh", plain_file!("scripts/ready.sh")),
];

/// Runs Reaper, where it is in the pods.
pub(super) const REAPER: Script = ("reaper.sh", plain_file!("scripts/reaper.sh"));

/// File name → text.
pub(super) fn files(scripts: Scripts) -> impl Iterator<Item = (String, String)> {
    let own: &[Script] = match scripts {
        Scripts::First => &FIRST,
        Scripts::Second => &SECOND,
    };
    SHARED.iter().chain(own).map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
}

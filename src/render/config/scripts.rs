//! The scripts of a pod, shipped as they are; their parameters are environment variables that the pod sets.

use crate::text::plain_file;

/// By file name.
const SCRIPTS: [(&str, &str); 9] = [
    ("drain.sh", plain_file!("scripts/drain.sh")),
    ("gate-files.sh", plain_file!("scripts/gate-files.sh")),
    ("gate-names.sh", plain_file!("scripts/gate-names.sh")),
    ("gate-ring.sh", plain_file!("scripts/gate-ring.sh")),
    ("gate.sh", plain_file!("scripts/gate.sh")),
    ("live.sh", plain_file!("scripts/live.sh")),
    ("management-api.sh", plain_file!("scripts/management-api.sh")),
    ("ready.sh", plain_file!("scripts/ready.sh")),
    ("start.sh", plain_file!("scripts/start.sh")),
];

/// File name → text.
pub(super) fn files() -> impl Iterator<Item = (String, String)> {
    SCRIPTS.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned()))
}

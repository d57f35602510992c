//! Compares text with an expected file, or writes it under `UPDATE_GOLDEN=1`.

use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

/// A path below the root of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The YAML files directly in a folder of the repository, in the order of their names.
pub(crate) fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(repository(folder)).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// Whether expected files are rewritten instead of compared.
pub(crate) fn updating() -> bool {
    std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1")
}

/// What differs, as a unified diff; `None` when nothing does, or when the file was rewritten.
pub(crate) fn difference(expected: &Path, actual: &str) -> Option<String> {
    let old = fs::read_to_string(expected).unwrap_or_default();
    if old == actual {
        return None;
    }
    if updating() {
        fs::create_dir_all(expected.parent().expect("a golden lies in a folder")).expect("the folder can be made");
        fs::write(expected, actual).expect("the golden can be written");
        return None;
    }
    let diff = TextDiff::from_lines(old.as_str(), actual);
    let name = expected.display().to_string();
    Some(diff.unified_diff().context_radius(3).header(&name, "now").to_string())
}

/// Fails with every difference and how to accept them.
pub(crate) fn assert_same(differences: &[String]) {
    assert!(
        differences.is_empty(),
        "{} golden files differ; if that is right: UPDATE_GOLDEN=1 cargo test\n\n{}",
        differences.len(),
        differences.join("\n")
    );
}

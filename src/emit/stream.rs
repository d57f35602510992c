//! Rendered files → one YAML stream, for `kubectl apply -f -` and other readers of standard input.
//! Called by the command line when no output directory is given.

use std::io::{self, Write};

use crate::lock::LOCK_FILE_NAME;
use crate::paths::is_yaml;

/// The names under which kustomize reads its own configuration, which is no object of a cluster.
/// Source: kustomize api/konfig/general.go, `RecognizedKustomizationFileNames`.
const KUSTOMIZATION_FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Writes every manifest (path and text) in the given order, each introduced by `---`. Passes over the lock,
/// kustomization files and everything that is not YAML. `FileTree::iter` gives the order of the paths.
pub(crate) fn write<'a>(
    output: &mut impl Write,
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> io::Result<()> {
    for (_, text) in files.into_iter().filter(|(path, _)| is_manifest(path)) {
        if !text.starts_with("---\n") {
            output.write_all(b"---\n")?;
        }
        output.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            output.write_all(b"\n")?;
        }
    }
    output.flush()
}

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    is_yaml(name.as_ref()) && name != LOCK_FILE_NAME && !KUSTOMIZATION_FILE_NAMES.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_manifests_are_streamed_each_behind_its_own_line() {
        let files = [
            ("base/a.yaml", "a: 1\n"),
            ("base/kustomization.yaml", "resources: []\n"),
            ("b.yml", "---\nb: 1"),
            (LOCK_FILE_NAME, "{}\n"),
            ("kustomization.yml", "resources: []\n"),
            ("NOTES.txt", "notes\n"),
            ("flux/kustomization-base.yaml", "c: 1\n"),
        ];
        let mut output = Vec::new();
        write(&mut output, files).expect("memory takes everything");
        assert_eq!(String::from_utf8_lossy(&output), "---\na: 1\n---\nb: 1\n---\nc: 1\n");
    }
}

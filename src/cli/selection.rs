//! Which of the inputs a verb looks at: all of them, or what matters to a commit. Called between reading and compiling.

use std::collections::BTreeSet;
use std::path::Path;

use crate::git::deleted;
use crate::parse::source::{Origin, Source};
use crate::parse::{Text, parse};
use crate::paths::shown;

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Selection<'s> {
    /// All; files that the user named must hold topologies.
    All,
    /// The same, beside what is deployed: where there are no topologies, its clusters have come to their end.
    BesideDeployed,
    /// Only topologies, even in files that the user named; there may be none.
    Topologies,
    /// Only the topologies of touched clusters; there may be none.
    Touched {
        /// The files that a commit adds or changes; those that it deletes come from Git.
        files: &'s [String],
        /// The directory that is rendered into, with a folder for each cluster.
        output: &'s Path,
    },
}

impl Selection<'_> {
    /// Whether a selection that holds no topology is as good as any.
    pub(super) fn may_be_empty(self) -> bool {
        !matches!(self, Self::All)
    }

    /// What is left of the sources.
    pub(super) fn of(self, sources: Vec<Source>) -> Vec<Source> {
        match self {
            Self::All | Self::BesideDeployed => sources,
            Self::Topologies => sources.into_iter().map(|source| Source { origin: Origin::Found, ..source }).collect(),
            Self::Touched { files, output } => touched(sources, files, output),
        }
    }
}

/// The sources that are touched themselves, and those of clusters whose rendered files are.
fn touched(mut sources: Vec<Source>, files: &[String], output: &Path) -> Vec<Source> {
    let directory = std::env::current_dir().unwrap_or_default();
    let normal = |name: &str| shown(Path::new(name), &directory);
    let files: BTreeSet<String> = files.iter().chain(&deleted()).map(|file| normal(file)).collect();
    let output = normal(&output.to_string_lossy());
    let folders: BTreeSet<&str> = files.iter().filter_map(|file| folder_below(&output, file)).collect();
    sources.retain(|source| files.contains(&normal(&source.name)) || is_rendered_into(source, &folders));
    sources
}

/// The folder directly below the output that a file lies in: `shop` for `deploy/shop/base/a.yaml`.
fn folder_below<'f>(output: &str, file: &'f str) -> Option<&'f str> {
    let below = if output.is_empty() { file } else { file.strip_prefix(output)?.strip_prefix('/')? };
    below.split_once('/').map(|(folder, _)| folder)
}

fn is_rendered_into(source: &Source, folders: &BTreeSet<&str>) -> bool {
    let is_of = |text: &Text| text.cluster_names().any(|name| folders.contains(name));
    !folders.is_empty() && parse(vec![source.clone()]).texts.iter().any(is_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendered_file_names_the_folder_of_its_cluster() {
        assert_eq!(folder_below("deploy", "deploy/shop/base/a.yaml"), Some("shop"));
        assert_eq!(folder_below("deploy", "deployed/shop/a.yaml"), None);
        assert_eq!(folder_below("deploy", "deploy/README.md"), None);
        assert_eq!(folder_below("", "shop/base/a.yaml"), Some("shop"));
    }
}

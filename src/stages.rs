//! The stages of delivery, and the folders of a cluster's files: one per stage, and one for each tool that is handed
//! objects of its own. Names of folders and Kustomizations depend on no rack and no position; a stage without objects
//! renders no folder.

/// The stages of delivery, in order. The next one begins when the objects of this one are there (of `base`: when the
/// disruption budget has a status as well). Nothing waits until pods are ready: a rack that does not get ready must never
/// block the commit that repairs it, and the first pods are not ready before the last StatefulSet is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Everything that no pod restarts for.
    Base,
    /// What would run before the StatefulSets change. Nothing is rendered for it: Applications name its folder.
    Prepare,
    /// The StatefulSets.
    Cluster,
    /// The program in the cluster, which is patient: nothing waits for it.
    Steps,
    /// What is rendered for Prometheus and Grafana, last and on its own: where their kinds are unknown it fails, and holds up
    /// nothing else.
    Monitoring,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Base, Self::Prepare, Self::Cluster, Self::Steps, Self::Monitoring];

    /// Its folder; a Kustomization of Flux is called after it.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Prepare => "prepare",
            Self::Cluster => "cluster",
            Self::Steps => "steps",
            Self::Monitoring => "monitoring",
        }
    }

    /// The stage in whose folder a file lies.
    pub(crate) fn of_file(path: &str) -> Option<Self> {
        let folder = path.rsplit('/').nth(1)?;
        Self::ALL.into_iter().find(|stage| stage.folder() == folder)
    }
}

/// The folder of the Applications, beside those of the stages: they belong to Argo CD's cluster, and an Application must
/// not be among its own objects.
pub(crate) const ARGOCD_FOLDER: &str = "argocd";

/// The folder of the Kustomizations of Flux, beside those of the stages that they point to.
pub(crate) const FLUX_FOLDER: &str = "flux";

/// The folders beside those of the stages.
pub(crate) const TOOL_FOLDERS: [&str; 2] = [ARGOCD_FOLDER, FLUX_FOLDER];

#[cfg(test)]
mod tests {
    use super::*;

    /// Delivered clusters have them: another folder is another Kustomization.
    #[test]
    fn folders_never_move() {
        assert_eq!(Stage::ALL.map(Stage::folder), ["base", "prepare", "cluster", "steps", "monitoring"]);
        assert!(Stage::ALL.is_sorted());
    }
}

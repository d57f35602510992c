//! The stages of delivery, as data: folder, and what the next stage waits for. Three rows that never move, whatever a
//! cluster has: names of folders and Kustomizations depend on no rack and no position. A stage without objects renders
//! no folder.

use crate::render::Stage;

/// A stage.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Which.
    pub stage: Stage,
    /// Its folder; a Kustomization of Flux is called after it.
    pub folder: &'static str,
    /// What must be so before the next stage begins. No row says that pods are ready: a rack that does not get ready
    /// must never block the commit that repairs it, and the first pods are not ready before the last StatefulSet is
    /// there.
    pub waits_for: &'static str,
}

/// The stages in the order of delivery. Nothing is rendered for `prepare` yet: the Job of the steps belongs there. What is
/// patient (settle) belongs to the end of `cluster`, which nothing waits for.
pub const STAGES: [Row; 3] = [
    Row {
        stage: Stage::Base,
        folder: "base",
        waits_for: "its objects are there, and the disruption budget has a status",
    },
    Row { stage: Stage::Prepare, folder: "prepare", waits_for: "its Job is complete" },
    Row { stage: Stage::Cluster, folder: "cluster", waits_for: "nothing: it is the last one" },
];

/// The row of a stage.
pub fn row(stage: Stage) -> &'static Row {
    STAGES.iter().find(|row| row.stage == stage).expect("the table has every stage")
}

/// The row of the folder that a file lies in, if that is a stage's.
pub(super) fn row_of_file(path: &str) -> Option<&'static Row> {
    let folder = path.rsplit('/').nth(1)?;
    STAGES.iter().find(|row| row.folder == folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_stand_in_the_order_of_stages() {
        assert!(STAGES.is_sorted_by(|one, other| one.stage < other.stage));
    }

    /// Delivered clusters have them: another folder is another Kustomization.
    #[test]
    fn folders_never_move() {
        assert_eq!(STAGES.map(|row| row.folder), ["base", "prepare", "cluster"]);
    }
}

//! Argo CD: sync waves, and what may be pruned. The last wave ends the sync as soon as it is applied, so a rack that does
//! not become ready never blocks the commit that repairs it.

use super::annotation;
use crate::render::{Object, Retirement, Stage};

const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";
const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
const COMPARE_OPTIONS: &str = "argocd.argoproj.io/compare-options";

/// Waves are 10 apart: the steps that prepare come in between.
pub(super) fn annotate(object: &mut Object) {
    let wave = match object.stage {
        Stage::Base => "-20",
        Stage::Cluster => "0",
    };
    let metadata = object.resource.metadata_mut();
    annotation(metadata, SYNC_WAVE, wave);
    match object.retirement {
        Retirement::Prune => {}
        Retirement::Confirm => annotation(metadata, SYNC_OPTIONS, "Prune=confirm,Delete=confirm"),
        Retirement::Keep => {
            annotation(metadata, SYNC_OPTIONS, "Prune=false");
            annotation(metadata, COMPARE_OPTIONS, "IgnoreExtraneous");
        }
    }
}

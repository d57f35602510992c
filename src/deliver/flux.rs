//! Flux: what may be pruned, and where `postBuild` substitution must not touch a `${…}`. It knows no confirmation, so a
//! StatefulSet that is no longer rendered stays until a person deletes it.

use super::annotation;
use crate::render::{Object, Resource, Retirement};

const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// Scripts and configuration travel in ConfigMaps; commands and environment in StatefulSets.
pub(super) fn annotate(object: &mut Object) {
    let carries_text = matches!(object.resource, Resource::ConfigMap(_) | Resource::StatefulSet(_));
    let metadata = object.resource.metadata_mut();
    if carries_text {
        annotation(metadata, SUBSTITUTE, "disabled");
    }
    match object.retirement {
        Retirement::Prune => {}
        Retirement::Confirm | Retirement::Keep => annotation(metadata, PRUNE, "disabled"),
    }
}

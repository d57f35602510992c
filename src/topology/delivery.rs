//! What a user may write about delivery and accepted complaints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the objects travel to Kubernetes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Delivery {
    /// The tool that applies the output. Defaults to `plain`; `--dialect` of the command line overrides it.
    #[serde(default)]
    pub dialect: Dialect,
}

/// The tool that applies the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Argo CD: sync waves.
    Argocd,
    /// Flux: a folder per stage.
    Flux,
    /// `kubectl apply -k`: a kustomization per stage and one for all.
    #[default]
    Plain,
}

/// A complaint that is meant to be so.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Acceptance {
    /// The code of the warning, such as `W113`, or of the refused change, such as `E310`.
    pub code: String,
    /// Why it is meant to be so, for the next reader.
    pub reason: String,
}

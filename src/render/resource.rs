//! The kinds of objects that are rendered, one row each. A row is all that the rest of the compiler needs about a
//! kind: `apiVersion` and `kind` come with its type.

use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::{ConfigMap, PersistentVolumeClaim, Service, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use super::monitoring::{PodMonitor, PrometheusRule, ServiceMonitor};
use super::overridden::Overridden;

/// What the strings of an object are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strings {
    /// Names, numbers, addresses.
    Plain,
    /// Scripts, configuration, commands: a `${…}` in them is their own.
    Scripts,
}

macro_rules! resources {
    ($($kind:ident: $strings:expr,)*) => {
        /// An object of one of the kinds that are rendered.
        #[derive(Clone, Debug, Serialize)]
        #[serde(untagged)]
        #[expect(missing_docs, reason = "the names are Kubernetes' own")]
        pub enum Resource {
            $($kind(Box<$kind>),)*
            Overridden(Box<Overridden>),
        }

        $(impl From<$kind> for Resource {
            fn from(object: $kind) -> Self {
                Self::$kind(Box::new(object))
            }
        })*

        impl Resource {
            /// Every kind, by name.
            pub(crate) const KINDS: &[&str] = &[$($kind::KIND,)*];

            /// `apiVersion` and `kind`.
            pub(crate) fn kind(&self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$kind(_) => ($kind::API_VERSION, $kind::KIND),)*
                    Self::Overridden(object) => (object.api_version, object.kind),
                }
            }

            /// Name, namespace, labels, annotations.
            pub(crate) fn metadata(&self) -> &ObjectMeta {
                match self {
                    $(Self::$kind(object) => &object.metadata,)*
                    Self::Overridden(object) => &object.metadata,
                }
            }

            /// The same, to be completed by delivery.
            pub(crate) fn metadata_mut(&mut self) -> &mut ObjectMeta {
                match self {
                    $(Self::$kind(object) => &mut object.metadata,)*
                    Self::Overridden(object) => &mut object.metadata,
                }
            }

            pub(super) fn strings(&self) -> Strings {
                match self {
                    $(Self::$kind(_) => $strings,)*
                    Self::Overridden(object) => object.strings,
                }
            }
        }
    };
}

resources! {
    ConfigMap: Strings::Scripts,
    CronJob: Strings::Scripts,
    Deployment: Strings::Plain,
    EndpointSlice: Strings::Plain,
    Job: Strings::Scripts,
    NetworkPolicy: Strings::Plain,
    PersistentVolumeClaim: Strings::Plain,
    PodDisruptionBudget: Strings::Plain,
    PodMonitor: Strings::Scripts,
    PrometheusRule: Strings::Scripts,
    Role: Strings::Plain,
    RoleBinding: Strings::Plain,
    Service: Strings::Plain,
    ServiceAccount: Strings::Plain,
    ServiceMonitor: Strings::Scripts,
    StatefulSet: Strings::Scripts,
}

/// The kinds of the Prometheus Operator.
const OF_PROMETHEUS: [&str; 3] = [PodMonitor::KIND, PrometheusRule::KIND, ServiceMonitor::KIND];

impl Resource {
    /// Whether its kind is not Kubernetes' own, so that a Kubernetes cluster may not know it.
    pub(crate) fn is_custom(&self) -> bool {
        OF_PROMETHEUS.contains(&self.kind().1)
    }

    /// Whether a `${…}` in it is no variable that a delivery tool may substitute.
    pub(crate) fn carries_scripts(&self) -> bool {
        self.strings() == Strings::Scripts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::OVERRIDDEN_KINDS;

    /// Patches are judged by the schemas of Kubernetes, which have no kinds of others.
    #[test]
    fn every_kind_of_kubernetes_own_can_be_overridden() {
        let is_own = |kind: &&&str| !OF_PROMETHEUS.contains(kind);
        let kinds: Vec<&str> = Resource::KINDS.iter().filter(is_own).copied().collect();
        assert_eq!(kinds, OVERRIDDEN_KINDS);
    }
}

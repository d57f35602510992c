//! Labels and annotations of Services.

use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;
use crate::path::Path;
use crate::pods::metadata::metadata;

/// The Services of the operators and of topologies, by name.
const SERVICES: [(&str, &str); 6] = [
    ("dcService", "cql"),
    ("seedService", "seed"),
    ("allpodsService", "allPods"),
    ("allPodsService", "allPods"),
    ("additionalSeedService", "additionalSeed"),
    ("nodePortService", "nodePort"),
];

/// `additionalServiceConfig`. The keys of labels and annotations have other names in a `K8ssandraCluster`.
pub(in crate::kinds) fn services(draft: &mut Draft, at: &At<'_>, datacenter: &Path, keys: [&str; 2]) {
    for (service, value) in at.value().and_then(Value::as_object).into_iter().flatten() {
        let at = at.key(service);
        let Some((_, name)) = SERVICES.iter().find(|(known, _)| known == service) else {
            draft.lose(&at, "changes a Service that cassc does not have", "nothing");
            continue;
        };
        for (key, _) in value.as_object().into_iter().flatten() {
            let to = datacenter.key("services").key(*name);
            match keys.iter().position(|known| known == key) {
                Some(0) => metadata(draft, &at.key(key), &to.key("labels")),
                Some(_) => metadata(draft, &at.key(key), &to.key("annotations")),
                None => draft.lose(&at.key(key), "changes a Service", "write an override of the Service"),
            }
        }
    }
}

//! What is said of the whole cluster.

use std::collections::BTreeSet;

use serde_json::Value;

use super::types::{Cassandra, Spec};
use super::{datacenter, reaper};
use crate::documents::{At, Document};
use crate::draft::{Draft, datacenter as path_of, spec};
use crate::kinds::cass_operator::cluster;
use crate::kinds::finish::finish;
use crate::names;
use crate::options::Options;
use crate::path::Path;
use crate::pods::lose_unknown;
use crate::report::Refusal;

/// Writes the cluster into the topology.
pub(super) fn cluster(draft: &mut Draft, document: &Document, options: &Options) -> Result<(), Refusal> {
    let root = At::root(document);
    let at = root.key("spec");
    let Spec { auth, cassandra, stargate, reaper, medusa, external_datacenters, secrets_provider, others } =
        at.read()?;
    let at_cassandra = at.key("cassandra");
    let Some(cassandra) = cassandra.filter(|cassandra| !cassandra.datacenters.is_empty()) else {
        let help = "write `spec.cassandra` with its datacenters, or import the resource of the ring itself";
        return Err(at_cassandra.refused("there is no datacenter", help));
    };
    names(draft, &root, &cassandra)?;
    cluster::server_type(
        draft,
        &at_cassandra.key("serverType"),
        cassandra.server_type.as_deref().unwrap_or("cassandra"),
    )?;
    if auth.is_some() {
        draft.meet(&at.key("auth"), "passwords or none, where cassandra.yaml names no authenticator");
    }
    secrets(draft, &at, &cassandra, secrets_provider.as_deref());
    for index in 0..cassandra.datacenters.len() {
        let cluster = Path::of(&["spec", "cassandra"]);
        let own = cluster.key("datacenters").index(index);
        datacenter::datacenter(draft, &document.overlaid(&cluster, &own), index, (auth, options))?;
    }
    stopped(draft, &at_cassandra.key("datacenters"), &cassandra.datacenters);
    kube_clusters(draft, &at_cassandra, &cassandra);
    if reaper.is_some() {
        reaper::reaper(draft, &at.key("reaper"))?;
    }
    if stargate.is_some() {
        lose_stargate(draft, &at.key("stargate"));
    }
    if medusa.is_some() {
        draft.lose(
            &at.key("medusa"),
            "backs up and restores by Medusa",
            "back up by other means: cassc renders no backups yet",
        );
    }
    if !external_datacenters.is_empty() {
        draft.lose(
            &at.key("externalDatacenters"),
            "names datacenters of the ring that something else runs",
            "write the addresses of nodes of them into `additionalSeeds`",
        );
    }
    lose_unknown(draft, &at, &others);
    finish(draft, &root, secrets_provider.as_deref() != Some("external"), options);
    Ok(())
}

/// Stargate is a program of its own in front of the ring.
pub(super) fn lose_stargate(draft: &mut Draft, at: &At<'_>) {
    let instead = "connect clients by CQL drivers, or deploy the Data API for Cassandra beside the ring: K8ssandra Operator \
                   itself gives Stargate up with Cassandra 5.0";
    draft.lose(at, "deploys Stargate, gateways with REST, GraphQL and document APIs", instead);
}

/// The names of the cluster, in Kubernetes and in Cassandra, and its namespace.
fn names(draft: &mut Draft, root: &At<'_>, cassandra: &Cassandra) -> Result<(), Refusal> {
    let own = cassandra.cluster_name.as_deref().filter(|name| !name.is_empty());
    let at = match own {
        Some(_) => root.keys(&["spec", "cassandra", "clusterName"]),
        None => root.keys(&["metadata", "name"]),
    };
    let name = own.or_else(|| root.keys(&["metadata", "name"]).value()?.as_str()).unwrap_or_default();
    cluster::cluster_name(draft, &at, name)?;
    cluster::namespace(draft, &root.keys(&["metadata", "namespace"]), &Path::default());
    Ok(())
}

/// The Secret of the superuser, and who makes Secrets.
fn secrets(draft: &mut Draft, at: &At<'_>, cassandra: &Cassandra, provider: Option<&str>) {
    let secret = at.keys(&["cassandra", "superuserSecretRef", "name"]);
    let name = cassandra.superuser_secret_ref.as_ref().and_then(|secret| secret.get("name")).and_then(Value::as_str);
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        draft.carry(&secret, &spec(&["auth", "superuser", "secretName"]), name);
    }
    if provider == Some("external") {
        let instead = "let your provider make the Secrets that the topology names: the steps read them by name";
        draft.lose(&at.key("secretsProvider"), "has Secrets written into the pods by a provider", instead);
    }
}

/// A topology stops as a whole.
fn stopped(draft: &mut Draft, at: &At<'_>, datacenters: &[Value]) {
    let is_stopped = |datacenter: &Value| datacenter.get("stopped") == Some(&Value::Bool(true));
    let all = datacenters.iter().all(is_stopped);
    for (index, _) in datacenters.iter().enumerate().filter(|(_, datacenter)| is_stopped(datacenter)) {
        let at = at.index(index).key("stopped");
        if all {
            draft.agree(&at, &spec(&["stopped"]), true);
        } else {
            draft.lose(&at, "stops the pods of this datacenter", "start it: `spec.stopped` stops the whole ring only");
        }
    }
}

/// Contexts become Kubernetes clusters. Nodes of one reach those of another by addresses that somebody must write.
fn kube_clusters(draft: &mut Draft, at: &At<'_>, cassandra: &Cassandra) {
    let context =
        |datacenter: &Value| datacenter.get("k8sContext").and_then(Value::as_str).unwrap_or_default().to_owned();
    let contexts: Vec<String> = cassandra.datacenters.iter().map(context).collect();
    let different: BTreeSet<&String> = contexts.iter().collect();
    for (index, context) in contexts.iter().enumerate() {
        let (from, to) = (at.key("datacenters").index(index).key("k8sContext"), path_of(index).key("kubeCluster"));
        let label = names::slug(context);
        match (context.as_str(), different.len()) {
            ("", 1) => {}
            ("", _) => draft.fill(&to, "control-plane", "no context: the Kubernetes cluster of the operator itself"),
            (context, _) if context == label => draft.carry(&from, &to, context),
            (_, _) if label.is_empty() => draft.decide(Some(&from), &to, "a name for this Kubernetes cluster"),
            _ => draft.change(&from, &to, label, "a DNS label"),
        }
    }
    seeds(draft, at, cassandra, different.len() > 1);
}

/// The operator finds the addresses of seeds while it runs; a topology needs them in writing.
fn seeds(draft: &mut Draft, at: &At<'_>, cassandra: &Cassandra, several: bool) {
    if !cassandra.additional_seeds.is_empty() {
        draft.carry(&at.key("additionalSeeds"), &spec(&["additionalSeeds"]), cassandra.additional_seeds.clone());
    } else if several {
        let what = "DNS names or addresses of nodes of this datacenter, as pods of the other Kubernetes clusters reach them; \
                    the operator looks them up while it runs";
        let to = path_of(0).key("reachableSeeds").index(0);
        draft.decide(Some(&at.key("datacenters").index(0)), &to, what);
    }
    let stores = [
        ("serverEncryptionStores", "server_encryption_options", cassandra.server_encryption_stores.is_some()),
        ("clientEncryptionStores", "client_encryption_options", cassandra.client_encryption_stores.is_some()),
    ];
    for (field, options, _) in stores.into_iter().filter(|(_, _, is_there)| *is_there) {
        let at = at.key(field);
        draft.lose(
            &at,
            "mounts keystores, and writes their passwords, from Secrets, into the configuration",
            "mount the keystores by `storage.additionalVolumes`, and name them in the configuration",
        );
        for index in 0..cassandra.datacenters.len() {
            let to = path_of(index).key("cassandra").key("config").key(options).key("keystore");
            draft.decide(
                Some(&at),
                &to,
                "the path of the keystore, and beside it those of the other keys of the stores",
            );
        }
    }
}

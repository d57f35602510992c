//! `CassandraCluster` (v1alpha1 and v2) and `MultiCasskop` of CassKop. Read in cscetbon/casskop 40f5dfa (`api/v2`,
//! `controllers/cassandracluster/generator.go`, `envVars/cassandraEnvVars.go`, `multi-casskop/controllers`) and, for
//! v1alpha1, in Orange-OpenSource/casskop v1.1.5 (`pkg/apis/db/v1alpha1`, `docker/bootstrap`).
//!
//! CassKop names its objects otherwise and runs other images, so its volumes cannot be adopted: the topology is for a new
//! ring, or for a new datacenter beside the old one.

mod cluster;
mod configuration;
mod datacenters;
mod fields;
mod identity;
mod labels;
mod moving;
mod operator;
mod pods;
mod sizes;
mod volumes;

use serde::Deserialize;
use serde_json::{Map, Value};

use self::datacenters::Site;
use super::Kind;
use super::finish::finish;
use crate::documents::{At, Document, Merge};
use crate::draft::Draft;
use crate::options::Options;
use crate::report::Refusal;

const GROUP: &str = "db.orange.com";

/// One cluster in one Kubernetes cluster.
pub(super) const CLUSTER: Kind = Kind {
    is: |document| document.is(GROUP, "CassandraCluster"),
    import: |documents, options| each(documents, options, single),
};
/// One cluster over several Kubernetes clusters.
pub(super) const MULTI: Kind = Kind {
    is: |document| document.is(GROUP, "MultiCasskop"),
    import: |documents, options| each(documents, options, multi),
};

fn each(
    documents: &[&Document],
    options: &Options,
    import: fn(&Document, &Options) -> Result<Draft, Refusal>,
) -> Vec<Result<Draft, Refusal>> {
    documents.iter().map(|document| import(document, options)).collect()
}

fn single(document: &Document, options: &Options) -> Result<Draft, Refusal> {
    let parts = [Part { root: At::root(document), kube_cluster: None }];
    topology(Draft::new(&[At::root(document)]), &parts, options)
}

/// The base with each override laid over it, in the order of the names of the Kubernetes clusters.
fn multi(document: &Document, options: &Options) -> Result<Draft, Refusal> {
    let root = At::root(document);
    let spec = root.key("spec");
    let overrides = spec.key("override").read::<Option<Map<String, Value>>>()?.unwrap_or_default();
    if overrides.is_empty() {
        let message = "`spec.override` names no Kubernetes cluster, so the operator creates nothing";
        return Err(spec.refused(message, "write an entry for each Kubernetes cluster, or import the CassandraCluster"));
    }
    let names: Vec<String> = overrides.into_iter().map(|(name, _)| name).collect();
    let merged: Vec<Document> =
        names.iter().map(|name| spec.key("base").overlaid(Merge::Mergo, &spec.key("override").key(name))).collect();
    let parts: Vec<Part<'_>> = merged
        .iter()
        .zip(&names)
        .map(|(document, name)| Part { root: At::root(document), kube_cluster: Some(name.clone()) })
        .collect();
    let mut draft = topology(Draft::new(std::slice::from_ref(&root)), &parts, options)?;
    operator::of_several(&mut draft, &root)?;
    Ok(draft)
}

/// A `CassandraCluster` in one Kubernetes cluster.
#[derive(Clone, Debug)]
struct Part<'d> {
    root: At<'d>,
    kube_cluster: Option<String>,
}

impl<'d> Part<'d> {
    fn spec(&self) -> At<'d> {
        self.root.key("spec")
    }

    /// Whether the operator is CassKop 1, which knows no `config`.
    fn is_first(&self) -> bool {
        let version = self.root.key("apiVersion").value().and_then(Value::as_str).unwrap_or_default();
        version.ends_with("v1alpha1")
    }
}

fn topology(mut draft: Draft, parts: &[Part<'_>], options: &Options) -> Result<Draft, Refusal> {
    let sites = datacenters::read(parts)?;
    let all = All { parts, sites: &sites };
    identity::write(&mut draft, all);
    let minor = identity::release(&mut draft, all)?;
    datacenters::write(&mut draft, all);
    identity::namespaces(&mut draft, all);
    for site in all.sites {
        let part = all.part_of(site);
        configuration::write(&mut draft, part, site, minor)?;
        sizes::write(&mut draft, part, site, options)?;
        volumes::write(&mut draft, part, site)?;
        pods::write(&mut draft, part, site)?;
    }
    cluster::write(&mut draft, all)?;
    operator::write(&mut draft, all)?;
    moving::write(&mut draft, all)?;
    finish(&mut draft, &all.first().root, false, options);
    cluster::cleanup(&mut draft, all)?;
    Ok(draft)
}

/// The parts of a cluster and their datacenters.
#[derive(Clone, Copy, Debug)]
struct All<'a, 'd> {
    parts: &'a [Part<'d>],
    sites: &'a [Site<'d>],
}

impl<'a, 'd> All<'a, 'd> {
    fn first(&self) -> &'a Part<'d> {
        &self.parts[0]
    }

    fn part_of(&self, site: &Site<'d>) -> &'a Part<'d> {
        &self.parts[site.part]
    }

    /// A field of `spec` for which a topology has one value: that of the first Kubernetes cluster, and the others are told.
    fn one(&self, draft: &mut Draft, key: &str) -> At<'d> {
        let first = self.first().spec().key(key);
        for part in &self.parts[1..] {
            let other = part.spec().key(key);
            if other.value() != first.value() && other.value().is_some() {
                let did = "was another value than in the first Kubernetes cluster";
                draft.lose(&other, did, "write one value that is right for the whole cluster");
            }
        }
        first
    }
}

/// A field as a type; `None` where it is absent.
fn optional<T: for<'de> Deserialize<'de>>(at: &At<'_>) -> Result<Option<T>, Refusal> {
    at.read::<Option<T>>()
}

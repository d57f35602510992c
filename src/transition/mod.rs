//! A change of a deployed cluster: what it was beside what the topology asks for. The rules E3xx look at it and refuse
//! what would lose data or cannot work; [`crate::plan`] describes what the rest will do. Pure: `deployed` did the
//! reading.

mod changed;
mod directories;
mod effective;
mod encryption;
mod judgment;
mod rules;
mod storage_mode;

pub(crate) use changed::Changed;
pub(crate) use effective::Effective;
pub use judgment::{Accepted, Judgment, judge};
pub use rules::{Force, SHARED_WITH_DEPLOYED, deletion, rules};

use cassc_ring::{Change, Ring, change};

use crate::cluster::{Cluster, Datacenter, Rack};
use crate::diagnostic::{Diagnostic, DocumentId, Label, Part, Place, Route, Rule};
use crate::parse::{Text, has_route};
use crate::subject::Subject;

/// A deployed cluster and what it is to become.
#[derive(Debug)]
pub struct Transition<'t> {
    /// The topology, with the places of its values.
    pub subject: &'t Subject<'t>,
    /// What the topology asks for.
    pub after: &'t Cluster,
    /// What is deployed.
    pub before: &'t Cluster,
    /// All texts that labels may point into.
    pub texts: &'t [Text],
    /// Where the deployed cluster is written.
    pub was: DeployedSource,
    /// The rings of both sides, deployed and asked for.
    pub rings: (Ring, Ring),
}

/// Where the deployed cluster is written: in a lock, in an earlier topology, or in both.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeployedSource {
    /// The lock.
    pub lock: Option<DocumentId>,
    /// The earlier text of the topology.
    pub topology: Option<DocumentId>,
}

/// How far a value reaches; names are those of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope<'s> {
    /// The whole cluster.
    Cluster,
    /// A datacenter.
    Datacenter(&'s str),
    /// A rack of a datacenter.
    Rack(&'s str, &'s str),
}

/// Where a value is written: in a topology, and in the lock where there is no earlier topology.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'s> {
    /// How far it reaches.
    scope: Scope<'s>,
    /// What is pointed at by name where the value is not written.
    named: Scope<'s>,
    /// What the user writes, below the cluster, the datacenter or the rack: `storage.size`, `metadata.name`.
    field: &'s str,
    /// Its name in the lock, below what it belongs to there.
    in_lock: &'s str,
}

impl<'s> At<'s> {
    /// The value of a field: `storage.size` in a topology may be `storage.size` or another name in a lock.
    pub(crate) fn of(scope: Scope<'s>, field: &'s str, in_lock: &'s str) -> Self {
        Self { scope, named: scope, field, in_lock }
    }

    /// The name of a datacenter or a rack.
    pub(crate) fn name(scope: Scope<'s>) -> Self {
        Self::of(scope, "name", "name")
    }
}

/// The deployed and the wanted form of one thing.
#[derive(Debug)]
pub(crate) struct Pair<'t, T> {
    /// As it is deployed.
    pub before: &'t T,
    /// As it is asked for.
    pub after: &'t T,
}

impl<'t> Transition<'t> {
    /// A refusal with both its places: where the topology asks for it now, and what it was.
    pub(crate) fn refuse(
        &self,
        rule: &Rule,
        message: impl Into<String>,
        at: At<'_>,
        now: impl Into<String>,
        was: impl Into<String>,
    ) -> Diagnostic {
        rule.complain(message, self.label_after(at, now)).labels(self.label_before(at, was))
    }

    /// What becomes of the ring: racks and datacenters have the positions that they have in the clusters.
    pub fn ring(&self) -> Change<'_> {
        Change { before: Some(&self.rings.0), after: Some(&self.rings.1) }
    }

    /// The datacenters that were and still are, in the order of the topology, each with what becomes of its ring.
    pub(crate) fn ring_pairs(&self) -> Vec<(Pair<'t, Datacenter>, change::Pair<'_>)> {
        let of_name = |ring: change::Pair<'_>| {
            let both = self.before.datacenter(ring.name).zip(self.after.datacenter(ring.name));
            both.map(|(before, after)| Pair { before, after })
        };
        self.ring().datacenters().into_iter().filter_map(|ring| Some((of_name(ring)?, ring))).collect()
    }

    /// The datacenters that were and still are, in the order of the topology.
    pub(crate) fn datacenters(&self) -> Vec<Pair<'t, Datacenter>> {
        let pair = |after: &'t Datacenter| Some(Pair { before: self.before.datacenter(&after.name)?, after });
        self.after.datacenters.iter().filter_map(pair).collect()
    }

    /// The racks that were and still are, each with its datacenter.
    pub(crate) fn racks(&self) -> Vec<(Pair<'t, Datacenter>, Pair<'t, Rack>)> {
        let of_datacenter = |Pair { before, after }: Pair<'t, Datacenter>| {
            let pair = move |rack: &'t Rack| {
                let racks = Pair { before: before.rack(&rack.name)?, after: rack };
                Some((Pair { before, after }, racks))
            };
            after.racks.iter().filter_map(pair)
        };
        self.datacenters().into_iter().flat_map(of_datacenter).collect()
    }

    /// A label where the topology has it now: at the innermost level that writes the field (such as `storage.size`),
    /// or at a name where none does.
    pub(crate) fn label_after(&self, at: At<'_>, words: impl Into<String>) -> Label {
        self.subject.value(written_at(self.texts, self.subject.document, self.after, at), words)
    }

    /// A label where it was written before: in the earlier topology like [`Transition::now`]; where there is only a
    /// lock, at its place in that. `None` when neither text is at hand.
    pub(crate) fn label_before(&self, at: At<'_>, words: impl Into<String>) -> Option<Label> {
        let (document, route) = match self.was {
            DeployedSource { topology: Some(document), .. } => {
                (document, written_at(self.texts, document, self.before, at))
            }
            DeployedSource { lock: Some(document), .. } => {
                (document, in_lock(positions(self.before, at.scope), at.in_lock))
            }
            DeployedSource { .. } => return None,
        };
        Some(Label { place: Place::Value { document, route, part: Part::Value }, text: words.into() })
    }
}

/// The positions of a datacenter and a rack in a list of datacenters.
type Positions = (Option<usize>, Option<usize>);

fn positions(cluster: &Cluster, scope: Scope<'_>) -> Positions {
    let datacenters = &cluster.datacenters;
    let datacenter = |name: &str| datacenters.iter().position(|datacenter| datacenter.name == name);
    match scope {
        Scope::Cluster => (None, None),
        Scope::Datacenter(name) => (datacenter(name), None),
        Scope::Rack(name, rack) => {
            let datacenter = datacenter(name);
            let racks = datacenter.map(|index| &datacenters[index].racks);
            (datacenter, racks.and_then(|racks| racks.iter().position(|it| it.name == rack)))
        }
    }
}

/// The levels of a topology from the innermost outwards.
fn levels((datacenter, rack): Positions) -> Vec<Route> {
    let spec = Route::of("spec");
    let of_datacenter = datacenter.map(|index| spec.key("datacenters").index(index));
    let of_rack = of_datacenter.as_ref().zip(rack).map(|(route, index)| route.key("racks").index(index));
    of_rack.into_iter().chain(of_datacenter).chain([spec]).collect()
}

fn written_at(texts: &[Text], document: DocumentId, cluster: &Cluster, at: At<'_>) -> Route {
    if let Some(of_metadata) = at.field.strip_prefix("metadata.") {
        return Route::of("metadata").key(of_metadata);
    }
    let (levels_of_value, metadata) = (levels(positions(cluster, at.scope)), Route::of("metadata"));
    // A namespace is the only thing that a datacenter has from the metadata.
    let routes = levels_of_value.iter().chain([&metadata]).map(|level| level.join(&Route::of(at.field)));
    let written = routes.into_iter().find(|route| has_route(texts, document, route));
    written.unwrap_or_else(|| match levels(positions(cluster, at.named)).first() {
        Some(innermost) if at.named != Scope::Cluster => innermost.key("name"),
        _ => metadata.key("name"),
    })
}

fn in_lock((datacenter, rack): Positions, field: &str) -> Route {
    let cluster = Route::of("cluster");
    let datacenter = datacenter.map(|index| cluster.key("datacenters").index(index));
    let rack = datacenter.as_ref().zip(rack).map(|(route, index)| route.key("racks").index(index));
    rack.or(datacenter).unwrap_or(cluster).join(&Route::of(field))
}

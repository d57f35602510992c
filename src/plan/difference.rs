//! A deployed cluster and the wanted one, side by side: which objects are different, which racks restart, which nodes
//! are new and which leave. Made once by [`super::plan`]; the steps only read it.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::step::{ObjectName, RackRoll};
use cassc_ring::{Change, Ring, names};

use super::{Before, facets, reasons};
use crate::cluster::{Cluster, Datacenter, Rack};
use crate::deliver::{Arranged, Delivered, RenderedFolder, arrange, is_handed_over};
use crate::file_tree::FileTree;

/// Everything that is different.
#[derive(Debug)]
pub(crate) struct Difference<'d> {
    /// The cluster as it is deployed; `None` for a new one.
    pub before: Option<&'d Cluster>,
    /// The cluster as it is wanted; `None` when its topology is gone.
    pub after: Option<&'d Cluster>,
    /// Objects that are new.
    pub created: Vec<Delivered>,
    /// Objects that are different.
    pub changed: Vec<Delivered>,
    /// Objects that are no longer rendered.
    pub retired: Vec<Delivered>,
    /// The delivery tool's own objects for the cluster: an Application, Kustomizations.
    pub handed_over: HandedOver,
    /// What is different in the words of the topology.
    pub facets: Vec<facets::Facet>,
    /// The racks whose pods restart.
    pub rolls: Vec<RackRoll>,
    /// Whether the deployed cluster itself would be rendered otherwise today: another version of cassc wrote it.
    pub rendered_otherwise: bool,
    /// The folder of the rendered files.
    pub folder: RenderedFolder,
    /// The rings of both sides.
    rings: (Option<Ring>, Option<Ring>),
}

/// The files for the delivery tool itself that are different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HandedOver {
    /// New and changed ones.
    pub given: Vec<String>,
    /// Those that are no longer rendered.
    pub taken_back: Vec<String>,
}

impl<'d> Difference<'d> {
    /// Compares; `now` is what `after` is rendered to, nothing for none, and `output` the directory for it, where it is
    /// known. Equal objects give an empty difference, whatever the clusters say.
    pub(crate) fn new(
        deployed: Option<&Before<'d>>,
        after: Option<&'d Cluster>,
        now: &Arranged,
        output: Option<&str>,
    ) -> Self {
        let before = deployed.map(|deployed| deployed.cluster);
        let folder = RenderedFolder::new(output, after.or(before).map_or("", |cluster| &cluster.name));
        let rings = (before.map(Cluster::ring), after.map(Cluster::ring));
        let mut facets = before.zip(after).map(|(before, after)| facets::facets(before, after)).unwrap_or_default();
        let Some(was) = deployed.map(|deployed| Rendered::new(deployed, now)) else {
            let created = now.objects.values().cloned().collect();
            return Self {
                before,
                after,
                created,
                changed: Vec::new(),
                retired: Vec::new(),
                handed_over: handed_over(&BTreeMap::new(), &now.files),
                facets,
                rolls: Vec::new(),
                rendered_otherwise: false,
                folder,
                rings,
            };
        };
        let (created, changed, retired) = objects(&was, now);
        let mut rolls = before.zip(after).map(|(before, after)| rolls(before, after, &was, now)).unwrap_or_default();
        if let Some((before, after)) = before.zip(after) {
            reasons::find(before, after, &mut facets, &mut rolls);
            if before.is_stopped() || after.is_stopped() {
                // Pods that are not there start with the template of then.
                rolls.clear();
            }
        }
        let (handed_over, rendered_otherwise) = (handed_over(&was.files, &now.files), was.rendered_otherwise);
        Self { before, after, created, changed, retired, handed_over, facets, rolls, rendered_otherwise, folder, rings }
    }

    /// Whether no object differs, the delivery tool's own included.
    pub(crate) fn is_empty(&self) -> bool {
        let same = self.created.is_empty() && self.changed.is_empty() && self.retired.is_empty();
        same && self.handed_over == HandedOver::default()
    }

    /// What becomes of the ring.
    pub(crate) fn ring(&self) -> Change<'_> {
        Change { before: self.rings.0.as_ref(), after: self.rings.1.as_ref() }
    }
}

impl From<&Delivered> for ObjectName {
    fn from(object: &Delivered) -> Self {
        Self {
            kube_cluster: object.kube_cluster.clone(),
            namespace: object.namespace.clone(),
            kind: object.kind.to_owned(),
            name: object.name.clone(),
        }
    }
}

/// What was rendered of the deployed cluster: digests of files and of pod templates, by the lock where there is one.
struct Rendered {
    files: BTreeMap<String, String>,
    templates: BTreeMap<String, String>,
    objects: BTreeMap<String, Delivered>,
    rendered_otherwise: bool,
}

impl Rendered {
    /// Where by the lock every file is as it would be rendered now, nothing has to be rendered for it.
    fn new(deployed: &Before<'_>, now: &Arranged) -> Self {
        match deployed.lock {
            Some(lock) if lock.files() == now.files.digests() && lock.templates() == &now.templates => {
                let (templates, objects) = (now.templates.clone(), now.objects.clone());
                Self { files: lock.files().clone(), templates, objects, rendered_otherwise: false }
            }
            Some(lock) => {
                let rendered = arrange(deployed.cluster);
                let rendered_otherwise = lock.files() != rendered.files.digests();
                let templates = match lock.templates() {
                    recorded if recorded.is_empty() => templates_of_files(lock.files(), &rendered),
                    recorded => recorded.clone(),
                };
                let mut objects = rendered.objects;
                objects.retain(|path, _| lock.files().contains_key(path));
                let unknown = lock.files().keys().filter(|path| rendered.files.get(path).is_none());
                let unknown: Vec<(String, Delivered)> =
                    unknown.filter_map(|path| Some((path.clone(), Delivered::of_file(path)?))).collect();
                objects.extend(unknown);
                Self { files: lock.files().clone(), templates, objects, rendered_otherwise }
            }
            None => {
                let Arranged { files, templates, objects } = arrange(deployed.cluster);
                Self { files: files.digests().clone(), templates, objects, rendered_otherwise: false }
            }
        }
    }
}

/// The pod templates behind a lock of format 1, which does not record them: those of StatefulSets whose files are as
/// they would be rendered now. Of the others nothing is known, so that their pods count as restarting.
fn templates_of_files(digests: &BTreeMap<String, String>, rendered: &Arranged) -> BTreeMap<String, String> {
    let same = |path: &str| digests.get(path).is_some_and(|it| rendered.files.digests().get(path) == Some(it));
    let known = rendered.objects.iter().filter(|(path, _)| same(path)).map(|(_, object)| &object.name);
    known.filter_map(|name| Some((name.clone(), rendered.templates.get(name)?.clone()))).collect()
}

/// What is different of the files for the delivery tool itself; before, their digests.
fn handed_over(was: &BTreeMap<String, String>, now: &FileTree) -> HandedOver {
    let given = now.digests().iter().filter(|(path, digest)| is_handed_over(path) && was.get(*path) != Some(digest));
    let taken_back = was.keys().filter(|path| is_handed_over(path) && now.get(path).is_none());
    HandedOver { given: given.map(|(path, _)| path.clone()).collect(), taken_back: taken_back.cloned().collect() }
}

/// New, different and retired objects. An object is the same one by its name and not by its file: the files of all
/// objects are called otherwise once there is a second namespace.
fn objects(was: &Rendered, now: &Arranged) -> (Vec<Delivered>, Vec<Delivered>, Vec<Delivered>) {
    let by_name: BTreeMap<ObjectName, &String> =
        was.objects.iter().map(|(path, object)| (ObjectName::from(object), path)).collect();
    let wanted: BTreeSet<ObjectName> = now.objects.values().map(ObjectName::from).collect();
    let (mut created, mut changed, mut there) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (path, object) in &now.objects {
        let digest = now.files.digests().get(path).expect("every object has its file");
        // Of what an older cassc rendered only the file is known.
        let by_file = was.objects.get(path).filter(|it| it.namespace.is_none() && it.name == object.name);
        let by_name = by_name.get(&ObjectName::from(object)).copied();
        let is_free = |path: &String, it: &Delivered| !there.contains(path) && !wanted.contains(&ObjectName::from(it));
        let alike = || was.objects.iter().find(|(path, it)| is_alike(it, object) && is_free(path, it));
        let deployed = by_name.or(by_file.map(|_| path)).or_else(|| alike().map(|(path, _)| path));
        there.extend(deployed);
        match deployed.and_then(|path| was.files.get(path)) {
            None => created.push(object.clone()),
            Some(before) if before != digest => changed.push(object.clone()),
            Some(_) => {}
        }
    }
    let retired = was.objects.iter().filter(|(path, _)| !there.contains(path));
    (created, changed, retired.map(|(_, object)| object.clone()).collect())
}

/// Whether an object is the same one because its namespace, or its Kubernetes cluster, was not named on one side: who accepts
/// E303 or E324 reports it.
fn is_alike(was: &Delivered, now: &Delivered) -> bool {
    let is_open = |was: &Option<String>, now: &Option<String>| was == now || was.is_none() || now.is_none();
    (was.kind, &was.name) == (now.kind, &now.name)
        && is_open(&was.namespace, &now.namespace)
        && is_open(&was.kube_cluster, &now.kube_cluster)
}

/// The racks with another pod template, and their pods that exist and stay, highest ordinal first as the StatefulSet
/// controller would.
fn rolls(before: &Cluster, after: &Cluster, was: &Rendered, now: &Arranged) -> Vec<RackRoll> {
    let racks = after.datacenters.iter().flat_map(|datacenter| datacenter.racks.iter().map(move |it| (datacenter, it)));
    let roll = |(datacenter, rack): (&Datacenter, &Rack)| {
        let deployed = before.datacenter(&datacenter.name)?.rack(&rack.name)?;
        let same = was.templates.get(&deployed.stateful_set) == now.templates.get(&rack.stateful_set);
        let staying = deployed.nodes.min(rack.nodes);
        (!same && staying > 0).then(|| RackRoll {
            datacenter: datacenter.name.clone(),
            rack: rack.name.clone(),
            stateful_set: rack.stateful_set.clone(),
            pods: (0..staying).rev().map(|ordinal| names::pod(&rack.stateful_set, ordinal)).collect(),
            reasons: Vec::new(),
        })
    };
    racks.filter_map(roll).collect()
}

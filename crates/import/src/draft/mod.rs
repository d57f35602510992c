//! The topology in the making: values with comments, and at the same time the report of where each came from. Whoever
//! reads a resource calls one of five functions for each of its fields: [`Draft::carry`], [`Draft::change`],
//! [`Draft::meet`], [`Draft::lose`], [`Draft::decide`]; and [`Draft::fill`] for what the operator does where the resource
//! is silent.

mod lift;
mod node;
mod order;
mod scalar;
mod told;
mod write;

pub(crate) use self::node::Node;
use self::told::Told;
use crate::documents::At;
use crate::path::Path;
use crate::report::{ImportedTopology, NotCarried};

/// The beginning of a value that a person must write; cassc refuses it.
const TO_DO: &str = "TODO";

/// A topology in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    root: Node,
    resources: Vec<String>,
    told: Told,
}

/// A field of the topology below `spec`: `spec(&["cassandra", "version"])`.
pub(crate) fn spec(keys: &[&str]) -> Path {
    keys.iter().fold(Path::of(&["spec"]), |path, key| path.key(*key))
}

/// A datacenter of the topology, counted from 0.
pub(crate) fn datacenter(index: usize) -> Path {
    spec(&["datacenters"]).index(index)
}

impl Draft {
    /// An empty topology that is made of these resources.
    pub(crate) fn new(resources: &[At<'_>]) -> Self {
        let resources = resources.iter().map(|at| at.place().resource).collect();
        let mut draft = Self { resources, ..Self::default() };
        draft.root.set(&Path::of(&["apiVersion"]), Node::from("cassc/v1alpha1"));
        draft.root.set(&Path::of(&["kind"]), Node::from("CassandraTopology"));
        // kustomize does not apply the file, and cassc does not render the annotation.
        let local = Path::of(&["metadata", "annotations", "config.kubernetes.io/local-config"]);
        draft.root.set(&local, Node::from("true"));
        draft
    }

    /// A field that says the same in the topology.
    pub(crate) fn carry(&mut self, from: &At<'_>, to: &Path, value: impl Into<Node>) {
        self.root.set(to, value.into());
        self.told.carried.push((from.place(), to.clone()));
    }

    /// A field that says the same in other words, or more. The reason also stands in the topology, as a comment.
    pub(crate) fn change(&mut self, from: &At<'_>, to: &Path, value: impl Into<Node>, why: &str) {
        self.root.set(to, value.into());
        self.root.comment(to, why);
        self.told.changed.push((Some(from.place()), Some(to.clone()), why.to_owned()));
    }

    /// A value that no field of the resource says, because its operator does it by itself.
    pub(crate) fn fill(&mut self, to: &Path, value: impl Into<Node>, why: &str) {
        self.root.set(to, value.into());
        self.root.comment(to, why);
        self.told.changed.push((None, Some(to.clone()), why.to_owned()));
    }

    /// A field that needs none in the topology, because cassc does the same, or because it means nothing without the
    /// operator.
    pub(crate) fn meet(&mut self, from: &At<'_>, why: &str) {
        self.told.changed.push((Some(from.place()), None, why.to_owned()));
    }

    /// A field that the topology cannot say.
    pub(crate) fn lose(&mut self, from: &At<'_>, did: &str, instead: &str) {
        let (did, instead) = (did.to_owned(), instead.to_owned());
        self.told.not_carried.push(NotCarried { from: from.place(), did, instead });
    }

    /// A value that a person must write: it stands in the topology as `TODO: <what>`, which cassc refuses.
    pub(crate) fn decide(&mut self, from: Option<&At<'_>>, to: &Path, what: &str) {
        self.root.set(to, Node::from(format!("{TO_DO}: {what}")));
        self.ask(from, to, what);
    }

    /// A value that stands in the topology, and that a person should look at.
    pub(crate) fn ask(&mut self, from: Option<&At<'_>>, to: &Path, what: &str) {
        self.told.to_decide.push((from.map(At::place), to.clone(), what.to_owned()));
    }

    /// Sets a value that nobody needs to be told of, such as an accepted warning.
    pub(crate) fn set(&mut self, to: &Path, value: impl Into<Node>) {
        self.root.set(to, value.into());
    }

    /// What stands at a field so far.
    pub(crate) fn get(&self, at: &Path) -> Option<&Node> {
        self.root.get(at)
    }

    /// `metadata.name`.
    pub(crate) fn name(&self) -> String {
        self.text_at(&["metadata", "name"]).unwrap_or_else(|| "topology".to_owned())
    }

    /// `metadata.namespace`.
    pub(crate) fn namespace(&self) -> Option<String> {
        self.text_at(&["metadata", "namespace"])
    }

    fn text_at(&self, keys: &[&str]) -> Option<String> {
        self.root.get(&Path::of(keys)).and_then(Node::text).map(str::to_owned)
    }

    /// The text of the topology.
    pub(crate) fn text(&self) -> String {
        let heading = format!(
            "# +argocd:skip-file-rendering\n#\n# Imported from {}. Each comment says what was computed or changed.\n",
            self.resources.join(", ")
        );
        heading + &write::text(&self.root)
    }

    /// What the report says of it.
    pub(crate) fn reported(self, file: String) -> ImportedTopology {
        ImportedTopology { file, resources: self.resources, lists: self.told.lists() }
    }

    /// Moves up to the cluster what all datacenters have alike, at the end of everything.
    pub(crate) fn lift(&mut self) {
        for (from, to) in lift::lift(&mut self.root) {
            self.told.moved(&from, &to);
        }
    }

    /// A field of a datacenter that only the whole cluster has in a topology: the datacenters must agree.
    pub(crate) fn agree(&mut self, from: &At<'_>, to: &Path, value: impl Into<Node>) {
        let value = value.into();
        match self.root.get(to) {
            Some(other) if *other != value => {
                let instead = "write one value that is right for the whole cluster";
                self.lose(from, &format!("it differs from what other datacenters have at `{to}`"), instead);
            }
            _ => self.carry(from, to, value),
        }
    }

    /// Takes a value out again that does not go with another one.
    pub(crate) fn leave_out(&mut self, at: &Path, why: &str) {
        if let Some(parent) = at.parent() {
            self.root.take(&parent, at.last_key());
        }
        self.told.left_out(at, why);
    }

    /// A value that cassc has by itself where the operator had another one: the topology keeps cassc's.
    pub(crate) fn differ(&mut self, to: &Path, why: &str) {
        self.told.changed.push((None, Some(to.clone()), why.to_owned()));
    }
}

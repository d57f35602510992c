//! The end of every topology: what is decided when all datacenters are known.

use crate::documents::At;
use crate::draft::{Draft, Node, datacenter, spec};
use crate::options::Options;
use crate::path::Path;

/// What needs the program in the cluster.
const NEED_STEPS: [&[&str]; 3] = [&["auth", "roles"], &["stopped"], &["repair"]];

/// Namespace, the program in the cluster, the Secret of the superuser; then what all datacenters have alike moves up.
/// `root` is the resource; `makes_secret` says whether its operator makes the Secret of the superuser.
pub(super) fn finish(draft: &mut Draft, root: &At<'_>, makes_secret: bool, options: &Options) {
    let has_steps = steps(draft, root, options);
    let superuser = spec(&["auth", "superuser"]);
    if makes_secret && draft.get(&superuser).is_none() {
        match (has_steps, is_in_several_clusters(draft)) {
            (true, false) => {
                let why = "the operator makes the Secret where it is missing, too";
                draft.fill(&superuser.key("generate"), true, why);
            }
            (true, true) => {
                let what = "create the Secret of the superuser in each Kubernetes cluster: its name is that of the \
                            cluster, with `-superuser` behind it";
                draft.ask(None, &superuser.key("secretName"), what);
            }
            (false, _) => {}
        }
    }
    draft.lift();
}

/// The program in the cluster does what the operator did. It needs a namespace.
fn steps(draft: &mut Draft, root: &At<'_>, options: &Options) -> bool {
    let namespace = Path::of(&["metadata", "namespace"]);
    if draft.namespace().is_none() {
        let needed = NEED_STEPS.iter().any(|keys| draft.get(&spec(keys)).is_some());
        let at = root.keys(&["metadata", "namespace"]);
        match &options.namespace {
            Some(name) => draft.fill(&namespace, name, "from --namespace"),
            None if needed => draft.decide(Some(&at), &namespace, "the namespace; the resource names none"),
            None => {
                let what = "write the namespace and `steps: {enabled: true}`, so that the program in the cluster does what \
                            the operator did; the resource names no namespace";
                draft.ask(Some(&at), &namespace, what);
                return false;
            }
        }
    }
    let why = "the program in the cluster does what the operator did: decommission, cleanup, roles";
    draft.fill(&spec(&["steps", "enabled"]), true, why);
    true
}

/// Whether the datacenters run in several Kubernetes clusters.
pub(super) fn is_in_several_clusters(draft: &Draft) -> bool {
    let number = draft.get(&spec(&["datacenters"])).map_or(0, Node::len);
    let cluster = |index: usize| draft.get(&datacenter(index).key("kubeCluster")).and_then(Node::text);
    (1..number).any(|index| cluster(index) != cluster(0))
}

//! Which deployed cluster each wanted topology is, and which have no topology any more. Pure; called by the command
//! line between reading and planning. A topology that finds no partner is new, so a partner is looked for by name and
//! by path.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Deployed, DeployedCluster, ReadFrom, TopologyFile, Wanted, WantedFleet};

/// What [`pair`] found.
#[derive(Clone, Debug, Default)]
pub struct Pairing {
    /// For each wanted topology, in their order, the cluster that it was; `None` is a new one.
    pub pairs: Vec<Option<DeployedCluster>>,
    /// The clusters whose topology is gone.
    pub gone: Vec<DeployedCluster>,
    /// The clusters whose topology is not among the wanted: they are no part of the run.
    pub others: Vec<DeployedCluster>,
}

/// Pairs what is deployed with what is wanted:
///
/// 1. the same name in the same file;
/// 2. the same name and namespaces: the file was moved, or the document to another file;
/// 3. the same file, in the order of the documents that are left: the cluster was renamed, which E301 refuses;
/// 4. the same name, one left on each side: the namespace was changed, which is refused as well;
/// 5. one cluster against one file that holds one.
///
/// A deployed cluster whose topology stands in a file that was not read is neither paired nor gone.
pub fn pair(deployed: Deployed, wanted: &WantedFleet) -> Pairing {
    let mut table = Table::new(deployed, wanted);
    table.same_name_and_file();
    table.same_name_and_namespaces();
    table.same_file();
    table.same_name();
    table.one_and_one();
    table.pairing()
}

struct Table<'w> {
    wanted: &'w [Wanted],
    deployed: Vec<DeployedCluster>,
    from: ReadFrom,
    /// The files that were read.
    files: &'w BTreeSet<PathBuf>,
    /// Whether no topology of a directory is among the wanted: then it belongs to another work tree, and that a
    /// topology stands there means nothing.
    is_elsewhere: bool,
    /// For each wanted topology the position of the deployed cluster.
    pairs: Vec<Option<usize>>,
    /// For each deployed cluster whether it has a partner.
    is_taken: Vec<bool>,
}

impl<'w> Table<'w> {
    fn new(deployed: Deployed, wanted: &'w WantedFleet) -> Self {
        let Deployed { from, clusters, .. } = deployed;
        let WantedFleet { topologies: wanted, files } = wanted;
        let is_wanted = |cluster: &DeployedCluster| cluster.path.as_deref().is_some_and(|path| files.contains(path));
        Self {
            is_elsewhere: from != ReadFrom::History && !clusters.iter().any(is_wanted),
            pairs: vec![None; wanted.len()],
            is_taken: vec![false; clusters.len()],
            deployed: clusters,
            wanted,
            from,
            files,
        }
    }

    fn same_name_and_file(&mut self) {
        let by_name = self.free_by_name();
        for (position, wanted) in self.wanted.iter().enumerate() {
            let mut of_name = by_name.get(&wanted.name).into_iter().flatten();
            let is_here = |it: &&usize| wanted.path.is_some() && self.deployed[**it].path == wanted.path;
            if let Some(cluster) = of_name.find(is_here) {
                self.join(position, *cluster);
            }
        }
    }

    /// Of several candidates those whose paths end alike belong together: a folder was moved.
    fn same_name_and_namespaces(&mut self) {
        let by_name = self.free_by_name();
        let mut candidates = Vec::new();
        for (position, wanted) in self.wanted.iter().enumerate() {
            let of_name = by_name.get(&wanted.name).into_iter().flatten();
            for cluster in of_name.filter(|cluster| self.may_move(position, **cluster)) {
                let deployed = &self.deployed[*cluster];
                if deployed.namespaces() == wanted.namespaces {
                    let alike = names_alike(deployed.path.as_deref(), wanted.path.as_deref());
                    candidates.push((std::cmp::Reverse(alike), position, *cluster));
                }
            }
        }
        candidates.sort_unstable();
        for (_, position, cluster) in candidates {
            self.join(position, cluster);
        }
    }

    fn same_file(&mut self) {
        let mut of_file: BTreeMap<PathBuf, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for position in self.free_wanted() {
            if let Some(path) = &self.wanted[position].path {
                of_file.entry(path.clone()).or_default().0.push(position);
            }
        }
        for cluster in self.free_deployed() {
            if let Some(left) = self.deployed[cluster].path.as_ref().and_then(|path| of_file.get_mut(path)) {
                left.1.push(cluster);
            }
        }
        for (mut positions, mut clusters) in of_file.into_values() {
            positions.sort_by_key(|position| self.wanted[*position].document);
            clusters.sort_by_key(|cluster| self.deployed[*cluster].topology_text.as_ref().map(|text| text.document));
            positions.into_iter().zip(clusters).for_each(|(position, cluster)| self.join(position, cluster));
        }
    }

    fn same_name(&mut self) {
        let by_name = self.free_by_name();
        let mut of_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for position in self.free_wanted() {
            of_name.entry(&self.wanted[position].name).or_default().push(position);
        }
        for (name, positions) in of_name {
            let [position] = positions[..] else { continue };
            let clusters = by_name.get(name).into_iter().flatten();
            let clusters: Vec<usize> = clusters.copied().filter(|cluster| self.may_move(position, *cluster)).collect();
            if let [cluster] = clusters[..] {
                self.join(position, cluster);
            }
        }
    }

    fn one_and_one(&mut self) {
        if self.from == ReadFrom::File && self.wanted.len() == 1 && self.deployed.len() == 1 {
            self.join(0, 0);
        }
    }

    fn pairing(self) -> Pairing {
        let is_gone: Vec<bool> = (0..self.deployed.len()).map(|cluster| self.is_gone(cluster)).collect();
        let mut left: Vec<Option<DeployedCluster>> = self.deployed.into_iter().map(Some).collect();
        let pairs = self.pairs.into_iter().map(|cluster| left[cluster?].take()).collect();
        let (mut gone, mut others) = (Vec::new(), Vec::new());
        for (cluster, is_gone) in left.into_iter().zip(is_gone) {
            if is_gone { gone.extend(cluster) } else { others.extend(cluster) }
        }
        Pairing { pairs, gone, others }
    }

    /// A cluster without a partner is gone when its file is, and when its file was read and it is no longer in it.
    fn is_gone(&self, cluster: usize) -> bool {
        let is_without = !self.is_taken[cluster];
        is_without && (self.deployed[cluster].file == TopologyFile::Gone || self.is_of_read_file(cluster))
    }

    /// Whether a cluster may have another file now. One whose file still stands, unseen by the inputs, has not moved:
    /// the wanted one is a copy and new. What came from standard input may be any.
    fn may_move(&self, position: usize, cluster: usize) -> bool {
        let is_free = self.pairs[position].is_none() && !self.is_taken[cluster];
        let stays = self.deployed[cluster].file == TopologyFile::Stands && !self.is_of_read_file(cluster);
        is_free && (!stays || self.is_elsewhere || self.wanted[position].path.is_none())
    }

    fn is_of_read_file(&self, cluster: usize) -> bool {
        self.deployed[cluster].path.as_deref().is_some_and(|path| self.files.contains(path))
    }

    fn free_wanted(&self) -> Vec<usize> {
        (0..self.wanted.len()).filter(|position| self.pairs[*position].is_none()).collect()
    }

    fn free_deployed(&self) -> Vec<usize> {
        (0..self.deployed.len()).filter(|cluster| !self.is_taken[*cluster]).collect()
    }

    fn free_by_name(&self) -> BTreeMap<String, Vec<usize>> {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for cluster in self.free_deployed() {
            by_name.entry(self.deployed[cluster].cluster.name.clone()).or_default().push(cluster);
        }
        by_name
    }

    /// Makes a pair of two that have no partner yet.
    fn join(&mut self, position: usize, cluster: usize) {
        if self.pairs[position].is_none() && !self.is_taken[cluster] {
            self.pairs[position] = Some(cluster);
            self.is_taken[cluster] = true;
        }
    }
}

/// How many names at the end of two paths are the same.
fn names_alike(one: Option<&Path>, other: Option<&Path>) -> usize {
    let (Some(one), Some(other)) = (one, other) else { return 0 };
    one.components().rev().zip(other.components().rev()).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;
    use crate::deployed::NamedText;

    /// A cluster in a namespace, whose topology is or was in a file.
    fn cluster(name: &str, namespace: &str, path: &str, file: TopologyFile) -> DeployedCluster {
        let mut cluster = shop();
        name.clone_into(&mut cluster.name);
        cluster.datacenters[0].namespace = Some(namespace.to_owned());
        let path = (!path.is_empty()).then(|| path.into());
        DeployedCluster { cluster: cluster.into(), lock: None, topology_text: None, path, file }
    }

    /// The same, as the document at a position of its file.
    fn document(number: usize, deployed: DeployedCluster) -> DeployedCluster {
        let text = NamedText { name: "earlier".to_owned(), committed: None, text: "".into(), document: number };
        DeployedCluster { topology_text: Some(text), ..deployed }
    }

    fn wanted(name: &str, namespace: &str, path: &str, document: usize) -> Wanted {
        let path = (!path.is_empty()).then(|| path.into());
        Wanted { path, document, name: name.to_owned(), namespaces: [Some(namespace.to_owned())].into() }
    }

    /// The names and files of the partners, and of those that are gone.
    fn paired(from: ReadFrom, clusters: Vec<DeployedCluster>, wanted: &[Wanted]) -> (Vec<String>, Vec<String>) {
        let shown = |cluster: &DeployedCluster| {
            let path = cluster.path.as_ref().map(|path| path.display().to_string());
            format!("{} {}", cluster.cluster.name, path.unwrap_or_default())
        };
        let files = wanted.iter().filter_map(|wanted| wanted.path.clone()).collect();
        let wanted = WantedFleet { topologies: wanted.to_vec(), files };
        let Pairing { pairs, gone, .. } = pair(Deployed { name: "somewhere".to_owned(), from, clusters }, &wanted);
        let pairs = pairs.iter().map(|pair| pair.as_ref().map_or_else(|| "new".to_owned(), shown));
        (pairs.collect(), gone.iter().map(shown).collect())
    }

    fn outcome(pairs: &[&str], gone: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        (owned(pairs), owned(gone))
    }

    use ReadFrom::{Directory, File, History};
    use TopologyFile::{Gone, Stands, Unknown};

    #[test]
    fn name_and_file_go_before_everything_else() {
        let deployed =
            vec![cluster("shop", "a", "/r/prod/shop.yaml", Stands), cluster("shop", "a", "/r/dev/shop.yaml", Stands)];
        let wanted = [wanted("shop", "a", "/r/dev/shop.yaml", 0), wanted("shop", "a", "/r/prod/shop.yaml", 0)];
        let expected = outcome(&["shop /r/dev/shop.yaml", "shop /r/prod/shop.yaml"], &[]);
        assert_eq!(paired(History, deployed, &wanted), expected);
    }

    #[test]
    fn two_files_that_change_places_are_two_moves() {
        let deployed = vec![cluster("a", "x", "/r/1.yaml", Stands), cluster("b", "x", "/r/2.yaml", Stands)];
        let wanted = [wanted("b", "x", "/r/1.yaml", 0), wanted("a", "x", "/r/2.yaml", 0)];
        assert_eq!(paired(History, deployed, &wanted), outcome(&["b /r/2.yaml", "a /r/1.yaml"], &[]));
    }

    #[test]
    fn a_moved_folder_keeps_its_clusters_apart() {
        let deployed = vec![
            cluster("shop", "a", "/r/clusters/dev/shop.yaml", Gone),
            cluster("shop", "a", "/r/clusters/prod/shop.yaml", Gone),
        ];
        let wanted =
            [wanted("shop", "a", "/r/fleet/prod/shop.yaml", 0), wanted("shop", "a", "/r/fleet/dev/shop.yaml", 0)];
        let expected = outcome(&["shop /r/clusters/prod/shop.yaml", "shop /r/clusters/dev/shop.yaml"], &[]);
        assert_eq!(paired(History, deployed, &wanted), expected);
    }

    #[test]
    fn another_name_in_the_same_file_is_the_same_cluster() {
        let deployed = vec![cluster("shop", "a", "/r/shop.yaml", Stands)];
        let expected = outcome(&["shop /r/shop.yaml"], &[]);
        assert_eq!(paired(History, deployed, &[wanted("store", "a", "/r/shop.yaml", 0)]), expected);
    }

    #[test]
    fn renamed_documents_are_paired_in_the_order_of_those_that_are_left() {
        let of_file = |number, name| document(number, cluster(name, "x", "/r/all.yaml", Stands));
        let deployed = || vec![of_file(2, "c"), of_file(0, "a"), of_file(1, "b")];
        let now = |number, name| wanted(name, "x", "/r/all.yaml", number);
        let renamed = [now(0, "a2"), now(1, "b"), now(2, "c2")];
        let expected = outcome(&["a /r/all.yaml", "b /r/all.yaml", "c /r/all.yaml"], &[]);
        assert_eq!(paired(History, deployed(), &renamed), expected);
        let removed = [now(0, "a"), now(1, "c")];
        let expected = outcome(&["a /r/all.yaml", "c /r/all.yaml"], &["b /r/all.yaml"]);
        assert_eq!(paired(History, deployed(), &removed), expected);
    }

    #[test]
    fn another_namespace_is_the_same_cluster_when_nothing_else_has_the_name() {
        let deployed = || vec![cluster("shop", "a", "/r/a.yaml", Gone)];
        let moved = wanted("shop", "b", "/r/b.yaml", 0);
        assert_eq!(paired(History, deployed(), std::slice::from_ref(&moved)), outcome(&["shop /r/a.yaml"], &[]));
        let two = [moved, wanted("shop", "c", "/r/c.yaml", 0)];
        assert_eq!(paired(History, deployed(), &two), outcome(&["new", "new"], &["shop /r/a.yaml"]));
    }

    #[test]
    fn a_copy_of_a_topology_that_stands_is_new() {
        let deployed = vec![cluster("shop", "a", "/r/dev/shop.yaml", Stands)];
        let wanted = [wanted("shop", "a", "/r/stage/shop.yaml", 0)];
        assert_eq!(paired(History, deployed, &wanted), outcome(&["new"], &[]));
    }

    #[test]
    fn only_a_topology_that_is_really_gone_is_a_deletion() {
        let deployed = vec![
            cluster("unseen", "a", "/r/unseen.yaml", Stands),
            cluster("unknown", "a", "", Unknown),
            cluster("deleted", "a", "/r/deleted.yaml", Gone),
        ];
        let wanted = [wanted("shop", "a", "/r/shop.yaml", 0)];
        assert_eq!(paired(History, deployed, &wanted), outcome(&["new"], &["deleted /r/deleted.yaml"]));
    }

    #[test]
    fn standard_input_may_be_any_cluster_of_its_name() {
        let deployed = vec![cluster("shop", "a", "/r/shop.yaml", Stands), cluster("web", "a", "/r/web.yaml", Stands)];
        assert_eq!(paired(History, deployed, &[wanted("shop", "a", "", 0)]), outcome(&["shop /r/shop.yaml"], &[]));
    }

    #[test]
    fn a_directory_of_another_work_tree_is_paired_by_name() {
        let deployed = || vec![cluster("shop", "a", "/old/shop.yaml", Stands)];
        let wanted = [wanted("shop", "a", "/r/shop.yaml", 0)];
        assert_eq!(paired(Directory, deployed(), &wanted), outcome(&["shop /old/shop.yaml"], &[]));
        assert_eq!(paired(History, deployed(), &wanted), outcome(&["new"], &[]));
    }

    #[test]
    fn one_file_against_one_cluster_is_a_pair_whatever_the_names() {
        let deployed = || vec![cluster("shop", "a", "", Unknown)];
        let store = wanted("store", "b", "/r/store.yaml", 0);
        assert_eq!(paired(File, deployed(), std::slice::from_ref(&store)), outcome(&["shop "], &[]));
        assert_eq!(paired(Directory, deployed(), std::slice::from_ref(&store)), outcome(&["new"], &[]));
        let two = [store, wanted("web", "b", "/r/web.yaml", 0)];
        assert_eq!(paired(File, deployed(), &two), outcome(&["new", "new"], &[]));
    }
}

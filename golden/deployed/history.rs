//! `git:REV` on scratch repositories.

use std::os::unix::ffi::OsStrExt as _;

use super::scratch::{Scratch, git_is_here, topology};

/// `main` with the cluster `shop` of three nodes and its lock, and a branch `feature` that is checked out.
fn shop() -> Scratch {
    let scratch = Scratch::repository();
    scratch.write("clusters/shop.yaml", topology("shop", 3)).lock("clusters/shop.yaml", "deploy").commit();
    scratch.git("checkout --quiet -b feature");
    scratch
}

fn names(pairs: &[&str], gone: &[&str]) -> (Vec<String>, Vec<String>) {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    (owned(pairs), owned(gone))
}

const SHOP_OF_3: &str = "shop of 3: lock, document 0, /r/clusters/shop.yaml Stands";

#[test]
fn what_is_deployed_is_the_merge_base_and_not_the_tip() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("clusters/shop.yaml", topology("shop", 6)).lock("clusters/shop.yaml", "deploy").commit();
    scratch.git("checkout --quiet main");
    scratch.write("clusters/shop.yaml", topology("shop", 9)).lock("clusters/shop.yaml", "deploy").commit();
    assert_eq!(scratch.told("git:main", &["clusters"]), ["shop of 9: lock, document 0, /r/clusters/shop.yaml Stands"]);
    scratch.git("checkout --quiet feature");
    assert_eq!(scratch.told("git:main", &["clusters"]), [SHOP_OF_3]);
    let base = scratch.git("rev-parse --short=8 main~1");
    let deployed = scratch.deployed("git:main", &["clusters"]).expect("it can be told");
    assert_eq!(deployed.name, format!("main (merge base {base})"));
    assert_eq!(deployed.clusters[0].lock_name(), format!("{base}:deploy/shop/cassc.lock"));
}

#[test]
fn uncommitted_work_counts_as_wanted() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("clusters/shop.yaml", topology("shop", 6)).write("clusters/web.yaml", topology("web", 1));
    assert_eq!(scratch.told("git:main", &["clusters"]), [SHOP_OF_3]);
    assert_eq!(scratch.names("git:main", &["clusters"]), names(&["shop", "new"], &[]));
    assert_eq!(scratch.names("git:HEAD", &["clusters"]), names(&["shop", "new"], &[]));
}

#[test]
fn two_commits_of_a_branch_are_judged_together() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    let text = |nodes: u32| topology("shop", 3).replace("3}]", &format!("3}}, {{name: dc2, nodes: {nodes}}}]"));
    scratch.write("shop.yaml", text(3)).lock("shop.yaml", "deploy").commit();
    scratch.git("checkout --quiet -b feature");
    scratch.write("shop.yaml", text(0)).lock("shop.yaml", "deploy").commit();
    scratch.write("shop.yaml", topology("shop", 3)).lock("shop.yaml", "deploy").commit();
    let pairing = scratch.paired("git:main", &["shop.yaml"]);
    let before = &pairing.pairs[0].as_ref().expect("the cluster is known").cluster;
    assert_eq!(before.datacenter("dc2").map(cassc::cluster::Datacenter::nodes), Some(3));
}

#[test]
fn a_detached_head_is_as_good_as_a_branch() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.commit().git("checkout --quiet --detach");
    assert_eq!(scratch.told("git:main", &["clusters/shop.yaml"]), [SHOP_OF_3]);
}

#[test]
fn without_a_lock_the_topology_tells_as_far_as_the_inputs_reach() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch.write("clusters/shop.yaml", topology("shop", 3)).write("other/web.yaml", topology("web", 1));
    scratch
        .write("clusters/.hidden/no.yaml", topology("no", 1))
        .write("clusters/deployment.yaml", "kind: Deployment\n")
        .commit();
    let shop = "shop of 3: no lock, document 0, /r/clusters/shop.yaml Stands";
    let web = "web of 1: no lock, document 0, /r/other/web.yaml Stands";
    for input in ["clusters", "clusters/shop.yaml", "clusters/*.yaml", "**/shop.yaml", "clusters/../clusters"] {
        assert_eq!(scratch.told("git:main", &[input]), [shop], "{input}");
    }
    for inputs in [&["."][..], &["*/*.yaml"], &["clusters", "other/web.yaml"]] {
        assert_eq!(scratch.told("git:main", inputs), [shop, web], "{inputs:?}");
    }
}

#[test]
fn a_moved_topology_is_the_same_cluster() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("clusters/web.yaml", topology("web", 1)).commit();
    scratch.git("checkout --quiet -B main");
    scratch.git("mv clusters/shop.yaml shop.yaml");
    scratch.git("mv clusters/web.yaml web.yaml");
    scratch.lock("shop.yaml", "deploy");
    assert_eq!(scratch.names("git:main", &["shop.yaml", "web.yaml"]), names(&["shop", "web"], &[]));
}

#[test]
fn a_renamed_cluster_is_found_by_its_file() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch
        .write("clusters/shop.yaml", topology("store", 3))
        .remove("deploy/shop")
        .lock("clusters/shop.yaml", "deploy");
    assert_eq!(scratch.names("git:main", &["clusters"]), names(&["shop"], &[]));
}

#[test]
fn a_deleted_topology_with_a_lock_is_gone_whatever_the_inputs_are() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("new.yaml", topology("new", 1)).remove("clusters/shop.yaml");
    assert_eq!(scratch.names("git:main", &["new.yaml"]), names(&["new"], &["shop"]));
    scratch.remove("deploy");
    assert_eq!(scratch.names("git:main", &["new.yaml"]), names(&["new"], &["shop"]));
}

#[test]
fn a_deleted_topology_without_a_lock_is_gone_when_the_inputs_would_have_named_it() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch.write("clusters/web.yaml", topology("web", 1)).write("clusters/shop.yaml", topology("shop", 1));
    scratch.write("else/new.yaml", topology("new", 1)).commit();
    scratch.remove("clusters/shop.yaml");
    for inputs in [&["clusters"][..], &["clusters/*.yaml"], &["clusters/web.yaml"]] {
        assert_eq!(scratch.names("git:main", inputs), names(&["web"], &["shop"]), "{inputs:?}");
    }
    assert_eq!(scratch.names("git:main", &["else"]), names(&["new"], &[]));
}

#[test]
fn a_broken_topology_far_from_the_inputs_is_passed_over() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("tests/broken.yaml", "apiVersion: cassc/v1alpha1\nkind: [\n");
    scratch.write("tests/refused.yaml", topology("refused", 1).replace("4.1.9", "2.2.0")).commit();
    scratch.remove("tests");
    assert_eq!(scratch.told("git:HEAD", &["clusters"]), [SHOP_OF_3]);
    assert!(scratch.deployed("git:HEAD", &["."]).is_err());
}

#[test]
fn a_topology_that_is_commented_out_is_gone() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    let text = topology("shop", 3).replace('\n', "\n# ");
    scratch.write("clusters/shop.yaml", format!("# {text}\n")).write("clusters/web.yaml", topology("web", 1));
    assert_eq!(scratch.names("git:main", &["clusters"]), names(&["new"], &["shop"]));
}

#[test]
fn a_topology_that_no_input_names_is_left_alone() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("clusters/web.yaml", topology("web", 1));
    assert_eq!(scratch.names("git:main", &["clusters/web.yaml"]), names(&["new"], &[]));
}

/// The cluster folder in `golden/render` of this very repository, for example.
#[test]
fn a_lock_whose_topology_was_never_there_tells_of_no_deletion() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch.write("shop.yaml", topology("shop", 3)).lock("shop.yaml", "deploy");
    scratch.write("web.yaml", topology("web", 1)).remove("shop.yaml").commit();
    assert_eq!(scratch.told("git:main", &["web.yaml"])[0], "shop of 3: lock, no text, /r/shop.yaml Unknown");
    assert_eq!(scratch.names("git:main", &["web.yaml"]), names(&["web"], &[]));
    scratch.remove("deploy");
    assert_eq!(scratch.names("git:main", &["web.yaml"]), names(&["web"], &["shop"]));
}

#[test]
fn documents_of_one_file_are_told_apart() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    let file = |names: &[&str]| names.iter().map(|name| topology(name, 1)).collect::<Vec<_>>().join("---\n");
    scratch.write("all.yaml", file(&["a", "b", "c"])).lock("all.yaml", "deploy").remove("deploy/b").commit();
    let expected = [
        "a of 1: lock, document 0, /r/all.yaml Stands",
        "c of 1: lock, document 2, /r/all.yaml Stands",
        "b of 1: no lock, document 1, /r/all.yaml Stands",
    ];
    assert_eq!(scratch.told("git:main", &["all.yaml"]), expected);
    scratch.write("all.yaml", file(&["a", "c"]));
    assert_eq!(scratch.names("git:main", &["all.yaml"]), names(&["a", "c"], &["b"]));
    scratch.write("all.yaml", file(&["a", "renamed", "c"]));
    assert_eq!(scratch.names("git:main", &["all.yaml"]), names(&["a", "b", "c"], &[]));
}

#[test]
fn a_lock_that_was_left_behind_tells_of_no_deletion_until_it_is_removed() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch.write("shop.yaml", topology("former", 3)).lock("shop.yaml", "deploy");
    scratch.write("shop.yaml", topology("shop", 3)).lock("shop.yaml", "deploy").commit();
    assert_eq!(scratch.names("git:main", &["shop.yaml"]), names(&["shop"], &[]));
    scratch.remove("deploy/former");
    assert_eq!(scratch.names("git:main", &["shop.yaml"]), names(&["shop"], &["former"]));
}

#[test]
fn a_repository_is_known_behind_a_symbolic_link() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    let link = scratch.path.with_file_name("link");
    std::os::unix::fs::symlink(&scratch.path, &link).expect("a link can be made");
    std::os::unix::fs::symlink("clusters", scratch.path.join("alias")).expect("a link can be made");
    for input in [link.join("clusters"), link.join("clusters/shop.yaml"), link.join("alias/*.yaml"), link.join("alias")]
    {
        let input = input.display().to_string();
        assert_eq!(scratch.told("git:main", &[&input]), [SHOP_OF_3], "{input}");
        assert_eq!(scratch.names("git:main", &[&input]), names(&["shop"], &[]), "{input}");
    }
}

#[test]
fn names_that_are_no_text_and_entries_that_are_no_files_do_no_harm() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    let odd = scratch.path.join(std::ffi::OsStr::from_bytes(b"clusters/\xff\n'.yaml"));
    std::fs::write(&odd, topology("odd", 1)).expect("a file can be written");
    std::os::unix::fs::symlink("/etc/passwd", scratch.path.join("clusters/link.yaml")).expect("a link can be made");
    scratch.git("-c protocol.file.allow=always submodule --quiet add ./. module");
    scratch.commit();
    let told = scratch.told("git:HEAD", &["clusters/shop.yaml", "clusters"]);
    assert_eq!((told.len(), told[0].as_str()), (2, SHOP_OF_3));
    assert!(told[1].starts_with("odd of 1: no lock") && told[1].ends_with("Unknown"), "{told:?}");
    std::fs::remove_file(odd).expect("a file can be removed");
    assert_eq!(scratch.names("git:HEAD", &["clusters/shop.yaml"]), names(&["shop"], &[]));
    let complaint =
        scratch.deployed("git:HEAD", &["clusters", "module/clusters"]).expect_err("it is another repository");
    assert!(complaint.starts_with("/r/module/clusters is outside of the git repository /r"), "{complaint}");
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_not_gone() {
    if !git_is_here() {
        return;
    }
    let scratch = shop();
    scratch.write("other/web.yaml", topology("web", 1)).lock("other/web.yaml", "deploy");
    scratch.write("other/pipe.yaml", topology("pipe", 1)).lock("other/pipe.yaml", "deploy").remove("other/pipe.yaml");
    scratch.commit().git("sparse-checkout set clusters");
    assert!(!scratch.path.join("other/web.yaml").exists());
    assert_eq!(scratch.names("git:HEAD", &["clusters"]), names(&["shop"], &[]));
}

#[test]
fn what_git_says_in_a_shallow_clone_leads_to_the_merge_base() {
    if !git_is_here() {
        return;
    }
    let origin = shop();
    origin.write("clusters/shop.yaml", topology("shop", 6)).commit();
    origin.git("checkout --quiet main");
    origin.write("else.txt", "").commit();
    let clone = Scratch::new();
    clone.git(&format!("clone --quiet --depth 1 --branch feature file://{} .", origin.path.display()));
    let advice = |complaint: &str| {
        let quoted = complaint.split('`').skip(1).step_by(2);
        quoted.into_iter().find_map(|it| it.strip_prefix("git ")).expect("a command is advised").to_owned()
    };
    let unknown = clone.deployed("git:origin/main", &["clusters"]).expect_err("the branch was not fetched");
    assert!(unknown.starts_with("there is no `origin/main` here; fetch it first"), "{unknown}");
    clone.git(&format!("{} --quiet", advice(&unknown)));
    let shallow = clone.deployed("git:origin/main", &["clusters"]).expect_err("the merge base was not fetched");
    assert!(shallow.starts_with("this clone is shallow and ends before the merge base"), "{shallow}");
    clone.git(&format!("{} --quiet", advice(&shallow)));
    assert_eq!(clone.told("git:origin/main", &["clusters"]), [SHOP_OF_3]);
}

#[test]
fn nothing_is_fetched_into_a_partial_clone() {
    if !git_is_here() {
        return;
    }
    let origin = shop();
    origin.git("config uploadpack.allowFilter true");
    origin.write("clusters/shop.yaml", topology("shop", 6)).remove("deploy").commit();
    let clone = Scratch::new();
    clone.git(&format!("clone --quiet --filter=blob:none --branch feature file://{} .", origin.path.display()));
    let objects = clone.git("count-objects -v");
    let complaint = clone.deployed("git:origin/main", &["clusters"]).expect_err("the old texts are not here");
    assert!(complaint.contains("this clone is partial"), "{complaint}");
    assert_eq!(clone.git("count-objects -v"), objects);
    clone.git("fetch --quiet --refetch --no-filter");
    assert_eq!(clone.told("git:origin/main", &["clusters"]), [SHOP_OF_3]);
}

#[test]
fn hundreds_of_locks_are_read_in_their_order() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    let clusters: Vec<String> = (100..400).map(|number| format!("shop-{number}")).collect();
    for name in &clusters {
        let file = format!("clusters/{name}.yaml");
        scratch.write(&file, topology(name, 3)).lock(&file, "deploy");
    }
    scratch.commit();
    scratch.remove("clusters/shop-200.yaml");
    let deployed = scratch.deployed("git:main", &["clusters"]).expect("it can be told");
    let told: Vec<&str> = deployed.clusters.iter().map(|cluster| cluster.cluster.name.as_str()).collect();
    assert_eq!(told, clusters);
    assert!(deployed.clusters.iter().all(|cluster| cluster.lock.is_some() && cluster.topology_text.is_some()));
    let (pairs, gone) = scratch.names("git:main", &["clusters"]);
    assert_eq!((pairs.len(), gone), (299, vec!["shop-200".to_owned()]));
    assert!(pairs.iter().zip(clusters.iter().filter(|name| *name != "shop-200")).all(|(pair, name)| pair == name));
}

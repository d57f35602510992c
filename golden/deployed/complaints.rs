//! What a user reads when nobody knows what is deployed, and when a cluster was deleted.

use std::fmt::Write as _;

use cassc::deployed::{Against, Surroundings, read};
use cassc::report::{Colors, human, located};
use cassc::transition::deletion;

use super::scratch::{Scratch, git_is_here, topology};
use crate::compare::{assert_same, difference, repository};

/// A title, and what is said.
type Said = (&'static str, String);

fn said(scratch: &Scratch, against: &str, inputs: &[&str]) -> String {
    match scratch.deployed(against, inputs) {
        Err(complaint) => complaint,
        Ok(deployed) => panic!("{} is told", deployed.name),
    }
}

fn about_paths() -> Vec<Said> {
    let scratch = Scratch::new();
    scratch.write("shop.yaml", topology("shop", 3)).lock("shop.yaml", "deploy");
    let lock = std::fs::read_to_string(scratch.path.join("deploy/shop/cassc.lock")).expect("the lock is there");
    scratch.write("conflict/shop/cassc.lock", lock.replace("  \"files\"", "<<<<<<< HEAD\n  \"files\""));
    scratch.write("cut/shop/cassc.lock", &lock[..100]).write("later/shop/cassc.lock", r#"{"format": 99}"#);
    scratch.write("empty/notes.txt", "").write("others/deployment.yaml", "kind: Deployment\n");
    scratch.write("broken.yaml", topology("shop", 3).replace("nodes: 3", "nodes: three"));
    scratch.write("refused.yaml", topology("shop", 3).replace("4.1.9", "2.2.0"));
    scratch.write("two/a/shop/cassc.lock", lock.replace("../shop.yaml", "../../shop.yaml"));
    scratch.write("two/b/shop/cassc.lock", lock.replace("../shop.yaml", "../../shop.yaml").replace("10Gi", "20Gi"));
    scratch.write("killed/.cassc-shop/old-1/cassc.lock", &lock);
    let said = |against| said(&scratch, against, &["shop.yaml"]);
    vec![
        ("a path that is not there", said("gone/shop/cassc.lock")),
        ("an empty path", said("empty")),
        ("a folder of other YAML", said("others")),
        ("a file of other YAML", said("others/deployment.yaml")),
        ("a lock with a merge conflict", said("conflict")),
        ("a lock that is cut off", said("cut/shop")),
        ("a lock of a later cassc", said("later/shop/cassc.lock")),
        ("a topology that cannot be read", said("broken.yaml")),
        ("a topology that is refused", said("refused.yaml")),
        ("two locks of one topology", said("two")),
        ("a render that was killed", said("killed")),
        ("a revision without a name", said("git:")),
        ("an option for a revision", said("git:--output=x")),
    ]
}

fn about_history() -> Vec<Said> {
    let bare = Scratch::new();
    bare.write("shop.yaml", topology("shop", 3));
    let scratch = Scratch::repository();
    scratch.write("shop.yaml", topology("shop", 3));
    let no_commit = said(&scratch, "git:main", &["shop.yaml"]);
    scratch.commit().git("remote add origin https://example.com/shop.git");
    let no_tag = said(&scratch, "git:v1.0", &["shop.yaml"]);
    let no_branch = said(&scratch, "git:origin/release/1", &["shop.yaml"]);
    let outside = said(&scratch, "git:main", &["shop.yaml", &bare.path.join("shop.yaml").display().to_string()]);
    scratch.git("checkout --quiet --orphan other");
    scratch.write("notes.txt", "").commit();
    let unrelated = said(&scratch, "git:main", &["shop.yaml"]);
    scratch.git("checkout --quiet main");
    scratch.write("shop.yaml", "apiVersion: cassc/v1alpha1\nkind: [\n").commit();
    let commit = scratch.git("rev-parse --short=8 HEAD");
    let broken = said(&scratch, "git:main", &["shop.yaml"]).replace(&commit, "1a2b3c4d");
    let inputs = [scratch.path.join("shop.yaml").display().to_string()];
    let surroundings = Surroundings { inputs: &inputs, clusters: &[], output: None, git: "no-such-git" };
    let absent = read(&Against::Revision("main".to_owned()), surroundings).expect_err("there is no such program");
    vec![
        ("no repository", said(&bare, "git:origin/main", &["shop.yaml"])),
        ("no commit", no_commit),
        ("a revision that is not here", no_tag),
        ("a branch that was not fetched", no_branch),
        ("an input outside of the repository", outside.replace(&bare.path.display().to_string(), "/elsewhere")),
        ("another history", unrelated),
        ("a broken topology at the merge base", broken),
        ("no git", absent.to_string()),
    ]
}

#[test]
fn every_complaint_about_what_is_deployed_reads_as_expected() {
    if !git_is_here() {
        return;
    }
    let said = about_paths().into_iter().chain(about_history());
    let text = said.fold(String::new(), |mut text, (title, said)| {
        writeln!(text, "{title}\n    {said}\n").expect("writing to a String cannot fail");
        text
    });
    assert_same(&difference(&repository("golden/deployed/complaints.txt"), &text).into_iter().collect::<Vec<_>>());
}

#[test]
fn a_deletion_points_at_what_is_deployed() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch
        .write("shop.yaml", topology("shop", 3))
        .lock("shop.yaml", "deploy")
        .write("web.yaml", topology("web", 1))
        .commit();
    scratch.write("new.yaml", topology("new", 1)).remove("shop.yaml").remove("web.yaml");
    let complaint = |against: &str| {
        let mut texts = Vec::new();
        let gone = scratch.paired(against, &["new.yaml"]).gone;
        let judge = |gone: &cassc::deployed::DeployedCluster| deletion(&gone.cluster, gone.source(&mut texts)).err();
        let complaints: Vec<_> = gone.iter().map(judge).collect::<Option<_>>().expect("no deletion is accepted");
        scratch.shown(&human(&texts, &complaints, Colors::Plain))
    };
    let base = scratch.git("rev-parse --short=8 HEAD");
    let text = format!("{}\n{}", complaint("git:main").replace(&base, "1a2b3c4d"), complaint("deploy"));
    assert_same(&difference(&repository("golden/deployed/deletion.txt"), &text).into_iter().collect::<Vec<_>>());
}

#[test]
fn a_deletion_is_accepted_by_what_is_deployed_and_not_by_what_is_wanted() {
    if !git_is_here() {
        return;
    }
    let accepting = topology("shop", 3) + "  accept: [{code: E360, reason: moved to another cluster}]\n";
    let scratch = Scratch::repository();
    scratch.write("shop.yaml", topology("shop", 3)).write("web.yaml", topology("web", 1)).commit();
    scratch.git("checkout --quiet -b feature");
    scratch.write("shop.yaml", &accepting).commit();
    scratch.remove("shop.yaml").commit();
    let judged = || {
        let pairing = scratch.paired("git:main", &["web.yaml"]);
        let [gone] = &pairing.gone[..] else { panic!("one cluster is gone") };
        deletion(&gone.cluster, gone.source(&mut Vec::new())).map_err(|complaint| complaint.code)
    };
    assert_eq!(judged(), Err("E360"), "both in one branch");
    scratch.git("branch --force main feature~1");
    let accepted = judged().expect("it was announced");
    assert_eq!(accepted.reason, "moved to another cluster");
}

#[test]
fn programs_are_told_the_path_that_a_deleted_topology_had() {
    if !git_is_here() {
        return;
    }
    let scratch = Scratch::repository();
    scratch.write("clusters/shop.yaml", topology("shop", 3)).write("clusters/web.yaml", topology("web", 1)).commit();
    let commit = scratch.git("rev-parse --short=8 HEAD");
    scratch.remove("clusters/shop.yaml");
    let gone = scratch.paired("git:main", &["clusters/web.yaml"]).gone;
    let mut texts = Vec::new();
    let complaint = deletion(&gone[0].cluster, gone[0].source(&mut texts)).expect_err("the deletion is not accepted");
    let top = scratch.path.canonicalize().expect("the repository is there");
    for (directory, expected) in [(top.clone(), "clusters/shop.yaml"), (top.join("clusters"), "shop.yaml")] {
        let told = located(&texts, std::slice::from_ref(&complaint), &directory);
        let place = &told.complaints[0].labels[0];
        assert_eq!((place.file.as_str(), place.commit.as_deref()), (expected, Some(commit.as_str())));
    }
}

//! Old jobs that are run again in checkouts that do not show that they are old.

use super::stage::{Stage, in_a_shell, in_every_shell, topology};

/// Replaces the clone of the runner by one of a single branch at an older commit, of so many commits.
fn clone_of_an_old_job(stage: &Stage, commit: &str, depth: Option<&str>) {
    stage.git("source", &["push", "--quiet", "origin", "main", &format!("{commit}:refs/heads/old")]);
    std::fs::remove_dir_all(stage.path.join("source")).expect("a folder of ours");
    let url = format!("file://{}", stage.path.join("source.git").display());
    stage.git(".", &["clone", "--quiet", "--single-branch", "--branch=old", &url, "source"]);
    let Some(depth) = depth else { return };
    std::fs::remove_dir_all(stage.path.join("source")).expect("a folder of ours");
    stage.git(".", &["clone", "--quiet", "--single-branch", "--branch=old", depth, &url, "source"]);
}

/// Delivers two commits; the first of them. What differs is nothing that a rule would refuse.
fn deliver_two(stage: &Stage) -> String {
    let first = stage.head();
    stage.deliver(&[]).done();
    let noted = topology("shop", 3) + "  services: {cql: {annotations: {note: later}}}\n";
    stage.commit("clusters/shop.yaml", &noted);
    stage.deliver(&[]).done();
    first
}

#[test]
fn an_old_job_without_the_later_commit_is_red() {
    in_every_shell(|stage| {
        let first = deliver_two(&stage);
        let later = stage.head();
        for depth in [None, Some("--depth=1")] {
            clone_of_an_old_job(&stage, &first, depth);
            let said = format!("deploy/shop was delivered from the commit {later}, and this clone does not tell");
            stage.deliver(&[]).ended(2).tells(&said).tells("fetch-depth: 0").tells("CASSC_REPLACES");
            stage.git("source", &["fetch", "--quiet", "--depth=1", "origin", "main"]);
            stage.git("source", &["branch", "main", "FETCH_HEAD"]);
        }
        stage.deliver(&[]).ended(2).tells("does not tell whether that is later");
        stage.git("source", &["fetch", "--quiet", "--unshallow", "origin", "main"]);
        stage.deliver(&[]).done().tells("a later commit than").tells("is delivered already");
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop", "Render shop"]);
    });
}

#[test]
fn a_refused_old_job_says_that_it_may_be_one() {
    in_a_shell(|stage| {
        let first = stage.head();
        stage.deliver(&[]).done();
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.deliver(&[]).done();
        clone_of_an_old_job(&stage, &first, Some("--depth=1"));
        stage
            .deliver(&[])
            .ended(1)
            .tells("E352")
            .tells("this job may be an old one: deploy was delivered from the commit");
    });
}

#[test]
fn a_rewritten_history_is_delivered_when_somebody_says_so() {
    in_a_shell(|stage| {
        let first = deliver_two(&stage);
        let gone = stage.head();
        clone_of_an_old_job(&stage, &first, None);
        stage.commit("README.md", "another history\n");
        stage.deliver(&[]).ended(2);
        stage.deliver(&[("CASSC_REPLACES", &gone)]).done().tells("delivered to main: Render shop");
        stage.deliver(&[]).done().tells("nothing to deliver");
    });
}

#[test]
fn a_folder_of_another_repository_is_in_nobodys_way() {
    in_a_shell(|stage| {
        stage.git(".", &["init", "--quiet", "--initial-branch=main", "theirs"]);
        stage.write("theirs/teams/web.yaml", &topology("web", 3));
        stage.git("theirs", &["add", "--all"]);
        stage.git("theirs", &["commit", "--quiet", "--message", "web"]);
        std::fs::rename(stage.path.join("source"), stage.path.join("ours")).expect("a folder of ours");
        std::fs::rename(stage.path.join("theirs"), stage.path.join("source")).expect("a folder of ours");
        stage.deliver(&[("CASSC_INPUTS", "teams"), ("CASSC_OUTPUT", "theirs")]).done().tells("Render web");
        std::fs::rename(stage.path.join("source"), stage.path.join("theirs")).expect("a folder of ours");
        std::fs::rename(stage.path.join("ours"), stage.path.join("source")).expect("a folder of ours");
        stage.deliver(&[]).done().tells("delivered to main: Render shop");
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.deliver(&[]).done().tells("delivered to main: Render shop");
    });
}

#[test]
fn the_output_is_named_in_any_way() {
    in_a_shell(|stage| {
        stage.deliver(&[("CASSC_OUTPUT", "./eu//prod/.")]).done().tells("delivered to main: Render shop");
        let body = stage.git("gitops.git", &["log", "-1", "--format=%B", "main"]);
        assert!(body.starts_with("Render shop\n\n- shop\n\n"), "{body}");
        stage.deliver(&[("CASSC_OUTPUT", "eu/prod")]).done().tells("nothing to deliver");
    });
}

//! When the step is red and delivers nothing, and what it says then.

use std::fmt::Write as _;

use super::stage::{Outcome, Stage, in_a_shell, in_every_shell, topology};
use crate::compare::{assert_same, difference, repository};

fn edit_rendered_file(stage: &Stage) {
    stage.git(".", &["clone", "--quiet", "gitops.git", "other"]);
    let file = "other/deploy/shop/base/v1_service_shop-dc1-service.yaml";
    let text = std::fs::read_to_string(stage.path.join(file)).expect("it was rendered");
    stage.write(file, &(text + "# mine\n"));
    stage.git("other", &["commit", "--quiet", "--all", "--message", "edited"]);
    stage.git("other", &["push", "--quiet", "origin", "main"]);
}

#[test]
fn a_refused_change_is_not_delivered_and_the_comment_says_why() {
    in_a_shell(|stage| {
        stage.deliver(&[]).done();
        stage.commit("clusters/shop.yaml", &topology("shop", 2));
        stage.commit("clusters/web.yaml", &topology("web", 3));
        let outcome = stage.deliver(&[]).ended(1).comments("is removed, and cassc does not decommission it");
        outcome.tells("error[E352]").tells("nothing is delivered, of no cluster: they are delivered together");
        stage.commit("clusters/shop.yaml", "kind: CassandraTopology\napiVersion: cassc/v1alpha1\n");
        stage.deliver(&[]).ended(1).comments("error[E010]");
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop"]);
    });
}

#[test]
fn edited_files_are_kept_until_somebody_says_otherwise() {
    in_every_shell(|stage| {
        stage.deliver(&[]).done();
        edit_rendered_file(&stage);
        let sentence = "edited by hand: .cassc/gitops/deploy/shop/base/v1_service_shop-dc1-service.yaml";
        stage.deliver(&[]).ended(1).tells(sentence).tells("CASSC_OVERWRITE=true").comments(sentence);
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.deliver(&[]).ended(1).comments("1 node joins").comments(sentence);
        assert_eq!(stage.subjects("gitops.git", "main"), ["edited", "Render shop"]);
        stage.deliver(&[("CASSC_OVERWRITE", "true")]).done();
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop", "edited", "Render shop"]);
    });
}

/// A pull request can commit any link, and the step runs with rights that its author lacks.
#[test]
fn nothing_is_written_or_removed_behind_a_link() {
    in_a_shell(|stage| {
        stage.write("kept", "kept\n");
        for (link, target) in [(".cassc", "nowhere"), ("comment.md", "kept")] {
            let link = stage.path.join("source").join(link);
            std::os::unix::fs::symlink(stage.path.join(target), &link).expect("the link can be made");
            stage.deliver(&[("CASSC_PLAN", "comment.md")]).ended(2).tells("is a symbolic link");
            std::fs::remove_file(link).expect("it is there");
        }
        assert_eq!(std::fs::read_to_string(stage.path.join("kept")).ok().as_deref(), Some("kept\n"));
    });
}

/// A setting in place of a usual one, and what the step says to it.
fn said(stage: &Stage, outcome: Outcome) -> String {
    let Outcome { code, log, comment } = outcome;
    let code = code.map_or_else(|| "none".to_owned(), |code| code.to_string());
    let comment = if comment.is_empty() { String::new() } else { format!("in the comment:\n{comment}\n") };
    stage.shown(&format!("exit code {code}\n{log}{comment}"))
}

#[test]
fn every_complaint_of_the_step_reads_as_expected() {
    in_every_shell(|stage| {
        stage.deliver(&[]).done();
        let with = |settings: &[(&str, &str)]| said(&stage, stage.deliver(settings));
        let mut told = vec![
            ("no mode", said(&stage, stage.step("", &[]))),
            ("no inputs", with(&[("CASSC_INPUTS", "")])),
            ("no output", with(&[("CASSC_OUTPUT", "")])),
            ("no branch", with(&[("CASSC_BRANCH", "")])),
            ("no base", said(&stage, stage.check(&[("CASSC_BASE", "")]))),
            ("an output outside", with(&[("CASSC_OUTPUT", "../elsewhere")])),
            ("an absolute output", with(&[("CASSC_OUTPUT", "/deploy")])),
            ("a password in the URL", with(&[("CASSC_REPOSITORY", "https://me:secret@example.com/gitops.git")])),
            ("a token for a path", with(&[("CASSC_TOKEN", "secret")])),
            ("an input that is not there", with(&[("CASSC_INPUTS", "cluster")])),
            ("an output in git's folder", with(&[("CASSC_OUTPUT", "./.git/x")])),
            ("a token as the user", with(&[("CASSC_REPOSITORY", "https://secret@example.com/gitops.git")])),
            (
                "a password with signs",
                with(&[("CASSC_REPOSITORY", "https://me:secret@secret/secret@example.com/g.git")]),
            ),
            ("an input outside", with(&[("CASSC_INPUTS", "../source/clusters")])),
            ("an absolute input", with(&[("CASSC_INPUTS", "clusters\n/clusters")])),
            ("attempts that are no number", with(&[("CASSC_ATTEMPTS", "abc")])),
            ("no attempts", with(&[("CASSC_ATTEMPTS", "0")])),
            ("a branch with a blank", with(&[("CASSC_BRANCH", "a b")])),
            ("a branch in full", with(&[("CASSC_BRANCH", "refs/heads/main")])),
            ("no such branch", said(&stage, stage.deliver_beside(&[("CASSC_BRANCH", "release")]))),
        ];
        stage.write("source/clusters/web.yaml", &topology("web", 1));
        told.push(("a topology in no commit", with(&[])));
        let text = told.into_iter().fold(String::new(), |mut text, (title, said)| {
            writeln!(text, "== {title}\n{said}").expect("writing to a String cannot fail");
            text
        });
        assert!(!text.contains("secret"), "{text}");
        assert_same(&difference(&repository("golden/ci_step/complaints.txt"), &text).into_iter().collect::<Vec<_>>());
    });
}

#[test]
fn a_cluster_whose_lock_somebody_deleted_is_not_delivered_as_a_new_one() {
    in_every_shell(|stage| {
        stage.deliver(&[]).done();
        stage.git(".", &["clone", "--quiet", "gitops.git", "other"]);
        stage.git("other", &["rm", "--quiet", "-r", "deploy/shop"]);
        stage.git("other", &["commit", "--quiet", "--message", "tidy up"]);
        stage.git("other", &["push", "--quiet", "origin", "main"]);
        let culprit = stage.git("other", &["rev-parse", "HEAD"]);
        let said = format!("the commit {culprit} deleted deploy/shop/cassc.lock, and without it shop looks new");
        stage.deliver(&[]).ended(2).tells(&said);
        assert_eq!(stage.subjects("gitops.git", "main"), ["tidy up", "Render shop"]);
        stage.deliver(&[("CASSC_REPLACES", &culprit)]).done().tells("delivered to main: Render shop");
        stage.git("other", &["pull", "--quiet", "origin", "main"]);
        stage.git("other", &["rm", "--quiet", "deploy/shop/cassc.lock"]);
        stage.git("other", &["commit", "--quiet", "--message", "tidy up"]);
        stage.git("other", &["checkout", "--quiet", "HEAD^", "--", "deploy/shop/cassc.lock"]);
        stage.git("other", &["commit", "--quiet", "--message", "restore"]);
        stage.git("other", &["push", "--quiet", "origin", "main"]);
        stage.deliver(&[]).done().tells("nothing to deliver");
    });
}

#[test]
fn beside_the_topologies_a_deleted_lock_is_refused_unless_its_topology_went_too() {
    in_a_shell(|stage| {
        stage.deliver_beside(&[]).done();
        stage.git("source", &["pull", "--quiet", "origin", "main"]);
        stage.git("source", &["rm", "--quiet", "-r", "deploy/shop"]);
        stage.git("source", &["commit", "--quiet", "--message", "tidy up"]);
        let said = "deploy/shop/cassc.lock is deleted, and without it the cluster looks new";
        stage.check(&[("CASSC_OUTPUT", "deploy")]).ended(1).tells(said).comments(said);
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage.deliver_beside(&[]).ended(2).tells("deleted deploy/shop/cassc.lock, and without it shop looks new");
        stage.git("source", &["reset", "--quiet", "--hard", "HEAD~1"]);
        stage.git("source", &["rm", "--quiet", "-r", "deploy/shop", "clusters/shop.yaml"]);
        stage.commit("clusters/web.yaml", &topology("web", 3));
        stage.git("source", &["push", "--quiet", "--force", "origin", "main"]);
        stage.commit("clusters/shop.yaml", &topology("shop", 3));
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage.deliver_beside(&[]).done().tells("delivered to main: Render shop, web");
    });
}

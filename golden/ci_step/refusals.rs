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
        stage.deliver(&[]).ended(1).tells("error[E352]").comments("would be deleted without leaving the ring");
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
        let sentence = "kept, edited by hand: shop/base/v1_service_shop-dc1-service.yaml";
        stage.deliver(&[]).ended(1).tells(sentence).tells("CASSC_OVERWRITE=true").comments(sentence);
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.deliver(&[]).ended(1).comments("1 node joins").comments(sentence);
        assert_eq!(stage.subjects("gitops.git", "main"), ["edited", "Render shop"]);
        stage.deliver(&[("CASSC_OVERWRITE", "true")]).done();
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop", "edited", "Render shop"]);
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

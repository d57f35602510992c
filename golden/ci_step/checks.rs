//! The comment on a pull request.

use super::stage::{in_a_shell, in_every_shell, topology};

#[test]
fn a_pull_request_is_judged_against_the_commit_where_it_began() {
    in_a_shell(|stage| {
        stage.git("source", &["checkout", "--quiet", "-b", "feature"]);
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.git("source", &["checkout", "--quiet", "main"]);
        stage.commit("clusters/web.yaml", &topology("web", 3));
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage.git("source", &["checkout", "--quiet", "feature"]);
        let outcome = stage.check(&[]).done().comments("1 node joins");
        assert!(!outcome.comment.contains("web"), "what happened on main is nobody's doing here: {}", outcome.comment);
        stage.git("source", &["checkout", "--quiet", "--detach", "main"]);
        stage.git("source", &["reset", "--quiet", "--hard", "feature"]);
        stage.check(&[]).done().comments("1 node joins");
    });
}

#[test]
fn a_refused_change_is_red_and_its_sentence_stands_in_the_comment() {
    in_every_shell(|stage| {
        stage.commit("clusters/shop.yaml", &topology("shop", 2));
        stage.check(&[]).ended(1).tells("error[E352]").comments("is removed, and cassc does not decommission it");
        stage.git("source", &["rm", "--quiet", "clusters/shop.yaml"]);
        stage.git("source", &["commit", "--quiet", "--message", "delete"]);
        stage.check(&[]).ended(1).tells("the last file of clusters was deleted").comments("E360");
    });
}

#[test]
fn a_topology_that_is_wrong_has_a_comment_that_says_what() {
    in_a_shell(|stage| {
        stage.commit("clusters/shop.yaml", &topology("shop", 3).replace("4.1.9", "\"2.2\\n@everybody ```\""));
        let outcome = stage.check(&[]).ended(1).comments("    error[E401]").tells("error[E401]");
        let plain = outcome.comment.lines().skip(4).all(|line| line.is_empty() || line.starts_with("    "));
        assert!(plain, "what the author wrote is quoted: {}", outcome.comment);
        stage.commit("clusters/shop.yaml", "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\n");
        stage.check(&[]).ended(1).comments("error[E010]");
    });
}

#[test]
fn a_comment_is_never_longer_than_the_platforms_take() {
    in_every_shell(|stage| {
        for number in 0..400 {
            let unknown = format!("spec:\n  {}: 1\n", "ä".repeat(150));
            let text = topology(&format!("shop-{number}"), 3).replace("spec:\n", &unknown);
            stage.write(&format!("source/clusters/{number}.yaml"), &text);
        }
        let outcome = stage.check(&[]).ended(1).comments("more lines are in the log.");
        let length = outcome.comment.encode_utf16().count();
        assert!((50_000..65_536).contains(&length), "{length}");
    });
}

#[test]
fn a_clone_that_is_too_shallow_says_so() {
    in_a_shell(|stage| {
        stage.git("source", &["checkout", "--quiet", "-b", "feature"]);
        for nodes in 4..6 {
            stage.commit("clusters/shop.yaml", &topology("shop", nodes));
        }
        stage.git("source", &["push", "--quiet", "origin", "feature"]);
        let url = format!("file://{}", stage.path.join("source.git").display());
        std::fs::remove_dir_all(stage.path.join("source")).expect("a folder of ours");
        stage.git(".", &["clone", "--quiet", "--depth=1", "--branch=feature", &url, "source"]);
        stage.check(&[]).ended(2).comments("git fetch origin main:refs/remotes/origin/main");
        stage.git("source", &["fetch", "--quiet", "--depth=1", "origin", "main:refs/remotes/origin/main"]);
        stage.check(&[]).ended(2).tells("this clone is shallow").comments("fetch-depth: 0");
    });
}

#[test]
fn the_locks_of_another_repository_tell_what_a_cluster_keeps() {
    in_a_shell(|stage| {
        stage.deliver(&[]).done();
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        let gitops = stage.path.join("gitops.git").display().to_string();
        let kept = [("CASSC_REPOSITORY", gitops.as_str()), ("CASSC_OUTPUT", "deploy"), ("CASSC_BRANCH", "main")];
        stage.check(&kept).done().comments("1 node joins");
        stage.git(".", &["clone", "--quiet", "gitops.git", "other"]);
        stage.write("other/deploy/shop/cassc.lock", "{\"format\": 99}\n");
        stage.git("other", &["commit", "--quiet", "--all", "--message", "later"]);
        stage.git("other", &["push", "--quiet", "origin", "main"]);
        stage.check(&kept).ended(2).comments("which a later cassc wrote");
        stage.check(&[]).done();
    });
}

#[test]
fn reports_for_programs_hold_what_the_comment_says() {
    in_a_shell(|stage| {
        let read = |name: &str| std::fs::read_to_string(stage.path.join("source").join(name)).unwrap_or_default();
        let reports = ("CASSC_REPORTS", "github annotations\ngitlab quality report.json\n");
        stage.check(&[reports]).done();
        assert!(
            read("annotations").starts_with("::warning file=clusters/shop.yaml,line=8,"),
            "{}",
            read("annotations")
        );
        stage.commit("clusters/shop.yaml", &topology("shop", 2));
        stage.check(&[reports]).ended(1).tells("error[E352]").comments("E352");
        assert!(read("annotations").contains("::error file=clusters/shop.yaml,line=8,"), "{}", read("annotations"));
        assert!(read("quality report.json").contains("\"check_name\": \"E352\""), "{}", read("quality report.json"));
        stage.check(&[("CASSC_REPORTS", "github")]).ended(2).tells("name a format and a file in each line");
        stage.check(&[("CASSC_REPORTS", "html report.html")]).ended(2).tells("CASSC_REPORTS holds 'html report.html'");
    });
}

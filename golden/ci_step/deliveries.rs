//! What the step delivers, where, and when it has nothing to do.

use super::stage::{Stage, ending, in_a_shell, in_every_shell, topology};

#[test]
fn an_empty_repository_gets_its_first_commit_and_an_unchanged_cluster_none() {
    in_every_shell(|stage| {
        stage.deliver(&[]).done().tells("delivered to main: Render shop").comments("new");
        let commit = stage.git("gitops.git", &["log", "--format=%an <%ae> %cn%n%B", "main"]);
        let source = stage.head();
        let expected = format!("cassc <cassc@localhost> cassc\nRender shop\n\n- shop\n\nCassc-Source: {source}");
        assert_eq!(commit, expected);
        assert!(stage.files("gitops.git", "main", ".").contains(&"deploy/shop/cassc.lock".to_owned()));
        stage.deliver(&[]).done().tells("nothing to deliver: main is as rendered");
        stage.commit("README.md", "not a topology\n");
        stage.deliver(&[]).done().tells("nothing to deliver");
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop"]);
    });
}

#[test]
fn the_commit_tells_the_clusters_and_its_author_can_be_chosen() {
    in_a_shell(|stage| {
        for name in ["a", "b", "c", "d"] {
            stage.commit(&format!("clusters/{name}.yaml"), &topology(name, 1));
        }
        let author = [("CASSC_AUTHOR_NAME", "The Robot"), ("CASSC_AUTHOR_EMAIL", "robot@example.com")];
        stage.deliver(&author).done();
        stage.commit("clusters/e.yaml", &topology("e", 1));
        stage.commit("clusters/b.yaml", &topology("b", 2));
        stage.deliver(&[]).done();
        for name in ["a", "b", "c", "d", "e"] {
            stage.commit(&format!("clusters/{name}.yaml"), &topology(name, 3));
        }
        stage.commit("clusters/f.yaml", &topology("f", 3));
        stage.deliver(&[]).done();
        let subjects = ["Render 6 clusters", "Render b, e", "Render a, b, c, d, shop"];
        assert_eq!(stage.subjects("gitops.git", "main"), subjects);
        let first = stage.git("gitops.git", &["log", "-1", "--format=%an <%ae>", "main~2"]);
        assert_eq!(first, "The Robot <robot@example.com>");
    });
}

#[test]
fn rendered_files_may_stand_beside_the_topologies_and_their_commit_is_no_news() {
    in_every_shell(|stage| {
        stage.write("source/notes.txt", "of the one who runs the step\n");
        let before = stage.head();
        stage.deliver_beside(&[]).done().tells("delivered to main: Render shop");
        assert_eq!(stage.head(), before, "the checkout of the runner stays as it is");
        assert_eq!(stage.git("source", &["status", "--porcelain"]), "?? notes.txt");
        assert_eq!(stage.git("source", &["worktree", "list"]).lines().count(), 1);
        stage.git("source", &["pull", "--quiet", "origin", "main"]);
        let trailer = stage.git("source", &["log", "-1", "--format=%(trailers:key=Cassc-Source,valueonly)"]);
        assert_eq!(trailer, before);
        stage.deliver_beside(&[]).done().tells("nothing to deliver");
        let lock = std::fs::read_to_string(stage.path.join("source/deploy/shop/cassc.lock")).expect("it was pulled");
        assert!(lock.contains("\"../clusters/shop.yaml\""), "the lock tells the way as in any clone: {lock}");
    });
}

#[test]
fn beside_the_topologies_the_tip_of_the_branch_is_rendered_whatever_started_the_job() {
    in_a_shell(|stage| {
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage.git("source", &["checkout", "--quiet", "--detach", "HEAD~1"]);
        stage.deliver_beside(&[]).done();
        let lock = stage.git("source.git", &["show", "main:deploy/shop/cassc.lock"]);
        assert!(lock.contains("\"nodes\": 4"), "{lock}");
    });
}

#[test]
fn an_old_job_that_runs_again_does_not_roll_back() {
    in_a_shell(|stage| {
        stage.deliver(&[]).done();
        let reads = "{version: 4.1.9, config: {concurrent_reads: 64}}";
        stage.commit("clusters/shop.yaml", &topology("shop", 3).replace("{version: 4.1.9}", reads));
        stage.deliver(&[]).done();
        stage.git("source", &["checkout", "--quiet", "--detach", "HEAD~1"]);
        stage.deliver(&[]).done().tells("is delivered already");
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop", "Render shop"]);
        stage.deliver(&[("CASSC_OUTPUT", "./elsewhere")]).done().tells("delivered to main: Render shop");
    });
}

#[test]
fn names_may_hold_blanks_wildcards_and_slashes_and_the_head_may_be_detached() {
    in_every_shell(|stage| {
        stage.commit("more clusters/web *.yaml", &topology("web", 1));
        stage.git("source", &["checkout", "--quiet", "--detach"]);
        let settings = [
            ("CASSC_INPUTS", "clusters\nmore clusters/web *.yaml\n\n"),
            ("CASSC_OUTPUT", "rendered files/eu"),
            ("CASSC_BRANCH", "env/eu/prod"),
            ("CASSC_PLAN", "plan.md"),
        ];
        stage.deliver(&settings).done().tells("delivered to env/eu/prod: Render shop, web");
        let files = stage.files("gitops.git", "env/eu/prod", ".");
        assert!(files.contains(&"rendered files/eu/web/cassc.lock".to_owned()), "{files:?}");
        stage.deliver(&settings).done().tells("nothing to deliver");
        stage.git("source", &["push", "--quiet", "origin", "HEAD:refs/heads/team/a b".replace(' ', "-").as_str()]);
        stage.deliver_beside(&[("CASSC_BRANCH", "team/a-b"), settings[0]]).done().tells("delivered to team/a-b");
    });
}

#[test]
fn the_rendered_tree_may_be_the_whole_repository() {
    in_a_shell(|stage| {
        stage.deliver(&[("CASSC_OUTPUT", ".")]).done().tells("Render shop");
        assert!(stage.files("gitops.git", "main", ".").contains(&"shop/cassc.lock".to_owned()));
        stage.deliver(&[("CASSC_OUTPUT", "./")]).done().tells("nothing to deliver");
    });
}

#[test]
fn a_new_branch_begins_where_the_repository_is() {
    in_a_shell(|stage| {
        stage.deliver(&[]).done();
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.deliver(&[("CASSC_BRANCH", "next")]).done().comments("1 node joins");
        assert_eq!(stage.subjects("gitops.git", "next"), ["Render shop", "Render shop"]);
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop"]);
    });
}

#[test]
fn what_the_locks_keep_is_kept_and_they_are_committed_even_when_ignored() {
    in_a_shell(|stage| {
        let lock = |stage: &Stage| stage.git("gitops.git", &["show", "main:deploy/shop/cassc.lock"]);
        stage.git(".", &["clone", "--quiet", "gitops.git", "other"]);
        stage.write("other/.gitignore", "*.lock\n");
        stage.git("other", &["add", "--all"]);
        stage.git("other", &["commit", "--quiet", "--message", "ignore"]);
        stage.git("other", &["push", "--quiet", "origin", "HEAD:main"]);
        stage.deliver(&[]).done();
        let first = lock(&stage);
        stage.commit("clusters/shop.yaml", &topology("shop", 5));
        stage.deliver(&[]).done().comments("2 nodes join");
        let seeds = |lock: &str| {
            let lock: serde_json::Value = serde_json::from_str(lock).expect("a lock is JSON");
            let text = lock["cluster"]["datacenters"][0]["seeds"].to_string();
            assert!(text.contains("shop-dc1"), "the lock names seeds: {text}");
            text
        };
        assert_eq!(seeds(&first), seeds(&lock(&stage)));
    });
}

#[test]
fn beside_the_topologies_the_last_cluster_ends_as_well() {
    in_a_shell(|stage| {
        stage.commit("clusters/shop.yaml", &ending("shop", 3));
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        stage.deliver_beside(&[]).done();
        stage.git("source", &["pull", "--quiet", "origin", "main"]);
        stage.git("source", &["checkout", "--quiet", "-b", "end/of-shop"]);
        stage.git("source", &["rm", "--quiet", "clusters/shop.yaml"]);
        stage.git("source", &["commit", "--quiet", "--message", "delete"]);
        stage.check(&[("CASSC_OUTPUT", "deploy")]).done().comments("moved to another cluster");
        stage.git("source", &["push", "--quiet", "origin", "HEAD:main"]);
        stage.deliver_beside(&[]).done().tells("delivered to main: Render shop");
        assert_eq!(stage.files("source.git", "main", "."), Vec::<String>::new());
        stage.deliver_beside(&[]).done().tells("nothing to deliver: main is as rendered");
        stage.git("source", &["fetch", "--quiet", "origin"]);
        stage.git("source", &["reset", "--quiet", "--hard", "origin/main"]);
        stage.check(&[("CASSC_OUTPUT", "deploy")]).done().comments("every cluster has ended");
    });
}

#[test]
fn a_deleted_topology_takes_its_rendered_files_along_once_that_was_accepted() {
    in_every_shell(|stage| {
        stage.commit("clusters/web.yaml", &topology("web", 3));
        stage.deliver(&[]).done();
        for name in ["web", "shop"] {
            let file = format!("clusters/{name}.yaml");
            stage.git("source", &["rm", "--quiet", &file]);
            stage.git("source", &["commit", "--quiet", "--message", "delete"]);
            stage.deliver(&[]).ended(1).comments("E360").tells("is missing");
            stage.git("source", &["reset", "--quiet", "--hard", "HEAD~1"]);
            stage.commit(&file, &ending(name, 3));
            stage.deliver(&[]).done();
            stage.git("source", &["rm", "--quiet", &file]);
            stage.git("source", &["commit", "--quiet", "--message", "delete"]);
            stage.deliver(&[]).done().comments("moved to another cluster");
            let message = stage.git("gitops.git", &["log", "-1", "--format=%B", "main"]);
            assert!(message.starts_with(&format!("Render {name}\n\n- {name} (removed)\n\n")), "{message}");
        }
        assert_eq!(stage.files("gitops.git", "main", "."), Vec::<String>::new(), "the folder went with the last one");
        stage.commit("clusters/README.md", "kinds: CassandraTopology and nothing else\n");
        stage.git("source", &["push", "--quiet", "origin", "main"]);
        let outcome = stage.deliver(&[]).done().comments("every cluster has ended");
        outcome.tells("every cluster has ended, and nothing of them is deployed").tells("nothing to deliver");
        stage.check(&[]).done().comments("every cluster has ended");
        stage.commit("other/README.md", "never a topology\n");
        stage.deliver(&[("CASSC_INPUTS", "other")]).ended(2).tells("no CassandraTopology in other");
        stage.deliver(&[("CASSC_INPUTS", "clusters\nother")]).ended(2).tells("no CassandraTopology in clusters, other");
        stage.commit("clusters/web.yaml", &topology("web", 3));
        stage.deliver(&[]).done().tells("delivered to main: Render web").comments("new");
    });
}

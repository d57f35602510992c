//! Others push meanwhile, and remotes refuse.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::sync::mpsc::{Receiver, channel};

use super::stage::{Stage, in_a_shell, in_every_shell, topology};

/// Puts a program in the place of `cassc` that first does something, and then is the real one: whatever happens on the
/// remote between the fetch of the step and its push.
fn before_each_render(stage: &Stage, script: &str) {
    let cassc = env!("CARGO_BIN_EXE_cassc");
    let path = stage.path.display();
    let double = format!(
        "#!/bin/sh\nif [ \"$1\" = render ]; then (cd '{path}'; {script}) || exit 3; fi\nexec '{cassc}' \"$@\"\n"
    );
    stage.write("bin/cassc", &double);
    executable(stage, "bin/cassc");
}

fn executable(stage: &Stage, file: &str) {
    let permissions = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(stage.path.join(file), permissions).expect("a file of ours");
}

/// Somebody commits and pushes a file; each time another text.
const SOMEBODY_PUSHES: &str = "export GIT_AUTHOR_NAME=B GIT_AUTHOR_EMAIL=b@example.com GIT_COMMITTER_NAME=B \
    GIT_COMMITTER_EMAIL=b@example.com; [ -d other ] || git clone -q gitops.git other; cd other; echo more >>notes.txt; \
    git add notes.txt; git commit -qm notes; git push -q origin HEAD:main";

#[test]
fn a_push_that_comes_between_is_kept_and_the_delivery_follows_it() {
    in_every_shell(|stage| {
        before_each_render(&stage, &format!("[ ! -d other ] || exit 0; {SOMEBODY_PUSHES}"));
        let said = "somebody else pushed to main meanwhile (attempt 1 of 5): rendering anew on top of it";
        stage.deliver(&[]).done().tells(said).tells("delivered to main: Render shop");
        assert_eq!(stage.subjects("gitops.git", "main"), ["Render shop", "notes"]);
        assert!(stage.files("gitops.git", "main", ".").contains(&"notes.txt".to_owned()));
    });
}

#[test]
fn a_delivery_that_is_overtaken_is_judged_anew() {
    in_a_shell(|stage| {
        stage.commit("clusters/shop.yaml", &topology("shop", 4));
        stage.git(".", &["clone", "--quiet", "gitops.git", "other"]);
        stage.deliver(&[]).done();
        let four = stage.git("gitops.git", &["rev-parse", "main"]);
        // What is to be delivered grows from nothing to three nodes, and meanwhile somebody delivers four.
        stage.git("gitops.git", &["update-ref", "-d", "refs/heads/main"]);
        stage.git("gitops.git", &["branch", "four", &four]);
        stage.commit("clusters/shop.yaml", &topology("shop", 3));
        before_each_render(&stage, "git -C gitops.git branch main four");
        stage.deliver(&[]).ended(1).tells("attempt 1 of 5").comments("E352");
        assert_eq!(stage.git("gitops.git", &["rev-parse", "main"]), four);
    });
}

#[test]
fn the_step_gives_up_when_others_push_all_the_time() {
    in_a_shell(|stage| {
        before_each_render(&stage, SOMEBODY_PUSHES);
        let outcome = stage.deliver(&[("CASSC_ATTEMPTS", "2")]).ended(2);
        outcome.tells("attempt 2 of 2").tells("gave up after 2 attempts").tells("CASSC_ATTEMPTS");
        assert_eq!(stage.subjects("gitops.git", "main"), ["notes", "notes"]);
    });
}

#[test]
fn a_protected_branch_is_told_at_once() {
    in_every_shell(|stage| {
        stage.write("gitops.git/hooks/pre-receive", "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
        executable(&stage, "gitops.git/hooks/pre-receive");
        let outcome = stage.deliver(&[]).ended(2).tells("main is protected");
        let outcome = outcome.tells("refuses the commit: is main protected, or may the token not write?");
        assert!(!outcome.log.contains("attempt"), "{}", outcome.log);
    });
}

#[test]
fn a_remote_that_is_not_there_is_told() {
    in_a_shell(|stage| {
        let gone = stage.path.join("gone.git").display().to_string();
        stage.deliver(&[("CASSC_REPOSITORY", &gone)]).ended(2).tells("is the URL right, and may the token read it?");
    });
}

/// Answers git as a server that wants to know who is there, and then does not let anybody in. Sends what it was told.
fn server_that_refuses() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let url = format!("http://{}/gitops.git", listener.local_addr().expect("it is bound"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for connection in listener.incoming().take(8) {
            let request = connection.and_then(answer).unwrap_or_default();
            let _ = sender.send(request);
        }
    });
    (url, receiver)
}

fn answer(mut connection: TcpStream) -> std::io::Result<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        connection.read_exact(&mut byte)?;
        request.extend(byte);
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let status = if request.contains("Authorization:") { "403 Forbidden" } else { "401 Unauthorized" };
    let head = "WWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    write!(connection, "HTTP/1.1 {status}\r\n{head}")?;
    Ok(request)
}

#[test]
fn the_token_reaches_the_remote_and_nothing_else() {
    in_every_shell(|stage| {
        let (url, requests) = server_that_refuses();
        let settings = [("CASSC_REPOSITORY", url.as_str()), ("CASSC_TOKEN", "t0ps3cret"), ("CASSC_USER", "robot")];
        let outcome = stage.deliver(&settings).ended(2).tells("may the token read it?");
        assert!(!outcome.log.contains("t0ps3cret"), "{}", outcome.log);
        // `robot:t0ps3cret` in base64.
        let told: Vec<String> = requests.try_iter().collect();
        assert!(told.iter().any(|request| request.contains("Basic cm9ib3Q6dDBwczNjcmV0")), "{told:?}");
    });
}

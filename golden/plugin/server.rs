//! A double of Argo CD's config management plugin server: what it does with a command, as it was observed at the real
//! one (Argo CD v3.6.0-dev, commit 37ee0097, `cmpserver/plugin/plugin.go`). Per call a fresh folder of a random name with
//! the whole repository, every file 0644; the command of `plugin.yaml` in the Application's folder, without a shell;
//! standard input is /dev/null, output and errors are pipes; a process group of its own; the environment is the
//! server's, then the request's; SIGKILL at the deadline. Every call checks what must hold of all of them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::compare::repository;

/// As long as the repo-server waits for manifests.
const DEADLINE: Duration = Duration::from_mins(1);

/// The most that a user should have to read in the UI, in bytes.
const LONGEST_COMPLAINT: usize = 6 * 1024;

/// What an Application asks of the server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// `spec.source.path`.
    pub(crate) path: String,
    /// `ARGOCD_APP_PARAMETERS`, where the Application has a section `plugin`.
    pub(crate) parameters: Option<String>,
    /// Other variables, of the request or of the sidecar.
    pub(crate) variables: BTreeMap<String, String>,
}

impl Request {
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// With parameters that are texts.
    pub(crate) fn with(self, parameters: &[(&str, &str)]) -> Self {
        let passed = parameters.iter().map(|(name, value)| serde_json::json!({"name": name, "string": value}));
        let passed = serde_json::Value::Array(passed.collect());
        Self { parameters: Some(passed.to_string()), ..self }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }
}

/// A repository, unpacked for one call.
pub(crate) struct Unpacked {
    _guard: TempDir,
    root: PathBuf,
}

impl Unpacked {
    pub(crate) fn new(original: &Path) -> Self {
        let guard = tempfile::Builder::new().prefix("_cmp_server-").tempdir().expect("a temporary folder can be made");
        let root = fs::canonicalize(guard.path()).expect("it was made");
        unpack(original, &root);
        Self { _guard: guard, root }
    }

    /// Everything in it, with times: a plugin writes nothing.
    fn listing(&self) -> Vec<String> {
        let told = |entry: walkdir::DirEntry| {
            let metadata = entry.metadata().expect("an entry can be looked at");
            format!("{} {:?} {}", entry.path().display(), metadata.modified().ok(), metadata.len())
        };
        let entries = walkdir::WalkDir::new(&self.root).sort_by_file_name().into_iter();
        entries.map(|entry| told(entry.expect("an entry can be listed"))).collect()
    }
}

fn unpack(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the repository can be listed") {
        let entry = entry.expect("an entry can be listed");
        let (kind, target) = (entry.file_type().expect("it has a type"), to.join(entry.file_name()));
        if kind.is_dir() {
            fs::create_dir(&target).expect("the folder is fresh");
            unpack(&entry.path(), &target);
            continue;
        }
        if kind.is_symlink() {
            symlink(fs::read_link(entry.path()).expect("it is a link"), target).expect("the folder is fresh");
            continue;
        }
        fs::copy(entry.path(), &target).expect("the folder is fresh");
        fs::set_permissions(target, fs::Permissions::from_mode(0o644)).expect("it is ours");
    }
}

/// What a command of the plugin did.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The command that `plugin.yaml` names for a call: `generate`, `find` or `dynamic`. It is written on the line below, in
/// brackets; that a YAML reader sees the same is another test.
pub(crate) fn command(call: &str) -> Vec<String> {
    let text = fs::read_to_string(repository("examples/argocd/plugin.yaml")).expect("the example is there");
    let mut lines = text.lines().skip_while(|line| line.trim() != format!("{call}:")).skip(1);
    let line = lines.next().and_then(|line| line.trim().strip_prefix("command: [")?.strip_suffix(']'));
    let words = line.expect("the command stands on one line").split(", ");
    words.map(str::to_owned).collect()
}

/// Runs a command of `plugin.yaml` for a request, in a repository that is unpacked for it.
pub(crate) fn run(call: &str, original: &Path, request: &Request) -> Ran {
    let unpacked = Unpacked::new(original);
    let before = unpacked.listing();
    let ran = ended(started(call, &unpacked, request));
    assert_eq!(before, unpacked.listing(), "a plugin writes nothing");
    assert_holds(&ran, &unpacked);
    ran
}

/// What holds of every call, whatever became of it.
fn assert_holds(ran: &Ran, unpacked: &Unpacked) {
    let Ran { status, stdout, stderr } = ran;
    assert!(status.success() || stdout.is_empty(), "a failing call printed manifests: {stderr}");
    assert!(status.success() || !stderr.trim().is_empty(), "a failing call says why");
    assert!(stderr.len() <= LONGEST_COMPLAINT, "{} bytes are too long to read: {stderr}", stderr.len());
    assert!(!stderr.contains('\u{1b}') && !stderr.contains('\r'), "a complaint is plain text: {stderr:?}");
    let place = unpacked.root.file_name().expect("a folder has a name").to_string_lossy();
    let told = [stdout, stderr].into_iter().any(|text| text.contains(place.as_ref()));
    assert!(!told, "the random folder is told: {stderr}");
}

/// Starts a command as the server does. The variables of the request win over the server's.
pub(crate) fn started(call: &str, unpacked: &Unpacked, request: &Request) -> Child {
    let command = command(call);
    let binary = Path::new(env!("CARGO_BIN_EXE_cassc"));
    assert_eq!(binary.file_stem().and_then(|name| name.to_str()), Some(command[0].as_str()));
    let mut process = Command::new(binary);
    process.args(&command[1..]).current_dir(unpacked.root.join(&request.path)).env_clear();
    process.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("ARGOCD_LOG_LEVEL", "info");
    process.env("ARGOCD_APP_NAME", "argocd_shop").env("ARGOCD_APP_SOURCE_PATH", &request.path);
    process.envs(request.parameters.iter().map(|text| ("ARGOCD_APP_PARAMETERS", text))).envs(&request.variables);
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    process.spawn().expect("the binary is built")
}

/// Reads what a process prints until it ends or is killed at the deadline.
pub(crate) fn ended(mut child: Child) -> Ran {
    let read = |mut pipe: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).expect("a pipe can be read");
            String::from_utf8(bytes).expect("cassc prints UTF-8")
        })
    };
    let stdout = read(Box::new(child.stdout.take().expect("it is piped")));
    let stderr = read(Box::new(child.stderr.take().expect("it is piped")));
    let deadline = Instant::now() + DEADLINE;
    let status = loop {
        match child.try_wait().expect("it is our child") {
            Some(status) => break status,
            None if Instant::now() > deadline => child.kill().expect("it is our child"),
            None => thread::sleep(Duration::from_millis(2)),
        }
    };
    let (stdout, stderr) = (stdout.join(), stderr.join());
    Ran { status, stdout: stdout.expect("the reader ends"), stderr: stderr.expect("the reader ends") }
}

/// What becomes of an Application.
pub(crate) fn generated(original: &Path, request: &Request) -> Result<String, String> {
    if run("find", original, request).stdout.trim().is_empty() {
        return Err("could not find cmp-server plugin with name \"cassc\" supporting the given repository".to_owned());
    }
    let ran = run("generate", original, request);
    if ran.status.success() { Ok(ran.stdout) } else { Err(condition(&ran)) }
}

/// The server's own sentence for a failure, which the user reads in the Application.
pub(crate) fn condition(ran: &Ran) -> String {
    let command = command("generate").join(" ");
    let how = match (ran.status.code(), ran.status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(9)) => "signal: killed".to_owned(),
        (None, signal) => format!("signal: {signal:?}"),
    };
    format!("`{command}` failed {how}: {}", ran.stderr.trim())
}

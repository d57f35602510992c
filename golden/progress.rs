//! The line that tells of long work: on a terminal, here a pseudo terminal of Python, and gone before anything else. The work
//! is to read standard input, which ends when the line was seen.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Command, Stdio};

use crate::compare::repository;
use crate::real_tool::{is_here, output};

/// Runs the arguments with standard error on a pseudo terminal, waits for a word there, writes the file to standard input,
/// and prints all that the terminal got.
const TERMINAL: &str = r#"
import os, pty, select, subprocess, sys
word, file, command = sys.argv[1].encode(), sys.argv[2], sys.argv[3:]
master, slave = pty.openpty()
child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
got = b""
def more(seconds):
    global got
    if not select.select([master], [], [], seconds)[0]:
        return False
    try:
        got += os.read(master, 65536)
    except OSError:
        return False
    return True
while word not in got and more(60):
    pass
child.stdin.write(open(file, "rb").read())
child.stdin.close()
child.wait()
while more(0.1):
    pass
sys.stdout.buffer.write(got.replace(b"\r\n", b"\n"))
"#;

#[test]
fn a_terminal_shows_long_work_and_nothing_of_it_stays() {
    if !is_here("python3", &["-c", "import pty"]) {
        return;
    }
    let topology = repository("examples/multi-rack.yaml");
    let cassc = env!("CARGO_BIN_EXE_cassc");
    for (arguments, rest) in [(["validate", "-"], "1 topology valid\n"), (["render", "-"], "")] {
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL, "reading"]).arg(&topology).arg(cassc).args(arguments);
        command.env_remove("CI").env("TERM", "xterm").env("NO_COLOR", "1");
        let got = String::from_utf8_lossy(&output(&mut command)).into_owned();
        assert!(got.starts_with("\r\u{1b}[Kcassc: reading topologies …"), "{got:?}");
        let (_, last) = got.rsplit_once("\r\u{1b}[K").expect("the line is erased");
        assert_eq!(last, rest, "{got:?}");
    }
}

#[test]
fn nothing_is_told_where_nobody_looks() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let topology = fs::read_to_string(repository("examples/multi-rack.yaml")).expect("the example can be read");
    let script = format!("(sleep 1.5; cat) | '{}' validate - 2>&1", env!("CARGO_BIN_EXE_cassc"));
    fs::write(folder.path().join("shop.yaml"), topology).expect("a file can be written");
    let input = fs::File::open(folder.path().join("shop.yaml")).expect("the file is there");
    let told = output(Command::new("sh").args(["-c", &script]).stdin(Stdio::from(input)));
    assert_eq!(String::from_utf8_lossy(&told), "1 topology valid\n");
}

//! `cassc-step settle`: does what is to be done, then ends.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cassc_settle::action::Reason;
use cassc_settle::cluster::{Cluster as _, Line};
use cassc_settle::settle::{Verdict, settle};
use cassc_settle::situation::Site;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Ending, Failed, Management, Tried, Where};
use crate::live::{Course, Live, Options};
use crate::log::Format;

/// Bring ring and Kubernetes to where the desired ring wants them, one act at a time.
///
/// It decides from what it finds, may be stopped at any time, and run again. While another one is at work it waits.
#[derive(Debug, Args)]
pub(super) struct Settle {
    #[command(flatten)]
    place: Where,
    /// How to log: auto (text on a terminal, JSON otherwise), text or json.
    #[arg(long, env = "CASSC_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = Format::Auto, hide_possible_values = true)]
    log_format: Format,
    #[command(flatten)]
    management: Management,
    /// Generation of the desired ring that this run is for: it waits until the ConfigMap has it, or a newer one.
    #[arg(long, value_name = "NUMBER")]
    generation: Option<u64>,
    /// Seconds after which the run ends, with exit code 2.
    #[arg(long, env = "CASSC_DEADLINE", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    deadline: Option<u64>,
    /// File for the verdict, which `kubectl describe pod` shows. Nothing is written where it does not exist.
    #[arg(long, value_name = "FILE", default_value = "/dev/termination-log")]
    termination_log: PathBuf,
    /// Where Reaper's REST interface is [default: its Service].
    #[arg(long, env = "CASSC_REAPER", value_name = "HOST:PORT")]
    reaper: Option<String>,
    /// Name of this pod, for the Lease.
    #[arg(long, env = "POD_NAME", value_name = "NAME", hide = true)]
    pod_name: Option<String>,
    /// UID of this pod, for the Lease.
    #[arg(long, env = "POD_UID", value_name = "UID", hide = true)]
    pod_uid: Option<String>,
}

impl Settle {
    pub(super) fn options(&self) -> Options {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let holder = said(&self.pod_name).zip(said(&self.pod_uid)).map(|(name, uid)| format!("{name}_{uid}"));
        self.management.of(Options { holder, reaper: said(&self.reaper), ..self.place.options() })
    }
}

pub(super) async fn run(arguments: &Settle, tried: Tried) -> Result<Ending, Failed> {
    let options = Options { hurry: tried.hurry, ..arguments.options() };
    if options.cluster.is_empty() {
        return Err(Failed::Told("which cluster? Name it with --cluster".to_owned()));
    }
    let course = course(arguments.deadline).map_err(Failed::Runtime)?;
    let live = Live::with_format(&options, arguments.log_format, course.clone()).await?;
    let site = Site { cluster: options.cluster, kube_cluster: options.kube_cluster, generation: arguments.generation };
    let verdict = settle(&live, &site, tried.guards).await;
    let is_late = *course.borrow() == Course::IsLate;
    let (ending, reason, message) = told(&verdict, is_late);
    live.say(&Line { warning: ending != Ending::Done, reason, about: None, message: message.clone() });
    write_termination(&arguments.termination_log, &format!("{reason}: {message}\n"));
    Ok(ending)
}

/// When the run ends: when the process is asked to, or after its time.
pub(super) fn course(deadline: Option<u64>) -> std::io::Result<watch::Receiver<Course>> {
    let (sender, receiver) = watch::channel(Course::Runs);
    let sender = std::sync::Arc::new(sender);
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let (mut signals, sender) = (signal(kind)?, sender.clone());
        tokio::spawn(async move {
            signals.recv().await;
            sender.send_replace(Course::Ends);
        });
    }
    if let Some(seconds) = deadline {
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            sender.send_replace(Course::IsLate);
        });
    }
    Ok(receiver)
}

/// The ending, its reason and its sentence.
fn told(verdict: &Verdict, is_late: bool) -> (Ending, &'static str, String) {
    match verdict {
        Verdict::Done(held) if held.is_empty() => {
            (Ending::Done, "Settled", "everything is as the topology says".to_owned())
        }
        Verdict::Done(held) => (Ending::Done, "Settled", format!("as far as the topology lets it: {}", joined(held))),
        Verdict::Refused(reasons) => (Ending::Refused, "Refused", joined(reasons)),
        Verdict::GaveUp(reasons) => (Ending::GaveUp, "WaitedTooLong", joined(reasons)),
        Verdict::Interrupted if is_late => {
            (Ending::GaveUp, "DeadlineExceeded", "the time of this run is over; the next one goes on".to_owned())
        }
        Verdict::Interrupted => {
            (Ending::Interrupted, "Interrupted", "it was asked to end; the next run goes on".to_owned())
        }
    }
}

fn joined(reasons: &[Reason]) -> String {
    let sentence = |reason: &Reason| match &reason.about {
        Some(about) => format!("{}: {about}: {}", reason.code, reason.message),
        None => format!("{}: {}", reason.code, reason.message),
    };
    reasons.iter().map(sentence).collect::<Vec<_>>().join("; ")
}

/// Kubernetes keeps the first 4096 bytes, and makes the file.
fn write_termination(path: &Path, message: &str) {
    if let Ok(mut file) = OpenOptions::new().write(true).truncate(true).open(path) {
        let end = message.floor_char_boundary(4096);
        let _ = file.write_all(&message.as_bytes()[..end]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(about: Option<&str>) -> Reason {
        let about = about.map(str::to_owned);
        Reason { code: "NoRoom", about, message: "dc1 has no room".to_owned(), takes_long: false }
    }

    #[test]
    fn a_verdict_is_a_sentence_and_an_exit_code() {
        let both = vec![reason(None), reason(Some("p-0"))];
        let (ending, code, text) = told(&Verdict::Refused(both), false);
        assert_eq!((ending, code), (Ending::Refused, "Refused"));
        assert_eq!(text, "NoRoom: dc1 has no room; NoRoom: p-0: dc1 has no room");
        assert_eq!(told(&Verdict::Interrupted, false).0, Ending::Interrupted);
        assert_eq!(told(&Verdict::Interrupted, true).0, Ending::GaveUp);
        assert_eq!(told(&Verdict::GaveUp(Vec::new()), false).0, Ending::GaveUp);
        assert_eq!(told(&Verdict::Done(Vec::new()), false).0, Ending::Done);
    }

    #[test]
    fn the_termination_message_goes_only_into_a_file_that_is_there() {
        let folder = std::env::temp_dir().join(format!("cassc-step-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let (there, missing) = (folder.join("there"), folder.join("missing"));
        std::fs::write(&there, "before, and longer than after").expect("a file for the test");
        write_termination(&there, "after");
        write_termination(&missing, "after");
        assert_eq!(std::fs::read_to_string(&there).expect("it is there"), "after");
        assert!(!missing.exists());
        write_termination(&there, &"ü".repeat(4000));
        assert_eq!(std::fs::read(&there).expect("it is there").len(), 4096);
        std::fs::remove_dir_all(&folder).expect("the test made it");
    }
}

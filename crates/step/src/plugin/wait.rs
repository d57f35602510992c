//! `kubectl cassc wait`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::cli::{Ending, Failed, Look};
use crate::live::Live;
use crate::view::Report;
use crate::view::gather::gather;

/// Seconds between two looks.
const PAUSE: Duration = Duration::from_secs(5);

/// Wait until the cluster is as it is declared. Exit code 1 as soon as the program has refused, 2 when the time is over.
#[derive(Debug, Args)]
pub(super) struct Wait {
    #[command(flatten)]
    look: Look,
    /// What for: ready (every node that is asked for is up, and everything is as declared), or settled (the newest Job of the program has
    /// completed; `stopped`, a canary and `rollout.stopped` may hold things back).
    #[arg(long = "for", value_name = "STATE", value_enum, hide_possible_values = true)]
    state: State,
    /// Seconds to wait; 0 looks once.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    Ready,
    Settled,
}

/// What a look says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stands {
    Reached,
    Refused(String),
    NotYet(String),
}

pub(super) async fn run(arguments: &Wait) -> Result<Ending, Failed> {
    let live = arguments.look.connect().await?;
    let timeout = Duration::from_secs(arguments.timeout);
    let late = tokio::time::Instant::now() + timeout;
    loop {
        let not_yet = match look(&live, arguments.state).await {
            Stands::Reached => return Ok(Ending::Done),
            Stands::Refused(why) => return refused(&why),
            Stands::NotYet(why) => why,
        };
        if tokio::time::Instant::now() + PAUSE > late {
            return Err(Failed::Told(format!("not so after {} s: {not_yet}", arguments.timeout)));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn refused(why: &str) -> Result<Ending, Failed> {
    use std::io::Write as _;
    writeln!(std::io::stderr().lock(), "refused: {why}").map_err(Failed::Output)?;
    Ok(Ending::Refused)
}

async fn look(live: &Live, state: State) -> Stands {
    match gather(live).await {
        Ok(report) => stands(&report, state),
        Err(why) => Stands::NotYet(why),
    }
}

/// Whether it is so. What is remembered is of before the newest commit as long as its Job has not ended.
fn stands(report: &Report, state: State) -> Stands {
    let Some(run) = &report.run else {
        return Stands::NotYet("there is no Job of the program".to_owned());
    };
    match run.state {
        "Failed" => {
            let told = report.conditions.get("Refused").filter(|it| it.status);
            let why = told
                .map_or_else(|| run.message.clone().unwrap_or_default(), |it| format!("{}: {}", it.reason, it.message));
            Stands::Refused(format!("{}: {why}", run.job))
        }
        "Complete" if state == State::Settled || report.is("Ready") => Stands::Reached,
        "Complete" => Stands::NotYet("the topology holds something back: the condition Ready is not true".to_owned()),
        _ => Stands::NotYet(run.says.last().cloned().unwrap_or_else(|| format!("{} runs", run.job))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::super::view::{Condition, Run};
    use super::*;

    fn report(state: &'static str, condition: &str) -> Report {
        let it = Condition { status: true, reason: "R".to_owned(), message: "m".to_owned(), since: String::new() };
        let run = Run { job: "j".to_owned(), state, message: Some("failed".to_owned()), ..Run::default() };
        Report { run: Some(run), conditions: BTreeMap::from([(condition.to_owned(), it)]), ..Report::default() }
    }

    #[test]
    fn what_is_remembered_counts_only_when_the_newest_job_has_ended() {
        assert_eq!(stands(&report("Running", "Ready"), State::Ready), Stands::NotYet("j runs".to_owned()));
        assert_eq!(stands(&report("Complete", "Ready"), State::Ready), Stands::Reached);
        assert!(matches!(stands(&report("Complete", "Stopped"), State::Ready), Stands::NotYet(_)));
        assert_eq!(stands(&report("Complete", "Stopped"), State::Settled), Stands::Reached);
        assert_eq!(stands(&report("Failed", "Refused"), State::Settled), Stands::Refused("j: R: m".to_owned()));
        assert_eq!(stands(&report("Failed", "Ready"), State::Ready), Stands::Refused("j: failed".to_owned()));
        assert!(matches!(stands(&Report::default(), State::Ready), Stands::NotYet(_)));
    }
}

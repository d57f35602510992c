//! `kubectl cassc history`: what ran.

use clap::Args;
use serde::Serialize;

use crate::cli::output::Output;
use crate::cli::{Ending, Failed, Look};
use crate::live::Live;
use crate::view::gather::{event, gather, ring, told, why};
use crate::view::text::{Page, event as event_lines, since, wrapped};
use crate::view::{Event, Operation, Run};

/// Print the Jobs of the program, the operations that ran, and its Events. Kubernetes keeps Events for an hour, and the program deletes
/// finished Jobs of earlier commits.
#[derive(Debug, Args)]
pub(super) struct History {
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    output: Output,
}

/// What is printed, the oldest first.
#[derive(Debug, Serialize)]
struct Past {
    runs: Vec<Run>,
    operations: Vec<Operation>,
    events: Vec<Event>,
}

pub(super) async fn run(arguments: &History) -> Result<Ending, Failed> {
    let past = past(&arguments.look.connect().await?).await.map_err(Failed::Told)?;
    arguments.output.print(&past, |page| text(&past, page))?;
    Ok(Ending::Done)
}

async fn past(live: &Live) -> Result<Past, String> {
    let ring = ring(live).await?;
    let runs = live.kubernetes.runs(&ring).await.map_err(|failure| format!("the Jobs: {}", why(&failure)))?;
    let events = live.kubernetes.happened(&ring).await.map_err(|failure| format!("the Events: {}", why(&failure)))?;
    let report = gather(live).await?;
    Ok(Past {
        runs: runs.iter().map(told).collect(),
        operations: report.operations.into_iter().filter(|it| it.since.is_some()).collect(),
        events: events.into_iter().map(event).collect(),
    })
}

fn text(past: &Past, page: Page) -> String {
    let mut lines = Vec::new();
    for run in &past.runs {
        let when = since(run.ended.as_ref().unwrap_or(&run.created), page);
        let message = run.message.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
        lines.extend(wrapped("", &format!("{when} ago {}: {}{message}", run.job, run.state), page));
    }
    for it in &past.operations {
        let when = since(it.ended.as_ref().or(it.since.as_ref()).map_or("", String::as_str), page);
        let text = format!("{when} ago operation {} ({}): {}, {} nodes done", it.id, it.kind, it.state, it.done);
        lines.extend(wrapped("", &text, page));
    }
    lines.extend(past.events.iter().flat_map(|it| event_lines(it, page)));
    lines.push(String::new());
    lines.join("\n")
}

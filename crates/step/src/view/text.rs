//! A report for a human: as wide as the terminal, or with everything (`wide`). Colors are ANSI sequences; who prints it takes them out
//! where nobody sees them.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use cassc_settle::cluster::Time;

use super::repairs::repairs;
use super::{Event, Node, Operation, Report, Run};
use crate::log;

const HEADING: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const CHANGING: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// How many Events are printed, and how many `wide`.
const EVENTS: [usize; 2] = [5, 20];

/// How it is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Columns of the terminal.
    pub(crate) columns: usize,
    /// Whether everything is printed, however long the lines get.
    pub(crate) wide: bool,
    /// The time, for "since".
    pub(crate) now: Time,
}

/// The whole report.
pub(crate) fn text(report: &Report, page: Page) -> String {
    let mut lines = vec![headline(report)];
    let seen = match &report.asked {
        Some(pod) => format!("The ring as {pod} sees it."),
        None => "No pod was asked: host ids and addresses are what is remembered.".to_owned(),
    };
    lines.extend(wrapped("", &seen, page));
    lines.extend(report.unseen.iter().flat_map(|it| wrapped("  ", &format!("not seen: {it}"), page)));
    lines.push(String::new());
    lines.extend(nodes(report, page));
    section(&mut lines, "Under way", under_way(report, page));
    section(&mut lines, "Operations", operations(&report.operations, page));
    section(&mut lines, "Repairs", repairs(&report.repairs, page));
    section(
        &mut lines,
        "Failed",
        report
            .failed
            .iter()
            .flat_map(|(what, it)| wrapped("  ", &format!("{what}: {}: {}", it.reason, it.message), page))
            .collect(),
    );
    section(&mut lines, "Conditions", conditions(report, page));
    section(&mut lines, "Program", report.run.iter().flat_map(|run| program(run, page)).collect());
    let shown = EVENTS[usize::from(page.wide)];
    let last = &report.events[report.events.len().saturating_sub(shown)..];
    section(&mut lines, "Events", last.iter().flat_map(|it| event(it, page)).collect());
    lines.join("\n") + "\n"
}

fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>) {
    if !content.is_empty() {
        lines.push(String::new());
        lines.push(styled(HEADING, title));
        lines.extend(content);
    }
}

fn headline(report: &Report) -> String {
    let stands = match report.conditions.get("Refused").filter(|it| it.status) {
        Some(refused) => styled(BAD, &format!("refused, {}", refused.reason)),
        None if report.is("Ready") => styled(GOOD, "ready"),
        None if report.founded.is_none() => styled(CHANGING, "nothing is remembered yet"),
        None => styled(CHANGING, "not settled"),
    };
    let cluster = styled(HEADING, &report.cluster);
    format!("{cluster} in namespace {}, Cassandra {}: {stands}", plain(&report.namespace), plain(&report.version))
}

/// The table of nodes, rack by rack. All racks have the same columns.
fn nodes(report: &Report, page: Page) -> Vec<String> {
    let mut rows = vec![(None, heading(page))];
    for datacenter in &report.datacenters {
        for rack in &datacenter.racks {
            let elsewhere =
                datacenter.kube_cluster.as_ref().map(|it| format!(", Kubernetes cluster {it}")).unwrap_or_default();
            let found = rack.nodes.len();
            let title = format!("{} {}, {found} of {} nodes{elsewhere}", datacenter.name, rack.name, rack.wanted);
            rows.push((Some(plain(&title)), Vec::new()));
            rows.extend(rack.nodes.iter().map(|node| (None, cells(node, page))));
        }
    }
    let mut widths = vec![0; heading(page).len()];
    for (_, cells) in &rows {
        for (width, cell) in widths.iter_mut().zip(cells) {
            *width = (*width).max(cell.chars().count());
        }
    }
    rows.iter().map(|(title, cells)| title.clone().unwrap_or_else(|| row(cells, &widths))).collect()
}

fn heading(page: Page) -> Vec<String> {
    let names: &[&str] = if page.wide {
        &["", "POD", "LOAD", "VERSION", "HOST ID", "ADDRESS", "STATUS"]
    } else {
        &["", "POD", "LOAD", "VERSION", "HOST ID", "STATUS"]
    };
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn cells(node: &Node, page: Page) -> Vec<String> {
    let or_dash = |text: Option<&str>| plain(text.unwrap_or("-"));
    let host_id = node.host_id.as_deref().map(|id| if page.wide { id } else { id.split('-').next().unwrap_or(id) });
    let mut cells = vec![
        node.state.clone().unwrap_or_else(|| "--".to_owned()),
        or_dash(node.pod.as_deref()),
        node.load.map_or_else(|| "-".to_owned(), size),
        or_dash(node.version.as_deref()),
        or_dash(host_id),
    ];
    if page.wide {
        cells.push(or_dash(node.address.as_deref()));
    }
    let behind = (node.is_behind == Some(true)).then_some("older template");
    let words = [node.status.as_deref(), node.gossip.as_deref(), behind];
    cells.push(plain(&words.into_iter().flatten().collect::<Vec<_>>().join(", ")));
    cells
}

/// A row. The first cell is the state, whose color is that of the node.
fn row(cells: &[String], widths: &[usize]) -> String {
    let mut line = " ".to_owned();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let style = match cell.as_str() {
            "UN" => GOOD,
            "UJ" | "UL" | "UM" => CHANGING,
            _ if cell.starts_with('D') => BAD,
            _ => Style::new(),
        };
        let padding = " ".repeat(width.saturating_sub(cell.chars().count()) + 2);
        let shown = if index == 0 { styled(style, cell) } else { cell.clone() };
        let _ = write!(line, "{shown}{padding}");
    }
    line.trim_end().to_owned()
}

fn under_way(report: &Report, page: Page) -> Vec<String> {
    let told = report.jobs.iter().map(|job| {
        let left = job.bytes_left.map(|bytes| format!(", {} left to stream", size(bytes))).unwrap_or_default();
        format!("{}: {} for {}{left}", job.pod, job.job, since(&job.since, page))
    });
    told.flat_map(|line| wrapped("  ", &line, page)).collect()
}

fn operations(operations: &[Operation], page: Page) -> Vec<String> {
    let told = operations.iter().flat_map(|it| {
        let nodes = it.nodes.map(|all| format!(", {} of {all} nodes done", it.done)).unwrap_or_default();
        let when = match (&it.ended, &it.since) {
            (Some(ended), _) => format!(" {} ago", since(ended, page)),
            (None, Some(began)) => format!(" for {}", since(began, page)),
            (None, None) => String::new(),
        };
        let failures = it.failed.iter().map(|(pod, message)| format!("  {pod}: {message}"));
        std::iter::once(format!("{} ({}): {}{when}{nodes}", it.id, it.kind, it.state))
            .chain(failures)
            .collect::<Vec<_>>()
    });
    told.flat_map(|line| wrapped("  ", &line, page)).collect()
}

/// Those that are true, and repairs that are not scheduled; `wide` all.
fn conditions(report: &Report, page: Page) -> Vec<String> {
    let told = report.conditions.iter().filter(|(name, it)| it.status || page.wide || *name == "RepairsScheduled");
    told.flat_map(|(name, it)| {
        let status = if it.status { "" } else { " is false" };
        let message = if it.message.is_empty() { String::new() } else { format!(": {}", it.message) };
        wrapped("  ", &format!("{name}{status} for {}, {}{message}", since(&it.since, page), it.reason), page)
    })
    .collect()
}

fn program(run: &Run, page: Page) -> Vec<String> {
    let state = match &run.ended {
        Some(ended) => format!("{} {} ago", run.state, since(ended, page)),
        None => format!("{} for {}", run.state, since(&run.created, page)),
    };
    let message = run.message.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    let mut lines = wrapped("  ", &format!("{}: {state}{message}", run.job), page);
    lines.extend(run.says.iter().flat_map(|said| wrapped("    ", said, page)));
    lines
}

/// An Event in a line or several.
pub(crate) fn event(event: &Event, page: Page) -> Vec<String> {
    let count = if event.count > 1 { format!(" ({} times)", event.count) } else { String::new() };
    let about = if event.message.contains(&event.about) { String::new() } else { format!("{}: ", event.about) };
    let text = format!("{} ago{count} {}: {about}{}", since(&event.time, page), event.reason, event.message);
    let lines = wrapped("  ", &text, page);
    if event.warning { lines.iter().map(|line| styled(CHANGING, line)).collect() } else { lines }
}

/// How long ago a time is: two digits and a unit are enough.
pub(crate) fn since(then: &str, page: Page) -> String {
    let Some(then) = log::seconds(then) else { return "?".to_owned() };
    match page.now.saturating_sub(then) {
        seconds @ 0..120 => format!("{seconds}s"),
        seconds @ 120..7200 => format!("{}m", seconds / 60),
        seconds @ 7200..172_800 => format!("{}h", seconds / 3600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// Bytes as `nodetool` writes them.
#[expect(clippy::cast_precision_loss, reason = "one digit behind the point is shown")]
pub(crate) fn size(bytes: u64) -> String {
    let (mut value, mut units) = (bytes as f64, ["bytes", "KiB", "MiB", "GiB", "TiB"].into_iter().peekable());
    while value >= 1024.0 && units.len() > 1 {
        value /= 1024.0;
        units.next();
    }
    let unit = units.next().unwrap_or("TiB");
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}

/// A text in lines that are no longer than the page, indented; those after the first a little more. A word is never cut.
pub(crate) fn wrapped(indent: &str, text: &str, page: Page) -> Vec<String> {
    let limit = if page.wide { usize::MAX } else { page.columns };
    let (mut lines, mut line) = (Vec::new(), indent.to_owned());
    let mut is_empty = true;
    for word in plain(text).split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > limit {
            lines.push(std::mem::replace(&mut line, format!("{indent}  ")));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines
}

/// A text of others without what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests;

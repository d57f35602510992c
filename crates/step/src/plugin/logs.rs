//! `kubectl cassc logs`.

use std::io::{self, Write as _};

use clap::Args;
use futures_util::future::join_all;
use kube::api::LogParams;
use tokio::sync::mpsc;

use crate::cli::{Ending, Failed, Look};
use crate::live::Live;
use crate::view::gather::{ring, said, why};

/// The containers of a pod of Cassandra that are read.
const OF_CASSANDRA: [&str; 2] = ["server-config-init", "server-system-logger"];

/// Print the logs of the program's newest Job, or with pods those of their gates and of Cassandra.
#[derive(Debug, Args)]
pub(super) struct Logs {
    /// Pods of Cassandra. Without any: the newest Job of the program.
    #[arg(value_name = "POD")]
    pods: Vec<String>,
    /// All pods of Cassandra, and the newest Job.
    #[arg(long, conflicts_with = "pods")]
    all: bool,
    #[command(flatten)]
    look: Look,
    /// Go on with what is written from now on.
    #[arg(short, long)]
    follow: bool,
    /// The last lines of each container.
    #[arg(long, value_name = "LINES", default_value_t = 50)]
    tail: u32,
}

/// A container whose log is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    namespace: String,
    pod: String,
    container: Option<&'static str>,
}

pub(super) async fn run(arguments: &Logs) -> Result<Ending, Failed> {
    let live = arguments.look.connect().await?;
    let sources = sources(&live, arguments).await.map_err(Failed::Told)?;
    if sources.is_empty() {
        return Err(Failed::Told("the program has no Job yet".to_owned()));
    }
    let names_them = sources.len() > 1;
    let (sender, mut lines) = mpsc::channel(64);
    let reads = sources.into_iter().map(|source| read(&live, source, arguments, sender.clone()));
    let all = join_all(reads.collect::<Vec<_>>());
    drop(sender);
    let write = async {
        while let Some((source, line)) = lines.recv().await {
            if !print(&source, &line, names_them)? {
                break;
            }
        }
        Ok::<(), Failed>(())
    };
    tokio::pin!(all, write);
    tokio::select! {
        written = &mut write => written?,
        _ = &mut all => write.await?,
    }
    Ok(Ending::Done)
}

async fn sources(live: &Live, arguments: &Logs) -> Result<Vec<Source>, String> {
    let ring = ring(live).await?;
    let mut sources = Vec::new();
    if arguments.pods.is_empty() {
        let runs = live.kubernetes.runs(&ring).await.map_err(|failure| format!("the Jobs: {}", why(&failure)))?;
        if let Some(newest) = runs.last() {
            let pods = live.kubernetes.pods_of_run(&newest.name).await.map_err(|failure| why(&failure))?;
            let namespace = live.kubernetes.home().to_owned();
            sources.extend(pods.last().map(|pod| Source { namespace, pod: pod.clone(), container: None }));
        }
    }
    if arguments.all || !arguments.pods.is_empty() {
        let (_, found) =
            live.kubernetes.viewed(&ring).await.map_err(|failure| format!("the pods: {}", why(&failure)))?;
        let wanted: Vec<&String> = if arguments.all { found.keys().collect() } else { arguments.pods.iter().collect() };
        for name in wanted {
            let pod = found.get(name).ok_or_else(|| format!("the cluster has no pod {name}"))?;
            let namespace = live.kubernetes.namespace_of_pod(pod).map_err(|failure| why(&failure))?;
            let source =
                |container| Source { namespace: namespace.clone(), pod: name.clone(), container: Some(container) };
            sources.extend(OF_CASSANDRA.map(source));
        }
    }
    Ok(sources)
}

/// Sends the lines of a container, or why there are none.
async fn read(live: &Live, source: Source, arguments: &Logs, lines: mpsc::Sender<(Source, String)>) {
    let which = LogParams {
        container: source.container.map(str::to_owned),
        follow: arguments.follow,
        tail_lines: Some(i64::from(arguments.tail)),
        ..LogParams::default()
    };
    let send = async |line| lines.send((source.clone(), line)).await.is_ok();
    let outcome = live.kubernetes.log(&source.namespace, &source.pod, &which, send).await;
    if let Err(failure) = outcome {
        let _ = lines.send((source, format!("no log: {}", why(&failure)))).await;
    }
}

/// Prints a line; `false` when nobody reads any more.
fn print(source: &Source, line: &str, names_them: bool) -> Result<bool, Failed> {
    let plain: String = said(line).chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect();
    let prefix = match source.container {
        _ if !names_them => String::new(),
        Some("server-config-init") => format!("{} gate: ", source.pod),
        _ => format!("{}: ", source.pod),
    };
    match writeln!(io::stdout().lock(), "{prefix}{plain}") {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(cause) => Err(Failed::Output(cause)),
    }
}

//! `cassc-step settle` whose pauses are short, for the stories of tests/delivery: the same calls and decisions, and a run that takes
//! seconds. In: cluster, namespace, context of the kubeconfig, port of the Management API, generation. Out: the log on
//! standard error; the exit code is 0 when all is as declared, 1 when it refused, 2 otherwise.
#![allow(clippy::disallowed_methods, clippy::print_stderr, reason = "a program of tests")]

use std::env;
use std::process::ExitCode;

use cassc_settle::guard::Guards;
use cassc_settle::settle::{Verdict, settle};
use cassc_settle::situation::Site;
use cassc_step::live::{Course, Live, Options};
use tokio::sync::watch;

/// How many times faster than in life.
const HURRY: u32 = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, namespace, context, port, generation] = arguments.as_slice() else {
        eprintln!("usage: hasty_settle CLUSTER NAMESPACE CONTEXT PORT GENERATION");
        return ExitCode::from(2);
    };
    let options = Options {
        cluster: cluster.clone(),
        namespace: Some(namespace.clone()),
        context: Some(context.clone()),
        management_port: port.parse().expect("a port"),
        hurry: HURRY,
        ..Options::default()
    };
    let (_sender, course) = watch::channel(Course::Runs);
    let live = Live::connect(&options, course).await.expect("a connection");
    // A run of the CronJob names none.
    let generation = generation.parse().ok();
    let verdict = settle(&live, &Site { cluster: cluster.clone(), kube_cluster: None, generation }, Guards::ALL).await;
    eprintln!("{verdict:?}");
    match verdict {
        Verdict::Done(_) => ExitCode::SUCCESS,
        Verdict::Refused(_) => ExitCode::from(1),
        Verdict::GaveUp(_) | Verdict::Interrupted => ExitCode::from(2),
    }
}

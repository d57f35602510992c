//! `kubectl cassc`: looks at clusters with the caller's own rights, and changes nothing. One file per verb.

mod history;
mod logs;
mod restart_needed;
mod wait;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::{ended, on_one_thread, status};

/// Looks at Cassandra clusters of cassc: what the ring is, what the program in the cluster does, and what it waits for.
#[derive(Debug, Parser)]
#[command(name = "kubectl-cassc", bin_name = "kubectl cassc", version, max_term_width = 100, after_long_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; with `wait`: it is so
  1  `wait`: the program refused, a person has to do something
  2  wrong usage, no connection, no such cluster; `wait`: the time is over";

#[derive(Debug, Subcommand)]
enum Command {
    Status(status::Status),
    Logs(logs::Logs),
    History(history::History),
    Wait(wait::Wait),
    RestartNeeded(restart_needed::RestartNeeded),
}

/// Parses the arguments, runs the verb, and turns its ending into an exit code.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => {
            // That nobody reads it is no reason for another exit code.
            let _ = answer.print();
            return ExitCode::from(if answer.use_stderr() { 2 } else { 0 });
        }
    };
    ended(on_one_thread(async {
        match cli.command {
            Command::Status(arguments) => status::run(&arguments).await,
            Command::Logs(arguments) => logs::run(&arguments).await,
            Command::History(arguments) => history::run(&arguments).await,
            Command::Wait(arguments) => wait::run(&arguments).await,
            Command::RestartNeeded(arguments) => restart_needed::run(&arguments).await,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_manifest_of_krew_is_what_krew_reads_once_a_release_has_filled_it_in() {
        let text = include_str!("../../../../examples/krew/cassc.yaml").replace("VERSION", env!("CARGO_PKG_VERSION"));
        let manifest: serde_json::Value = serde_saphyr::from_str(&text).expect("it is YAML");
        assert_eq!(manifest["apiVersion"], "krew.googlecontainertools.github.com/v1alpha2");
        assert_eq!((&manifest["kind"], &manifest["metadata"]["name"]), (&"Plugin".into(), &"cassc".into()));
        let spec = &manifest["spec"];
        let short = spec["shortDescription"].as_str().expect("a text");
        assert!(short.len() <= 50 && !short.ends_with('.'), "{short}");
        assert_eq!(spec["version"], format!("v{}", env!("CARGO_PKG_VERSION")));
        let platforms = spec["platforms"].as_array().expect("a list");
        let mut digests = std::collections::BTreeSet::new();
        for platform in platforms {
            let labels = &platform["selector"]["matchLabels"];
            let (os, arch) = (labels["os"].as_str().expect("a text"), labels["arch"].as_str().expect("a text"));
            let uri = platform["uri"].as_str().expect("a text");
            assert!(uri.starts_with("https://") && uri.ends_with(&format!("-{os}-{arch}.tar.gz")), "{uri}");
            let digest = format!("SHA256_{os}_{arch}").to_uppercase();
            assert_eq!((&platform["sha256"], &platform["bin"]), (&digest.clone().into(), &"kubectl-cassc".into()));
            assert!(digests.insert(digest), "{uri} is there twice");
        }
        assert!(digests.len() >= 3, "{digests:?}");
    }
}

//! `cassc argocd`: the three commands that Argo CD's config management plugin server calls in the folder of an
//! Application (`examples/argocd/plugin.yaml`). Every error is one short text on standard error, which is what
//! the user reads in the Application; standard output then stays empty, because half of a cluster would be pruned.

mod folder;
mod generate;
mod locks;
mod messages;
mod parameters;

use clap::{Args, Subcommand};

use self::parameters::{Parameters, announcement};
use super::{Ending, Failure, print, write_or_fail};

/// Commands of the Argo CD config management plugin.
///
/// They work in the current directory and read the parameters of the Application from the environment variable
/// `ARGOCD_APP_PARAMETERS`, and nothing else from the environment. They write no files.
#[derive(Debug, Args)]
pub(super) struct Argocd {
    #[command(subcommand)]
    call: Call,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Call {
    /// Print every manifest of the Application as one YAML stream.
    ///
    /// Each cluster needs its committed `cassc.lock`, written by `cassc render TOPOLOGY -o . --lock-only`. A topology that
    /// differs from its lock is not rendered. On any error, exits with 1 and prints no manifest.
    Generate,
    /// Print the name of the first topology in the folder; without one, print nothing and exit with 0.
    Discover,
    /// Print the parameters that an Application can set, in the format of Argo CD.
    Parameters,
}

pub(super) fn run(argocd: &Argocd) -> Result<Ending, Failure> {
    match argocd.call {
        Call::Generate => Ok(generated()),
        Call::Discover => {
            let given = Parameters::given().unwrap_or_default();
            // A parameter that names nothing is for `generate` to refuse, where the user reads it.
            let named = given.file.as_deref().and_then(|file| folder::discovered(Some(file)));
            if let Some(found) = named.or_else(|| folder::discovered(None)) {
                print(&format!("{found}\n"))?;
            }
            Ok(Ending::Done)
        }
        Call::Parameters => {
            print(&announcement())?;
            Ok(Ending::Done)
        }
    }
}

/// Prints all or nothing: output of a failing run must not be mistaken for the whole.
fn generated() -> Ending {
    let printed = Parameters::given().and_then(|parameters| generate::generate(&parameters)).and_then(|generated| {
        let written = write_or_fail(|output| output.write_all(&generated.manifests));
        written.map_err(|cause| format!("cannot write to standard output: {cause}"))?;
        Ok(generated.warnings)
    });
    match printed {
        Ok(warnings) => {
            messages::show(&warnings);
            Ending::Done
        }
        Err(complaint) => {
            messages::show(&complaint);
            Ending::Refused
        }
    }
}

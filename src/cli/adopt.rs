//! `cassc adopt`: takes a cluster over that Cass Operator runs.

use std::fs;
use std::path::{Path, PathBuf};

use cassc_import::documents::Text;
use cassc_import::report::{Report, text};
use clap::Args;

use super::complaints::{Channel, Complaining, Format};
use super::output::{Extent, held, with_lock};
use super::{Ending, Failure, message, note};
use crate::adopt::{Adoption, Dump, Refused, TREE, adopt};
use crate::catalogue::Warnings;
use crate::check::Checked;
use crate::deployed::OwnLock;
use crate::diagnostic::Severity;
use crate::emit::Overwrite;
use crate::emit::directory::{recover, write};
use crate::emit::hold::Purpose;
use crate::fleet::ClusterRun;
use crate::parse::Text as SourceText;
use crate::parse::source::{Origin, Source};
use crate::{Compilation, Options, compile};

/// The largest dump that is read, in bytes: some tens of thousands of pods.
const LARGEST_DUMP: u64 = 256 * 1024 * 1024;

/// Take over a cluster that Cass Operator runs, without restarting a pod
///
/// Reads what `kubectl` printed of a namespace, and writes a topology, the rendered tree with its lock, and a runbook: a
/// script of `kubectl` commands with a check after each step, and a text that says what each step does. Whatever would not
/// survive the adoption is refused. Nothing is sent anywhere, and Secrets are never read. docs/adopt.md has the details.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  kubectl -n shop get sts,svc,pdb,pvc,cm,pods,endpointslices,cassdc -o yaml > dump.yaml
  cassc adopt --from dump.yaml -o adopt                       topology, tree and runbook
  cassc adopt --from dump.yaml --topology shop.yaml -o adopt  for a topology of your own")]
pub(super) struct Adopt {
    /// What `kubectl get -o yaml` printed; may be repeated.
    #[arg(long, required = true, value_name = "DUMP")]
    from: Vec<PathBuf>,
    /// The topology, instead of the one that is made of the operator's resources.
    #[arg(long, value_name = "FILE")]
    topology: Option<PathBuf>,
    /// Where to write the runbook, the folder `deploy` with the rendered tree, and the topology.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// The Cassandra cluster, where the dump has several: `clusterName` of its resources.
    #[arg(long, value_name = "NAME", conflicts_with = "topology")]
    cluster: Option<String>,
    /// The memory of a Cassandra container where a resource names none, such as `8Gi`.
    #[arg(long, value_name = "SIZE", conflicts_with = "topology")]
    memory: Option<String>,
}

pub(super) fn run(arguments: &Adopt) -> Result<Ending, Failure> {
    let texts = arguments.from.iter().map(|path| dump_text(path)).collect::<Result<Vec<Text>, Failure>>()?;
    let dump = Dump::read(&texts);
    let source = match &arguments.topology {
        Some(path) => read_topology(path)?,
        None => match super::adopt_import::imported(arguments.import(), &texts, &dump, &arguments.output)? {
            Some(source) => source,
            None => return Ok(Ending::Refused),
        },
    };
    let Some((texts, checked)) = accepted(source)? else { return Ok(Ending::Refused) };
    finish(arguments, &dump, &texts, checked)
}

impl Adopt {
    fn import(&self) -> super::adopt_import::Asked<'_> {
        super::adopt_import::Asked { cluster: self.cluster.as_deref(), memory: self.memory.as_deref() }
    }
}

fn dump_text(path: &Path) -> Result<Text, Failure> {
    let failed = |cause: std::io::Error| Failure::Usage(format!("cannot read {}: {cause}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > LARGEST_DUMP {
        return Err(Failure::Usage(format!("{} is larger than {} MiB", path.display(), LARGEST_DUMP / 1024 / 1024)));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    Ok(Text { name: path.display().to_string(), text })
}

fn read_topology(path: &Path) -> Result<Source, Failure> {
    let failed = |cause: std::io::Error| Failure::Usage(format!("cannot read {}: {cause}", path.display()));
    Ok(Source { name: path.display().to_string(), bytes: fs::read(path).map_err(failed)?, origin: Origin::Named })
}

/// The one topology that is adopted; `None` where it is refused, which was said.
fn accepted(source: Source) -> Result<Option<(Vec<SourceText>, Checked)>, Failure> {
    let name = source.name.clone();
    let Compilation { texts, complaints, accepted, .. } =
        compile(vec![source], Options { dialect: None, warnings: Warnings::Show });
    Complaining::new(Format::Human, None, Channel::Messages)?.tell(&texts, &complaints);
    if complaints.iter().any(|complaint| complaint.severity == Severity::Error) {
        return Ok(None);
    }
    match <[Checked; 1]>::try_from(accepted) {
        Ok([checked]) => Ok(Some((texts, checked))),
        Err(several) => Err(Failure::Usage(format!("{name} has {} topologies, and one is adopted", several.len()))),
    }
}

/// Judges, and writes everything or nothing.
fn finish(arguments: &Adopt, dump: &Dump, texts: &[SourceText], checked: Checked) -> Result<Ending, Failure> {
    let run = ClusterRun::unjudged(texts, checked, OwnLock::Missing);
    let rendered = run.render(None);
    let adoption = match adopt(dump, &rendered.cluster, &rendered.arranged) {
        Ok(adoption) => adoption,
        Err(refused) => return Ok(tell_refused(refused)),
    };
    let tree = arguments.output.join(TREE);
    let name = rendered.cluster.name.clone();
    let hold = held(&tree, Purpose::Write)?;
    recover(&tree, &name)?;
    let (files, lock) = with_lock(&tree, rendered, Extent::Files);
    let outcome = write(&tree, &name, &files, (&lock, &OwnLock::Missing), Overwrite::KeepForeign)?;
    drop(hold);
    if outcome.is_held_back() {
        return Err(Failure::Usage(format!(
            "{} has files of another render: name an empty directory",
            tree.join(&name).display()
        )));
    }
    write_runbook(&arguments.output, &adoption)?;
    tell(&arguments.output, &adoption);
    Ok(Ending::Done)
}

fn tell_refused(refused: Refused) -> Ending {
    message(&match refused {
        Refused::Whole(words) => format!("error: {words}\n"),
        Refused::Fields(fields) => text(&Report { refused: fields, ..Report::default() }),
    });
    Ending::Refused
}

fn write_runbook(output: &Path, adoption: &Adoption) -> Result<(), Failure> {
    for (path, text) in adoption.files.iter() {
        let path = output.join(path);
        let failed = |cause: std::io::Error| Failure::Usage(format!("cannot write {}: {cause}", path.display()));
        fs::create_dir_all(path.parent().unwrap_or(output)).map_err(failed)?;
        fs::write(&path, text).map_err(failed)?;
    }
    Ok(())
}

fn tell(output: &Path, adoption: &Adoption) {
    for question in &adoption.questions {
        message(&format!("look at this first: {question}\n"));
    }
    let at_restart = adoption.changes.iter().filter(|change| change.at_restart).count();
    note(&format!(
        "{}: the runbook, with what changes at once and {} at the first rolling restart\nnext: read it, then: sh {} check\n",
        output.join("adopt.md").display(),
        cassc_wording::counted(at_restart, "change"),
        output.join("adopt.sh").display()
    ));
}

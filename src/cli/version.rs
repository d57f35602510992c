//! `cassc --version`: which cassc this is; with `--verbose` what it reads, writes and supports. No date and no commit: the
//! same version prints the same everywhere.

use cassc_cassandra::image::published_patches;
use cassc_ring::release::{MINORS, Minor};

use super::{Ending, Failure, print};
use crate::cluster::generation::{newest, oldest};
use crate::kubernetes::release::{NEWEST, OLDEST};
use crate::lock;
use crate::report;
use crate::topology::API_VERSION;

pub(super) fn run(verbose: bool) -> Result<Ending, Failure> {
    let version = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "\n");
    let text = if verbose { format!("{version}{}", details()) } else { version.to_owned() };
    print(&text)?;
    Ok(Ending::Done)
}

/// A line each: a word, then what there is of it, oldest first.
fn details() -> String {
    let minors: Vec<String> = MINORS.into_iter().map(with_newest_patch).collect();
    let (plan, complaints) = (report::plan::FORMAT, report::FORMAT);
    [
        ("topology", API_VERSION.to_owned()),
        ("lock", format!("format {}, reads from 1", lock::FORMAT)),
        ("reports", format!("plan format {plan}, complaints format {complaints}")),
        ("kubernetes", format!("{OLDEST} to {NEWEST}")),
        ("cassandra", minors.join(", ")),
        ("defaults", format!("revisions {} to {}", oldest(), newest())),
    ]
    .map(|(word, text)| format!("{word:<12}{text}\n"))
    .concat()
}

/// `4.1 (images to 4.1.12)`: newer patches take an image that the user names.
fn with_newest_patch(minor: Minor) -> String {
    let newest = published_patches(minor).iter().max().expect("every minor has a published patch");
    format!("{0} (images to {0}.{newest})", minor.name())
}

//! Every change that a render makes to the disk, one method each, called by `directory` alone.
//! The tests cut the power after each of them in turn and look at what is left.
#![expect(clippy::disallowed_methods, reason = "this is the writing side of the output directory")]

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::folder::FolderError;

/// The disk as the render changes it.
pub(super) struct Disk {
    /// How many operations succeed before one fails; `None`, outside tests, is all of them.
    operations_left: Cell<Option<usize>>,
    outage: Outage,
    swap: Swap,
}

/// What follows the operation that a test lets fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outage {
    /// Every later one fails too, as if cassc had been killed: it cannot even clean up.
    ForEver,
    /// Every later one succeeds, as if the disk had been full for a moment.
    Once,
}

/// How two directories change places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Swap {
    /// In one step (`RENAME_EXCHANGE` of renameat2, `RENAME_SWAP` of renameatx), where the system has it.
    Exchange,
    /// By two renames, as on systems and file systems without an exchange; only tests ask for it.
    TwoRenames,
}

/// What became of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exchanged {
    Done,
    NotSupported,
}

impl Disk {
    /// The disk of the machine.
    pub(super) fn real() -> Self {
        Self { operations_left: Cell::new(None), outage: Outage::Once, swap: Swap::Exchange }
    }

    /// A disk on which an operation fails after so many that succeed.
    #[cfg(test)]
    pub(super) fn failing_after(operations: usize, outage: Outage, swap: Swap) -> Self {
        Self { operations_left: Cell::new(Some(operations)), outage, swap }
    }

    /// How many operations would still succeed on a disk of a test.
    #[cfg(test)]
    pub(super) fn operations_left(&self) -> usize {
        self.operations_left.get().expect("the disk has not failed yet")
    }

    /// Creates a directory and those above it; one that is there already is fine.
    pub(super) fn create_directories(&self, path: &Path) -> Result<(), FolderError> {
        self.spend().and_then(|()| fs::create_dir_all(path)).map_err(FolderError::disk("create the directory", path))
    }

    /// Creates a directory below `parent` whose name begins with `prefix` and was not there before.
    pub(super) fn create_new_directory(&self, parent: &Path, prefix: &str) -> Result<PathBuf, FolderError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777)); // as mkdir does: less the umask
        let created = self.spend().and_then(|()| builder.tempdir_in(parent));
        created.map(tempfile::TempDir::keep).map_err(FolderError::disk("create a directory in", parent))
    }

    /// Writes a file that is not there yet.
    pub(super) fn write(&self, path: &Path, text: &str) -> Result<(), FolderError> {
        let created = self.spend().and_then(|()| File::create_new(path));
        let written = created.and_then(|mut file| self.spend().and_then(|()| file.write_all(text.as_bytes())));
        written.map_err(FolderError::disk("write", path))
    }

    /// Gives a file, symbolic link or the like a second name, so that its times stay; where the file system has no
    /// hard links, a copy with the same time of change.
    pub(super) fn link(&self, from: &Path, to: &Path) -> Result<(), FolderError> {
        let linked = self.spend().and_then(|()| fs::hard_link(from, to));
        linked.or_else(|_| self.spend().and_then(|()| copy(from, to))).map_err(FolderError::disk("carry over", from))
    }

    /// Gives a directory the permissions of another directory, if that exists.
    pub(super) fn copy_permissions(&self, from: &Path, to: &Path) -> Result<(), FolderError> {
        let Some(metadata) = fs::symlink_metadata(from).ok().filter(fs::Metadata::is_dir) else {
            return Ok(());
        };
        let set = self.spend().and_then(|()| fs::set_permissions(to, metadata.permissions()));
        set.map_err(FolderError::disk("set the permissions of", to))
    }

    /// Renames a directory to a name that is free.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<(), FolderError> {
        self.spend().and_then(|()| fs::rename(from, to)).map_err(FolderError::disk("rename", from))
    }

    /// Lets two directories change places in one step, where the system can do that.
    pub(super) fn exchange(&self, first: &Path, second: &Path) -> Result<Exchanged, FolderError> {
        if self.swap == Swap::TwoRenames {
            return Ok(Exchanged::NotSupported);
        }
        match self.spend().and_then(|()| exchange(first, second)) {
            Ok(()) => Ok(Exchanged::Done),
            Err(cause) if is_not_supported(&cause) => Ok(Exchanged::NotSupported),
            Err(cause) => Err(FolderError::disk("replace", second)(cause)),
        }
    }

    /// Removes a directory with everything in it; never follows a symbolic link.
    pub(super) fn remove_tree(&self, path: &Path) -> Result<(), FolderError> {
        match self.spend().and_then(|()| fs::remove_dir_all(path)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(FolderError::disk("remove", path)(cause)),
            _ => Ok(()),
        }
    }

    /// Removes a directory unless something is in it, which then belongs to another run.
    pub(super) fn remove_if_empty(&self, path: &Path) -> Result<(), FolderError> {
        match self.spend().and_then(|()| fs::remove_dir(path)) {
            Err(cause) if is_gone_or_in_use(&cause) => Ok(()),
            removed => removed.map_err(FolderError::disk("remove", path)),
        }
    }

    fn spend(&self) -> io::Result<()> {
        match self.operations_left.get() {
            None => Ok(()),
            Some(0) => {
                self.operations_left.set((self.outage == Outage::ForEver).then_some(0));
                Err(io::Error::other("the test lets it fail"))
            }
            Some(left) => {
                self.operations_left.set(Some(left - 1));
                Ok(())
            }
        }
    }
}

fn is_gone_or_in_use(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty)
}

fn is_not_supported(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn exchange(first: &Path, second: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, first, CWD, second, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn exchange(_first: &Path, _second: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The same bytes, permissions and time of change under a second name; a symbolic link stays one.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(from)?;
    if metadata.is_symlink() {
        return copy_symbolic_link(from, to);
    }
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "it is neither a file nor a symbolic link"));
    }
    let mut copied = File::create_new(to)?;
    io::copy(&mut File::open(from)?, &mut copied)?;
    copied.set_modified(metadata.modified()?)?;
    fs::set_permissions(to, metadata.permissions())
}

#[cfg(unix)]
fn copy_symbolic_link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(fs::read_link(from)?, to)
}

#[cfg(not(unix))]
fn copy_symbolic_link(_from: &Path, _to: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "it is a symbolic link"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_bytes_time_and_permissions_and_a_symbolic_link_stays_one() {
        let folder = tempfile::tempdir().expect("the test has a disk");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "text").expect("the folder is new");
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        File::options().write(true).open(path("a")).and_then(|file| file.set_modified(time)).expect("it is our file");
        let mut permissions = fs::metadata(path("a")).expect("it is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(path("a"), permissions.clone()).expect("it is our file");

        copy(&path("a"), &path("b")).expect("a file can be copied");
        let copied = fs::metadata(path("b")).expect("it was copied");
        assert_eq!(fs::read_to_string(path("b")).expect("it was copied"), "text");
        assert_eq!((copied.modified().expect("Linux has times"), copied.permissions()), (time, permissions));

        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("nowhere", path("link")).expect("the folder is new");
            copy(&path("link"), &path("link-2")).expect("a link can be copied");
            assert_eq!(fs::read_link(path("link-2")).expect("it was copied"), Path::new("nowhere"));
        }
    }

    #[test]
    fn a_copy_never_writes_over_what_is_there() {
        let folder = tempfile::tempdir().expect("the test has a disk");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a"), "a").and_then(|()| fs::write(path("b"), "b")).expect("the folder is new");
        assert!(copy(&path("a"), &path("b")).is_err());
        assert_eq!(fs::read_to_string(path("b")).expect("it is there"), "b");
    }
}

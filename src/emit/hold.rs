//! The output directory is held by a run from before it reads the locks there until its last file is written: by one that
//! writes alone, by those that only read together. So two renders into one directory come one after the other, and the second
//! is judged against what the first has written. What is held is the directory itself, by an advisory lock of the operating
//! system that ends with the process: no file is left that could be committed or applied. Called by the command line.
#![expect(clippy::disallowed_methods, reason = "this is the writing side of the output directory")]

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::folder::FolderError;

/// What a run does in the output directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It compares: others may do that at the same time.
    Read,
    /// It writes: the directory is made if it is not there.
    Write,
}

/// An output directory that is held until this is dropped. A directory that was made for it goes again if nothing was
/// written.
#[derive(Debug)]
pub(crate) struct Hold {
    /// Made for this run, the innermost first.
    made: Vec<PathBuf>,
    /// `None` where there is no directory to read, and where the file system has no such locks.
    directory: Option<File>,
}

/// Waits until the directory is free and holds it. `waiting` is called once before a wait.
pub(crate) fn hold(output: &Path, purpose: Purpose, mut waiting: impl FnMut()) -> Result<Hold, FolderError> {
    let mut hold = Hold { made: Vec::new(), directory: None };
    loop {
        if purpose == Purpose::Write {
            hold.make(output)?;
        }
        let directory = match File::open(output) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && purpose == Purpose::Write => continue,
            // What is read next tells why.
            Err(_) => return Ok(hold),
            Ok(directory) => directory,
        };
        if !is_locked(&directory, purpose, &mut waiting) {
            return Ok(hold);
        }
        // While this run waited, another one may have removed the directory that it had made.
        if is_at(&directory, output) {
            hold.directory = Some(directory);
            return Ok(hold);
        }
    }
}

impl Hold {
    fn make(&mut self, output: &Path) -> Result<(), FolderError> {
        let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
        let missing: Vec<PathBuf> = output.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        match fs::create_dir_all(output) {
            // Another run removed a folder that it had made above.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && !missing.is_empty() => self.make(output),
            made => {
                self.made = missing;
                made.map_err(FolderError::disk("create the directory", output))
            }
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // A directory that has something in it stays, with those above it.
        let _ = self.made.iter().try_for_each(fs::remove_dir);
    }
}

/// Locks an open directory; false where the file system cannot.
fn is_locked(directory: &File, purpose: Purpose, waiting: &mut impl FnMut()) -> bool {
    let tried = match purpose {
        Purpose::Read => directory.try_lock_shared(),
        Purpose::Write => directory.try_lock(),
    };
    match tried {
        Ok(()) => true,
        Err(TryLockError::Error(_)) => false,
        Err(TryLockError::WouldBlock) => {
            waiting();
            loop {
                let locked = match purpose {
                    Purpose::Read => directory.lock_shared(),
                    Purpose::Write => directory.lock(),
                };
                match locked {
                    Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                    locked => return locked.is_ok(),
                }
            }
        }
    }
}

/// Whether an open directory is the one at a path.
#[cfg(unix)]
fn is_at(directory: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let at_path = fs::metadata(path).ok().map(identity);
    at_path.is_some() && at_path == directory.metadata().ok().map(identity)
}

#[cfg(not(unix))]
fn is_at(_directory: &File, _path: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(output: &Path, purpose: Purpose) -> Hold {
        hold(output, purpose, || unreachable!("nobody else is there")).expect("the test has a disk")
    }

    #[test]
    fn folders_that_were_made_go_again_unless_something_was_written() {
        let root = tempfile::tempdir().expect("the test has a disk");
        let output = root.path().join("a/b");
        drop(held(&output, Purpose::Write));
        assert!(!root.path().join("a").exists());
        let hold = held(&output, Purpose::Write);
        fs::write(root.path().join("a/b/file"), "").expect("the folder was made");
        drop(hold);
        assert!(output.join("file").exists());
        drop(held(&output, Purpose::Write));
        assert!(output.join("file").exists());
        drop(held(&root.path().join("c"), Purpose::Read));
        assert!(!root.path().join("c").exists());
    }

    #[test]
    fn readers_hold_it_together_and_a_writer_alone() {
        let root = tempfile::tempdir().expect("the test has a disk");
        let (one, two) = (held(root.path(), Purpose::Read), held(root.path(), Purpose::Read));
        let directory = File::open(root.path()).expect("it is there");
        if one.directory.is_some() {
            assert!(matches!(directory.try_lock(), Err(TryLockError::WouldBlock)));
        }
        drop((one, two));
        assert!(!matches!(directory.try_lock(), Err(TryLockError::WouldBlock)));
    }

    /// The waiting run sees the directory go that it waits for, and makes it anew.
    #[cfg(unix)]
    #[test]
    fn a_directory_that_went_while_it_was_waited_for_is_made_anew() {
        let root = tempfile::tempdir().expect("the test has a disk");
        let output = root.path().join("out");
        let mut first = Some(held(&output, Purpose::Write));
        let second = hold(&output, Purpose::Write, || drop(first.take())).expect("the test has a disk");
        assert!(first.is_none() && output.is_dir());
        drop(second);
        assert!(!output.exists());
    }
}

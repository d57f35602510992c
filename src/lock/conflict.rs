//! The text that stands in the place of a lock → what was recorded by the last render, or by the last renders of both
//! branches when Git could not merge the lock. Called by `emit::read`; a render then repairs what the merge left.

use std::sync::Arc;

use super::{Lock, LockError, digest, valid};
use crate::cluster::{Cluster, Datacenter};

/// Git writes this many characters, or more if `conflict-marker-size` is set (gitattributes(5)).
const MARKER_LENGTH: usize = 7;

/// What stands in the place of the lock: a lock, or both sides of a merge conflict.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    ours: Lock,
    theirs: Option<Lock>,
}

impl From<Lock> for Recorded {
    fn from(lock: Lock) -> Self {
        Self { ours: lock, theirs: None }
    }
}

impl Recorded {
    /// Reads the text of a lock, also one with the conflict markers of Git in it (with or without the base between
    /// them). What Git could merge without a conflict is then part of both sides. Each side is held to what a lock is held
    /// to, and so is what the next render makes of both ([`Self::previous`]).
    pub fn read(text: &str) -> Result<Self, LockError> {
        let line = match Lock::read(text) {
            Err(LockError::MergeConflict { line }) => line,
            whole => return whole.map(Self::from),
        };
        let broken = |detail| LockError::BrokenConflict { line, detail };
        let (ours, theirs) =
            sides(text).map_err(|line| broken(format!("the markers up to line {line} do not fit together")))?;
        let side = |name, text: &str| Lock::read(text).map_err(|cause| broken(format!("{name} side {cause}")));
        let recorded = Self { ours: side("our", &ours)?, theirs: Some(side("their", &theirs)?) };
        let together = |fault| broken(format!("in both sides together {fault}"));
        valid::cluster(&recorded.previous()).map_err(together)?;
        Ok(recorded)
    }

    /// The lock, where it is a whole one.
    pub fn lock(&self) -> Option<&Lock> {
        self.theirs.is_none().then_some(&self.ours)
    }

    /// Whether these are two sides of a merge.
    pub(crate) fn is_conflict(&self) -> bool {
        self.theirs.is_some()
    }

    /// Whether a render wrote this path, on either side.
    pub(crate) fn lists(&self, path: &str) -> bool {
        self.sides().any(|lock| lock.files().contains_key(path))
    }

    /// Whether a file that is listed is as cassc left it. In a merge conflict every one is: Git has merged it, perhaps
    /// to something that neither branch rendered, perhaps with conflict markers, and no hand has.
    pub(crate) fn is_as_left(&self, path: &str, bytes: &[u8]) -> bool {
        self.is_conflict() || self.ours.files().get(path).is_some_and(|recorded| *recorded == digest(bytes))
    }

    /// What the next render calls the cluster's previous self. In a merge conflict our side, with the datacenters and
    /// racks that only theirs has, and the larger revision and generation of both: no number is used a second time.
    pub fn previous(&self) -> Arc<Cluster> {
        let ours = self.ours.cluster();
        let Some(theirs) = self.theirs.as_ref().map(Lock::cluster) else { return self.ours.shared_cluster() };
        Arc::new(Cluster {
            datacenters: both(&ours.datacenters, &theirs.datacenters),
            revision: ours.revision.max(theirs.revision),
            generation: ours.generation.max(theirs.generation),
            ..ours.clone()
        })
    }

    fn sides(&self) -> impl Iterator<Item = &Lock> {
        [&self.ours].into_iter().chain(&self.theirs)
    }
}

fn both(ours: &[Datacenter], theirs: &[Datacenter]) -> Vec<Datacenter> {
    let mut datacenters = ours.to_vec();
    for their in theirs {
        match datacenters.iter_mut().find(|our| our.name == their.name) {
            None => datacenters.push(their.clone()),
            Some(our) => {
                let new = their.racks.iter().filter(|rack| our.rack(&rack.name).is_none()).cloned().collect::<Vec<_>>();
                our.racks.extend(new);
            }
        }
    }
    datacenters
}

/// Where a line stands in a text with conflicts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Merged,
    Ours,
    Base,
    Theirs,
}

/// The text as it is on our side and on theirs. The error is the line, counted from 1, where the markers do not fit
/// together.
fn sides(text: &str) -> Result<(String, String), usize> {
    let (mut ours, mut theirs) = (String::new(), String::new());
    let (mut part, mut length) = (Part::Merged, MARKER_LENGTH);
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        // Between the markers only those of the same length count: the base may itself hold a conflict, with longer
        // ones.
        let found = marker(line).filter(|(_, found)| part == Part::Merged || *found == length);
        part = match (part, found) {
            (_, None) => {
                if part == Part::Merged || part == Part::Ours {
                    ours.push_str(line);
                }
                if part == Part::Merged || part == Part::Theirs {
                    theirs.push_str(line);
                }
                part
            }
            (Part::Merged, Some(('<', found))) => {
                length = found;
                Part::Ours
            }
            (Part::Ours, Some(('|', _))) => Part::Base,
            (Part::Ours | Part::Base, Some(('=', _))) => Part::Theirs,
            (Part::Theirs, Some(('>', _))) => Part::Merged,
            _ => return Err(number),
        };
    }
    if part == Part::Merged { Ok((ours, theirs)) } else { Err(text.lines().count()) }
}

/// The character of a conflict marker and how often it stands there.
fn marker(line: &str) -> Option<(char, usize)> {
    let character = line.chars().next().filter(|first| "<|=>".contains(*first))?;
    let rest = line.trim_start_matches(character);
    let length = line.len() - rest.len();
    let is_marker = length >= MARKER_LENGTH && rest.chars().next().is_none_or(char::is_whitespace);
    is_marker.then_some((character, length))
}

/// The line of the first conflict marker, counted from 1.
pub(super) fn first_marker(text: &str) -> Option<usize> {
    text.lines().position(|line| marker(line).is_some()).map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::file_tree::FileTree;

    /// A hunk of a conflict as Git writes it, with the base in the style `diff3` and without it in the style `merge`.
    const MERGE: &str = "a\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\nz\n";
    const DIFF3: &str = "a\n<<<<<<< HEAD\nours\n||||||| 1234567\nbase\n=======\ntheirs\n>>>>>>> branch\nz\n";

    fn lock(files: &[&str], change: impl Fn(&mut Cluster)) -> Lock {
        let files = files.iter().map(|path| ((*path).to_owned(), "text".to_owned())).collect();
        let mut cluster = crate::cluster::fixtures::shop();
        change(&mut cluster);
        Lock::new(Path::new("shop.yaml"), cluster, &FileTree::new(files), BTreeMap::new())
    }

    fn conflict(ours: &Lock, theirs: &Lock) -> Recorded {
        let text = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> branch\n", ours.to_text(), theirs.to_text());
        Recorded::read(&text).expect("each side is a lock")
    }

    fn both_of(text: &str) -> (String, String) {
        sides(text).expect("the markers fit together")
    }

    fn both(ours: &str, theirs: &str) -> (String, String) {
        (ours.to_owned(), theirs.to_owned())
    }

    #[test]
    fn both_sides_are_told_apart_in_every_style_and_hunk() {
        assert_eq!(both_of("a\nz\n"), both("a\nz\n", "a\nz\n"));
        assert_eq!(both_of(MERGE), both("a\nours\nz\n", "a\ntheirs\nz\n"));
        assert_eq!(both_of(DIFF3), both("a\nours\nz\n", "a\ntheirs\nz\n"));
        assert_eq!(both_of(&MERGE.replace('\n', "\r\n")), both("a\r\nours\r\nz\r\n", "a\r\ntheirs\r\nz\r\n"));
        assert_eq!(both_of(&MERGE.repeat(2)), both("a\nours\nz\na\nours\nz\n", "a\ntheirs\nz\na\ntheirs\nz\n"));
        let one_side_is_empty = MERGE.replace("ours\n", "");
        assert_eq!(both_of(&one_side_is_empty), both("a\nz\n", "a\ntheirs\nz\n"));
    }

    /// Where two branches merged each other before, Git merges their common ancestors first and may leave a conflict in
    /// the base, whose markers are two characters longer.
    #[test]
    fn a_conflict_inside_the_base_belongs_to_the_base() {
        let base = "<<<<<<<<< Temporary merge branch 1\nx\n=========\ny\n>>>>>>>>> Temporary merge branch 2\n";
        assert_eq!(both_of(&DIFF3.replace("base\n", base)), both("a\nours\nz\n", "a\ntheirs\nz\n"));
    }

    #[test]
    fn markers_that_do_not_fit_together_are_named_with_their_line() {
        let cases = [
            (MERGE.replace("<<<<<<< HEAD\n", ""), 3),
            (MERGE.replace("=======\n", ""), 5),
            (MERGE.replace(">>>>>>> branch\n", ""), 6),
            (MERGE.replace("ours\n", MERGE), 4),
        ];
        for (text, line) in cases {
            assert_eq!(sides(&text), Err(line), "{text}");
        }
    }

    #[test]
    fn a_conflict_without_a_lock_on_each_side_says_which_and_why() {
        let text = lock(&["a"], |_| {}).to_text();
        let complaint = |text: &str| Recorded::read(text).expect_err("it is broken on purpose").to_string();
        let half: String = text.split_inclusive('\n').take(9).collect();
        let told = complaint(&format!("<<<<<<< HEAD\n{text}=======\n{half}>>>>>>> b\n"));
        assert_eq!(told, "has a merge conflict in line 1 that cannot be read: their side is cut off in line 10");
        let newer = format!("<<<<<<< HEAD\n{{\"format\": 9}}\n=======\n{text}>>>>>>> b\n");
        assert!(
            complaint(&newer).contains("our side has format 9, which a later cassc wrote"),
            "{}",
            complaint(&newer)
        );
        let unmarked = format!("{text}>>>>>>> b\n");
        assert!(
            complaint(&unmarked).ends_with(&format!("up to line {} do not fit together", unmarked.lines().count()))
        );
    }

    #[test]
    fn the_files_of_both_sides_are_ours_whatever_stands_in_them() {
        let both = conflict(&lock(&["a", "b"], |_| {}), &lock(&["b", "c"], |_| {}));
        assert!(both.is_conflict() && ["a", "b", "c"].iter().all(|path| both.lists(path)) && !both.lists("d"));
        assert!(both.is_as_left("a", b"<<<<<<< HEAD\n"));
        let whole = Recorded::from(lock(&["a"], |_| {}));
        assert!(!whole.is_conflict() && whole.is_as_left("a", b"text") && !whole.is_as_left("a", b"edited"));
    }

    #[test]
    fn ours_is_what_the_cluster_was_and_no_number_is_used_twice() {
        let ours = lock(&[], |cluster| {
            (cluster.generation, cluster.revision) = (7, 1);
            cluster.datacenters[0].seeds = vec!["shop-dc1-our-sts-0".into()];
        });
        let theirs = lock(&[], |cluster| {
            (cluster.generation, cluster.revision) = (4, 2);
            let mut new = cluster.datacenters[0].clone();
            (new.name, new.ring_name, new.seeds) = ("new".into(), "new".into(), Vec::new());
            new.racks[0].stateful_set = "shop-new-default-sts".into();
            cluster.datacenters[0].seeds = vec!["shop-dc1-their-sts-0".into()];
            let mut rack = cluster.datacenters[0].racks[0].clone();
            (rack.name, rack.ring_name) = ("new-rack".into(), "new-rack".into());
            rack.stateful_set = "shop-dc1-new-rack-sts".into();
            cluster.datacenters[0].racks.push(rack);
            cluster.datacenters.push(new);
        });
        let both = conflict(&ours, &theirs);
        let previous = both.previous();
        assert_eq!((previous.generation, previous.revision), (7, 2));
        assert_eq!(previous.datacenters[0].seeds, ["shop-dc1-our-sts-0"]);
        assert!(previous.datacenters[0].rack("new-rack").is_some() && previous.datacenter("new").is_some());
        assert_eq!(conflict(&theirs, &ours).previous().generation, 7);
        assert_eq!(*Recorded::from(ours.clone()).previous(), *ours.cluster());
    }
}

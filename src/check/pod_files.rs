//! The file system of Cassandra's container: a path → what holds it. Called for every path that a configuration names. A file
//! that nobody mounts and the image does not have is missing; what is written elsewhere is lost with the container, or
//! cannot be written at all.

use cassc_cassandra::image::{FOLDERS, OWN_FOLDERS};
use cassc_ring::release::{Minor, Release};

use super::e504_volume_name::hides;
use crate::diagnostic::{Diagnostic, Label, Rule};
use crate::subject::Subject;
use crate::topology::AdditionalVolume;

/// What Cassandra or its JVM does with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Reads a file.
    Read,
    /// Writes a file, in a folder that must be there.
    WriteFile,
    /// Writes into a folder, which it makes.
    WriteFolder,
}

/// What follows if that is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Cassandra does not start.
    Start,
    /// Something fails later.
    Later,
}

/// A path that cannot be used as a configuration wants it.
pub(super) struct Fault {
    /// The path as written.
    path: String,
    usage: Usage,
    reason: Reason,
}

/// How a path is used, and how much depends on it.
pub(super) type Usage = (Use, Weight);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Reason {
    Nowhere,
    Relative,
    Empty(String),
    ReadOnlyVolume(String),
    ReadOnlyRoot,
    NotOurs,
    Lost,
}

struct Mount {
    path: String,
    volume: String,
    is_writable: bool,
    /// Empty when the pod starts, and nothing fills it before Cassandra.
    is_empty: bool,
}

/// The file system of Cassandra's container.
pub(super) struct PodFiles {
    mounts: Vec<Mount>,
    is_published_image: bool,
    has_read_only_root: bool,
}

impl PodFiles {
    /// That of a topology, after `render::volumes`.
    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let spec = subject.spec();
        let is_published_image = spec.cassandra.image.is_none();
        let release: Option<Release> = spec.cassandra.version.parse().ok();
        let has_read_only_root = is_published_image && release.is_some_and(|release| release.minor >= Minor::V4_1);
        let is_filled = |volume: &str| {
            let before = subject.written_pods().flat_map(|(_, pod)| pod.init_containers.iter().flatten());
            let mounts = before.flat_map(|container| container.volume_mounts.iter().flatten());
            mounts.into_iter().any(|mount| mount.name == volume)
        };
        let own = [
            ("/var/lib/cassandra", "server-data", true, false),
            ("/config", "server-config", true, false),
            ("/var/log/cassandra", "server-logs", true, true),
            ("/tmp", "tmp", true, true),
            ("/etc/cassc/config", "cassc-config", false, false),
            ("/etc/cassandra", "etc-cassandra", true, false),
            ("/management-api-certs", "management-api-server-certs-volume", false, false),
        ];
        let is_there = |path: &str| match path {
            "/etc/cassandra" => has_read_only_root,
            "/management-api-certs" => spec.has_management_certificates(),
            _ => true,
        };
        let own = own.into_iter().filter(|(path, ..)| is_there(path)).map(|(path, volume, is_writable, is_scratch)| {
            let is_empty = is_scratch && !is_filled(volume);
            Mount { path: path.to_owned(), volume: volume.to_owned(), is_writable, is_empty }
        });
        let additional = spec.storage.additional_volumes.iter().map(|volume| Mount {
            path: volume.mount_path.clone(),
            volume: volume.name.clone(),
            is_writable: is_writable(volume),
            is_empty: volume.empty_dir.is_some() && !is_filled(&volume.name),
        });
        Self { mounts: own.chain(additional).collect(), is_published_image, has_read_only_root }
    }

    /// What is wrong with a path; `None` where it can be used, where an image of the user may hold it, and where the text
    /// is no path.
    pub(super) fn fault(&self, path: &str, usage: Usage) -> Option<Fault> {
        let written = path.trim();
        if written.is_empty() || written.contains('$') {
            return None;
        }
        let reason = match usage.0 {
            Use::Read => self.cannot_read(written),
            Use::WriteFile | Use::WriteFolder => self.cannot_write(written, usage.0),
        };
        reason.map(|reason| Fault { path: written.to_owned(), usage, reason })
    }

    fn cannot_read(&self, written: &str) -> Option<Reason> {
        let Some(path) = absolute(written) else { return self.is_published_image.then_some(Reason::Relative) };
        match self.mount(&path) {
            Some(mount) => mount.is_empty.then(|| Reason::Empty(mount.volume.clone())),
            None => (self.is_published_image && !is_in(&path, FOLDERS)).then_some(Reason::Nowhere),
        }
    }

    fn cannot_write(&self, written: &str, how: Use) -> Option<Reason> {
        let path = absolute(written);
        let mount = path.as_deref().and_then(|path| self.mount(path));
        if let (Some(mount), Some(path)) = (mount, &path) {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let is_missing = how == Use::WriteFile && mount.is_empty && folder != mount.path;
            let empty = || Reason::Empty(mount.volume.clone());
            let read_only = || Reason::ReadOnlyVolume(mount.volume.clone());
            return if mount.is_writable { is_missing.then(empty) } else { Some(read_only()) };
        }
        let path = path.unwrap_or_default();
        Some(match () {
            () if ["/dev", "/proc"].iter().any(|kernel| is_below(&path, kernel)) => return None,
            () if self.has_read_only_root => Reason::ReadOnlyRoot,
            () if self.is_published_image && !path.is_empty() && !is_in(&path, OWN_FOLDERS) => Reason::NotOurs,
            () => Reason::Lost,
        })
    }

    /// The deepest mount that holds a path.
    fn mount(&self, path: &str) -> Option<&Mount> {
        let holds = |mount: &&Mount| path == mount.path || is_below(path, &mount.path);
        self.mounts.iter().filter(holds).max_by_key(|mount| mount.path.len())
    }

    /// Where a path of the user could be: the volumes that hold files, or may be written to.
    fn places(&self, how: Use) -> String {
        let fits = |mount: &&Mount| match how {
            Use::Read => !mount.is_empty && (mount.volume == "server-data" || !mount.is_ours()),
            Use::WriteFile | Use::WriteFolder => mount.is_writable && !mount.path.starts_with("/config"),
        };
        let places = self.mounts.iter().filter(fits).filter(|mount| mount.path != "/etc/cassandra");
        let mut places: Vec<String> = places.map(|mount| format!("`{}`", mount.path)).collect();
        let last = places.pop().unwrap_or_default();
        if places.is_empty() { last } else { format!("{} or {last}", places.join(", ")) }
    }
}

impl Mount {
    fn is_ours(&self) -> bool {
        ["server-", "tmp", "cassc-", "etc-cassandra", "management-api-"].iter().any(|own| self.volume.starts_with(own))
    }
}

fn is_writable(volume: &AdditionalVolume) -> bool {
    let csi = volume.csi.as_ref().is_some_and(|csi| csi.read_only != Some(true));
    volume.claim.is_some() || volume.empty_dir.is_some() || csi
}

impl Fault {
    /// Whether Cassandra does not start.
    pub(super) fn is_fatal(&self) -> bool {
        self.usage.1 == Weight::Start && self.reason != Reason::Lost
    }

    /// The complaint of a rule about a setting or an option by its name.
    pub(super) fn complaint(
        &self,
        rule: &Rule,
        files: &PodFiles,
        name: &str,
        at: impl FnOnce(&str) -> Label,
    ) -> Diagnostic {
        let path = self.path.escape_debug();
        let message = match (self.usage.0, &self.reason) {
            (Use::Read, _) => format!("`{name}` names `{path}`, which the pod does not have"),
            (_, Reason::Lost) => format!("`{name}` names `{path}`, which no volume holds"),
            (..) => format!("`{name}` names `{path}`, where Cassandra cannot write"),
        };
        let label = match &self.reason {
            Reason::Nowhere => "neither in a volume nor in the image".to_owned(),
            Reason::Relative => "relative to a folder of the image".to_owned(),
            Reason::Empty(volume) if self.usage.0 == Use::Read => {
                format!("the volume `{volume}` is empty at the start")
            }
            Reason::Empty(volume) => format!("no such folder in the volume `{volume}` at the start"),
            Reason::ReadOnlyVolume(volume) => format!("the volume `{volume}` is read-only"),
            Reason::ReadOnlyRoot => "in no volume, and the root file system is read-only".to_owned(),
            Reason::NotOurs => "in no volume, and not owned by Cassandra's user".to_owned(),
            Reason::Lost => "written into the container, lost when it restarts".to_owned(),
        };
        let complaint = rule.complain(message, at(&label));
        complaint
            .expected(format!("a path below {}, or in an additional volume", files.places(self.usage.0)))
            .help(self.help())
    }

    fn help(&self) -> String {
        let folder = absolute(&self.path).map(|path| match (self.usage.0, path.rsplit_once('/')) {
            (Use::WriteFolder, _) => path,
            // Some options take a file or a folder.
            (_, Some(("", name))) if !name.contains('.') => path,
            (_, parts) => parts.map_or_else(String::new, |(folder, _)| folder.to_owned()),
        });
        let folder = folder.filter(|folder| !folder.is_empty() && hides(folder).is_none());
        let source = match self.usage.0 {
            Use::Read if self.path.contains(".jar") || self.path.contains(".so") => "emptyDir: {}",
            Use::Read => "secret: {name: …}",
            Use::WriteFile | Use::WriteFolder => "claim: {size: …}",
        };
        let fill = if source.starts_with("emptyDir") { ", and an init container that fills it" } else { "" };
        let volume = match folder {
            Some(folder) => format!("{{name: …, mountPath: {folder}, {source}}}"),
            None => format!("{{name: …, mountPath: …, {source}}}"),
        };
        match &self.reason {
            Reason::Empty(volume) if self.usage.0 == Use::Read => {
                format!("add an init container that mounts `{volume}` and fills it, or use another volume")
            }
            _ => format!("add `{volume}` to `spec.storage.additionalVolumes`{fill}"),
        }
    }
}

/// A path without `//`, `.` and `..`; `None` for a relative one.
fn absolute(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.strip_prefix('/')?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(format!("/{}", parts.join("/")))
}

fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'))
}

fn is_in(path: &str, folders: &[&str]) -> bool {
    folders.iter().any(|folder| path == *folder || is_below(path, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(is_published_image: bool, has_read_only_root: bool) -> PodFiles {
        let mount = |path: &str, volume: &str, is_writable, is_empty| Mount {
            path: path.to_owned(),
            volume: volume.to_owned(),
            is_writable,
            is_empty,
        };
        let mounts = vec![
            mount("/var/lib/cassandra", "server-data", true, false),
            mount("/tmp", "tmp", true, true),
            mount("/tls", "tls", false, false),
        ];
        PodFiles { mounts, is_published_image, has_read_only_root }
    }

    fn reason(files: &PodFiles, path: &str, how: Use) -> Option<Reason> {
        files.fault(path, (how, Weight::Start)).map(|fault| fault.reason)
    }

    #[test]
    fn a_file_is_in_a_volume_or_in_the_image() {
        let published = files(true, true);
        for path in ["/tls/keystore.jks", "//tls/./a", "/var/lib/cassandra/a", "/opt/cassandra/lib/a.jar", "/usr/x", ""]
        {
            assert_eq!(reason(&published, path, Use::Read), None, "{path}");
        }
        for path in ["/etc/tls/keystore.jks", "/tlsx/a", "/tls/../a", "/opt/agent.jar", "/"] {
            assert_eq!(reason(&published, path, Use::Read), Some(Reason::Nowhere), "{path}");
            assert_eq!(reason(&files(false, false), path, Use::Read), None, "an image of the user may hold {path}");
        }
        assert_eq!(reason(&published, "conf/.keystore", Use::Read), Some(Reason::Relative));
        assert_eq!(reason(&published, "/tmp/agent.jar", Use::Read), Some(Reason::Empty("tmp".to_owned())));
    }

    #[test]
    fn what_is_written_needs_a_volume() {
        let how = Use::WriteFolder;
        for (files, reasons) in [
            (files(true, true), [Reason::ReadOnlyRoot, Reason::ReadOnlyRoot]),
            (files(true, false), [Reason::NotOurs, Reason::Lost]),
            (files(false, false), [Reason::Lost, Reason::Lost]),
        ] {
            let found = ["/ssd/data", "/opt/cassandra/data"].map(|path| reason(&files, path, how).expect("a fault"));
            assert_eq!(found, reasons);
            assert_eq!(reason(&files, "/tls/data", how), Some(Reason::ReadOnlyVolume("tls".to_owned())));
            for path in ["/var/lib/cassandra/audit", "/tmp/a/b", "/dev/stdout"] {
                assert_eq!(reason(&files, path, how), None, "{path}");
            }
        }
    }

    #[test]
    fn a_file_needs_its_folder() {
        let files = files(true, true);
        assert_eq!(reason(&files, "/tmp/gc.log", Use::WriteFile), None);
        assert_eq!(reason(&files, "/tmp/gc/gc.log", Use::WriteFile), Some(Reason::Empty("tmp".to_owned())));
        assert_eq!(reason(&files, "/var/lib/cassandra/gc/gc.log", Use::WriteFile), None);
    }
}

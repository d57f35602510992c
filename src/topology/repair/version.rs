//! The versions of Reaper: one table of what each needs and which are not fit for use.

use std::str::FromStr;

use cassc_ring::release::Minor;

/// A version of Reaper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ReaperVersion(u32, u32, u32);

/// The oldest that is rendered for: Reaper 3.8 is the last whose tables fit into Cassandra 3.11.
const OLDEST: ReaperVersion = ReaperVersion(3, 8, 0);
/// From here on the driver takes contact points with their ports, and tables need `additional_write_policy`, an option of Cassandra 4.0.
const NEW_DRIVER: ReaperVersion = ReaperVersion(4, 0, 0);
/// Those that do not run a schedule again after a run that ended well, until records are purged (upstream issue 1683).
const FORGETFUL: [ReaperVersion; 3] = [ReaperVersion(4, 2, 2), ReaperVersion(4, 2, 3), ReaperVersion(4, 2, 4)];

impl FromStr for ReaperVersion {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |part: &str| {
            let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { part.parse::<u32>().map_err(|_| ()) } else { Err(()) }
        };
        match text.split('.').map(number).collect::<Result<Vec<u32>, ()>>()?.as_slice() {
            [major, minor, patch] => Ok(Self(*major, *minor, *patch)),
            _ => Err(()),
        }
    }
}

impl ReaperVersion {
    /// Whether contact points are objects with host and port, and the port has no variable of its own.
    pub(crate) fn names_ports(self) -> bool {
        self >= NEW_DRIVER
    }
}

/// What is wrong with a version: a sentence, and what to do.
pub(crate) type VersionFault = (String, &'static str);

/// What is wrong with a version for a ring; `minor` is that of the Cassandra with its tables, where it has any there.
pub(crate) fn version_fault(text: &str, minor: Option<Minor>) -> Option<VersionFault> {
    let shown = text.escape_debug();
    let Ok(version) = text.parse::<ReaperVersion>() else {
        return Some((format!("`{shown}` is not a version of Reaper"), "write three numbers, such as `5.0.1`"));
    };
    if version < OLDEST {
        return Some((format!("Reaper {shown} is not supported"), "write `version: 3.8.0` or a newer one"));
    }
    if FORGETFUL.contains(&version) {
        let what = format!("Reaper {shown} does not run a schedule again after its first run, until 30 days later");
        return Some((what, "write `version: 4.2.5` or a newer one"));
    }
    if version.names_ports() && minor == Some(Minor::V3_11) {
        let what = format!("the tables of Reaper {shown} need Cassandra 4.0 or later");
        return Some((what, "write `version: 3.8.0`, or `mode: deployment` with `storage: memory`"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_fits_the_cassandra_with_its_tables() {
        for (version, minor) in [
            ("5.0.1", Some(Minor::V4_0)),
            ("5.0.1", None),
            ("4.2.5", Some(Minor::V5_0)),
            ("4.2.1", Some(Minor::V4_1)),
            ("3.8.0", Some(Minor::V3_11)),
            ("3.8.0", Some(Minor::V4_0)),
        ] {
            assert_eq!(version_fault(version, minor), None, "{version}");
        }
        for (version, minor) in [
            ("4.2.2", None),
            ("4.2.3", Some(Minor::V4_1)),
            ("4.2.4", Some(Minor::V5_0)),
            ("3.7.1", None),
            ("5.0.1", Some(Minor::V3_11)),
            ("4.2.5", Some(Minor::V3_11)),
            ("5.0", None),
            ("v5.0.1", None),
            ("5.0.+1", None),
            ("5.0.1.2", None),
            ("", None),
        ] {
            assert!(version_fault(version, minor).is_some(), "{version}");
        }
    }

    #[test]
    fn contact_points_have_their_ports_since_the_fourth() {
        let names_ports = |text: &str| text.parse::<ReaperVersion>().map(ReaperVersion::names_ports);
        assert_eq!([names_ports("3.8.0"), names_ports("4.0.0"), names_ports("5.0.1")], [Ok(false), Ok(true), Ok(true)]);
    }
}

//! What to write in place of options that a later JDK no longer has. The tables name what a JVM itself suggests; these are
//! the others.

use super::table::{JDKS, options_of};

/// Options of the garbage collection log of JDK 8, which JDK 9 replaced with `-Xlog` (JEP 271). The counterparts are
/// those of the `java` command's reference, "Convert GC Logging Flags to Xlog".
const LOGGED: &[(&str, &str)] = &[
    ("G1PrintHeapRegions", "-Xlog:gc+region=trace"),
    ("PrintAdaptiveSizePolicy", "-Xlog:gc+ergo*=trace"),
    ("PrintGCApplicationConcurrentTime", "-Xlog:safepoint"),
    ("PrintGCApplicationStoppedTime", "-Xlog:safepoint"),
    ("PrintGCTaskTimeStamps", "-Xlog:gc+task*=debug"),
    ("PrintHeapAtGC", "-Xlog:gc+heap=trace"),
    ("PrintPromotionFailure", "-Xlog:gc+promotion=debug"),
    ("PrintReferenceGC", "-Xlog:gc+ref*=debug"),
    ("PrintSafepointStatistics", "-Xlog:safepoint"),
    ("PrintSafepointStatisticsCount", "-Xlog:safepoint"),
    ("PrintSafepointStatisticsTimeout", "-Xlog:safepoint"),
    ("PrintStringDeduplicationStatistics", "-Xlog:gc+stringdedup*=debug"),
    ("PrintTenuringDistribution", "-Xlog:gc+age*=trace"),
];

/// Options without a counterpart, and why none is needed.
const NEEDLESS: &[(&str, &str)] = &[
    ("GCLogFileSize", "the GC log rotates by itself (`filesize` of `-Xlog`)"),
    ("NumberOfGCLogFiles", "the GC log rotates by itself (`filecount` of `-Xlog`)"),
    ("PrintGCCause", "the GC log always has the cause"),
    ("PrintGCDateStamps", "the GC log has the time (`time` of `-Xlog`)"),
    ("PrintGCID", "the GC log always has the number of the collection"),
    ("PrintGCTimeStamps", "the GC log has the time (`uptime` of `-Xlog`)"),
    ("UseCGroupMemoryLimitForHeap", "the JVM counts the memory of the container by itself"),
    ("UseGCLogFileRotation", "the GC log rotates by itself (`filecount` of `-Xlog`)"),
];

/// How the names of options of CMS begin; JDK 14 removed all of them (JEP 363).
const OF_CMS: [&str; 5] = ["CMS", "UseCMS", "UseConcMarkSweep", "UseParNew", "ParGC"];

/// What to do about an option that a JDK does not have: text for a help line.
pub(super) fn instead(jdk: u32, name: &str) -> Option<String> {
    let of = |table: &[(&'static str, &'static str)]| table.iter().find(|(old, _)| *old == name).map(|(_, new)| *new);
    if jdk > 8 {
        let older = || {
            JDKS.into_iter().filter(|older| *older < jdk).rev().find_map(|older| options_of(older)?.get(name)?.instead)
        };
        if let Some(new) = of(LOGGED).or_else(older) {
            return Some(if new.starts_with('-') { format!("write `{new}`") } else { format!("write `-XX:{new}`") });
        }
        if let Some(why) = of(NEEDLESS) {
            return Some(format!("remove it: {why}"));
        }
    }
    let of_cms = jdk >= 14 && OF_CMS.iter().any(|begins| name.starts_with(begins));
    of_cms.then(|| "remove it: JDK 14 removed the collector CMS".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_an_option_of_jdk_8_and_none_of_17() {
        let has = |jdk: u32, name: &str| options_of(jdk).expect("a table").get(name).is_some();
        for (name, _) in LOGGED.iter().chain(NEEDLESS) {
            assert!(has(8, name) && !has(17, name), "{name}");
        }
    }

    #[test]
    fn the_counterpart_depends_on_the_jdk() {
        assert_eq!(instead(8, "PrintHeapAtGC"), None);
        assert_eq!(instead(11, "PrintHeapAtGC").as_deref(), Some("write `-Xlog:gc+heap=trace`"));
        assert_eq!(instead(17, "TraceClassLoading").as_deref(), Some("write `-Xlog:class+load=info`"));
        assert_eq!(instead(11, "CMSWaitDuration"), None);
        assert_eq!(instead(17, "CMSWaitDuration").as_deref(), Some("remove it: JDK 14 removed the collector CMS"));
    }
}

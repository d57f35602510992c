//! The JVM of the image of 5.0 reads the options that cassc writes, and those that it accepts from a user. Needs Java 17;
//! skipped without.

use std::path::Path;
use std::process::Command;

use cassc_cassandra::image::{jdk, option_files};
use cassc_cassandra::jvm::COLLECTORS;
use cassc_cassandra::jvm_options::{VmOption, examine, options_of};
use cassc_ring::release::Minor;
use rayon::prelude::*;
use serde_json::Map;

use super::{clusters, folders, resolved, temporary_folder, topology};
use crate::real_tool::is_here;
use crate::rendered::assert_none;

fn java_is_here() -> bool {
    is_here("sh", &["-c", "java -version 2>&1 | grep -q 'version \"17'"])
}

/// What Cassandra's start script makes of the option files: every line that begins with a dash, split at spaces.
fn options(configuration: &Path) -> Vec<String> {
    let names = option_files(Minor::V5_0);
    let files = std::iter::once(names.common).chain(names.per_jdk);
    let texts = files.map(|name| std::fs::read_to_string(configuration.join(name)).expect("the gate wrote it"));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    texts
        .flat_map(|text| text.lines().filter(|line| line.starts_with('-')).flat_map(words).collect::<Vec<_>>())
        .collect()
}

#[test]
fn the_java_of_the_image_of_5_0_takes_its_options() {
    if !java_is_here() {
        return;
    }
    let jdk = jdk(Minor::V5_0);
    let collectors = COLLECTORS.into_iter().filter(|collector| collector.available(jdk).is_ok());
    let of_collectors = collectors.map(|collector| {
        let word = serde_json::to_value(collector).expect("a collector is a word");
        let text =
            topology(Minor::V5_0, &(Map::new(), "Password")).replace("heap: 2Gi", &format!("heap: 2Gi, gc: {word}"));
        (format!("{collector:?}"), resolved(&text))
    });
    let of_5_0 = clusters().into_iter().filter(|(_, cluster)| cluster.version.minor == Minor::V5_0);
    let faults = of_collectors.chain(of_5_0).filter_map(|(title, cluster)| {
        let root = temporary_folder();
        let log = root.path().to_str().expect("temporary folders have plain names");
        let options = options(&folders(&cluster, &root, |_| true)[0]);
        let options = options.iter().map(|option| option.replace("/var/log/cassandra", log));
        // Nobody has so much memory to touch.
        let output = Command::new("java").args(options).args(["-XX:-AlwaysPreTouch", "-version"]).output();
        let output = output.expect("Java starts");
        (!output.status.success()).then(|| format!("{title}: {}", String::from_utf8_lossy(&output.stdout)))
    });
    assert_none(&faults.collect::<Vec<_>>());
}

/// How a JVM refuses an option while it reads its command line, in the words of `arguments.cpp`.
const REFUSED: [&str; 5] = [
    "Unrecognized VM option",
    "Improperly specified VM option",
    "Missing +/- setting",
    "Unexpected +/- setting",
    "must be enabled via",
];

/// One in so many options is tried; the others are of the same kinds.
const SHARE: usize = 7;

/// Ways to write an option: right ones and wrong ones.
fn spellings(option: &VmOption) -> Vec<Vec<String>> {
    let name = option.name;
    let alone = [format!("-XX:+{name}"), format!("-XX:{name}=1"), format!("-XX:{name}"), format!("-XX:{name}x=1")];
    let values =
        ["abc", "-1", "0x1", "1k", "99999999999t", "1.5", "", "1e2", "7 7"].map(|value| format!("-XX:{name}={value}"));
    let unlocked = |option: String| {
        let unlock = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+UnlockExperimentalVMOptions"].map(str::to_owned);
        unlock.into_iter().chain([option]).collect::<Vec<_>>()
    };
    let lenient = vec!["-XX:+IgnoreUnrecognizedVMOptions".to_owned(), format!("-XX:+{name}")];
    alone
        .clone()
        .into_iter()
        .map(|option| vec![option])
        .chain([lenient])
        .chain(alone.into_iter().chain(values).map(unlocked))
        .collect()
}

#[test]
fn the_java_of_the_image_of_5_0_and_cassc_refuse_the_same_options() {
    if !java_is_here() {
        return;
    }
    let table = options_of(17).expect("there is a table").options();
    // Those of JVMCI also need `EnableJVMCI`.
    let here = table.iter().filter(|option| option.only_on.is_none() && !option.name.contains("JVMCI"));
    let lists = here.enumerate().filter(|(index, _)| index % SHARE == 0).map(|(index, option)| {
        let spellings = spellings(option);
        let wanted = index / SHARE % spellings.len();
        spellings.into_iter().nth(wanted).expect("one of them")
    });
    let lists: Vec<Vec<String>> = lists.collect();
    let faults = lists.par_iter().filter_map(|options| {
        let written: Vec<&str> = options.iter().map(String::as_str).collect();
        let output = Command::new("java").args(&written).args(["-Xmx64m", "-version"]).output().expect("Java starts");
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        let is_refused = REFUSED.iter().any(|words| said.contains(words));
        let findings = examine(17, &[], &written);
        let expects_so = findings.iter().any(|finding| finding.problem.is_fatal());
        (is_refused != expects_so).then(|| format!("{written:?}: {findings:?}\n{said}"))
    });
    assert_none(&faults.collect::<Vec<_>>());
}

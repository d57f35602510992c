//! Paths in options of the JVM: an option → the files that it names. Called by the rules about paths.

use std::collections::BTreeSet;

use cassc_cassandra::image::jdk;

use super::config_findings::minor;
use super::config_paths::Found;
use super::pod_files::{PodFiles, Usage, Use, Weight};
use crate::subject::Subject;

const READ_AT_START: Usage = (Use::Read, Weight::Start);
const READ_LATER: Usage = (Use::Read, Weight::Later);
const FOLDER_AT_START: Usage = (Use::WriteFolder, Weight::Start);
const FOLDER_LATER: Usage = (Use::WriteFolder, Weight::Later);
const FILE_AT_START: Usage = (Use::WriteFile, Weight::Start);
const FILE_LATER: Usage = (Use::WriteFile, Weight::Later);

/// Options by their beginning, with what the JVM or Cassandra does with the path behind it. Without an agent the JVM does not
/// start, without a folder for its native libraries Cassandra does not (JNA, `StartupChecks`).
const OPTIONS: &[(&str, Usage)] = &[
    ("-javaagent:", READ_AT_START),
    ("-agentpath:", READ_AT_START),
    ("-Xbootclasspath/a:", READ_LATER),
    ("-Djava.io.tmpdir=", FOLDER_AT_START),
    ("-Djna.tmpdir=", FOLDER_AT_START),
    ("-Dio.netty.native.workdir=", FOLDER_LATER),
    ("-Dorg.xerial.snappy.tempdir=", FOLDER_LATER),
    ("-XX:HeapDumpPath=", FILE_LATER),
    ("-XX:ErrorFile=", FILE_LATER),
    ("-XX:LogFile=", FILE_LATER),
    ("-Djavax.net.ssl.keyStore=", READ_LATER),
    ("-Djavax.net.ssl.trustStore=", READ_LATER),
    ("-Dcom.sun.management.config.file=", READ_AT_START),
    ("-Dcom.sun.management.jmxremote.access.file=", READ_LATER),
    ("-Dcom.sun.management.jmxremote.password.file=", READ_LATER),
    ("-Dcom.sun.management.jmxremote.ssl.config.file=", READ_LATER),
    ("-Djava.security.auth.login.config=", READ_LATER),
    ("-Djava.security.krb5.conf=", READ_LATER),
    ("-Djava.security.policy=", READ_LATER),
    ("-Djava.security.properties=", READ_LATER),
    ("-Djava.util.logging.config.file=", READ_LATER),
    ("-Dlogback.configurationFile=", READ_LATER),
    ("-Dcassandra.triggers_dir=", READ_LATER),
];

/// The parts of `-XX:StartFlightRecording=` and `-XX:FlightRecorderOptions=` that are paths.
const RECORDINGS: [(&str, Usage); 3] =
    [("filename=", FILE_LATER), ("repository=", FOLDER_LATER), ("settings=", READ_LATER)];

/// All paths that the pod cannot serve, each once.
pub(super) fn faults(subject: &Subject<'_>, files: &PodFiles) -> Vec<Found> {
    let Some(minor) = minor(subject) else { return Vec::new() };
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(options) = place.jvm_options().filter(|options| seen.insert(options.level)) else { continue };
        let list = options.level.route().key("cassandra").key("jvm").key("options");
        for (index, option) in options.value.iter().enumerate() {
            for (name, path, usage) in paths(option, jdk(minor)) {
                let fault = files.fault(&path, usage);
                all.extend(fault.map(|fault| Found { route: list.index(index), name, fault }));
            }
        }
    }
    all
}

/// The files of an option: its name, the path, the use.
fn paths(option: &str, jdk: u32) -> Vec<(String, String, Usage)> {
    let option = option.trim();
    if let Some(path) = option.strip_prefix("-Xloggc:") {
        let usage = if jdk > 8 { FILE_AT_START } else { FILE_LATER };
        return vec![("-Xloggc".to_owned(), path.to_owned(), usage)];
    }
    if let Some(log) = option.strip_prefix("-Xlog:") {
        let file = log_file(log).map(|path| ("-Xlog".to_owned(), path, FILE_AT_START));
        return file.into_iter().collect();
    }
    for recording in ["-XX:StartFlightRecording=", "-XX:FlightRecorderOptions=", "-XX:StartFlightRecording:"] {
        if let Some(parts) = option.strip_prefix(recording) {
            let found = parts.split(',').filter_map(recording_file);
            // The settings may be the name of a file of the JDK, such as `profile`.
            let found = found.filter(|(path, usage)| usage.0 != Use::Read || path.contains('/'));
            let name = recording.trim_end_matches(['=', ':']);
            return found.map(|(path, usage)| (name.to_owned(), path.to_owned(), usage)).collect();
        }
    }
    let Some((begins, usage)) = OPTIONS.iter().find(|(begins, _)| option.starts_with(begins)) else {
        return Vec::new();
    };
    let value = &option[begins.len()..];
    // Two equal signs replace what Java has by itself.
    let value = value.strip_prefix('=').unwrap_or(value);
    let value = value.strip_prefix("file://").or_else(|| value.strip_prefix("file:")).unwrap_or(value);
    let path = if begins.contains("agent") { value.split('=').next().unwrap_or_default() } else { value };
    let is_on_class_path = *begins == "-Dlogback.configurationFile=" && !path.starts_with('/');
    if path == "NONE" || path.contains("://") || is_on_class_path {
        return Vec::new();
    }
    let name = begins.trim_end_matches(['=', ':']).to_owned();
    let separator = if begins.starts_with("-Xboot") { ':' } else { '\0' };
    path.split(separator).map(|path| (name.clone(), path.to_owned(), *usage)).collect()
}

fn recording_file(part: &str) -> Option<(&str, Usage)> {
    RECORDINGS.iter().find_map(|(key, usage)| Some((part.strip_prefix(key)?, *usage)))
}

/// The file of `what:output:decorators:options` (JEP 158). An output is `stdout`, `stderr` or a file, whose name may be in
/// quotes.
fn log_file(log: &str) -> Option<String> {
    let output = log.split_once(':')?.1;
    let output = output.strip_prefix("file=").unwrap_or(output);
    let path = match output.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => output.split(':').next(),
    };
    path.filter(|path| !["", "stdout", "stderr"].contains(path)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(option: &str) -> Vec<String> {
        paths(option, 11).into_iter().map(|(_, path, _)| path).collect()
    }

    #[test]
    fn paths_are_found_in_their_options() {
        for (option, path) in [
            ("-javaagent:/a/agent.jar", "/a/agent.jar"),
            (" -javaagent:/a/agent.jar=port=1,file=/b", "/a/agent.jar"),
            ("-agentpath:/a/lib.so=x", "/a/lib.so"),
            ("-XX:HeapDumpPath=/a", "/a"),
            ("-Xlog:gc*:file=/a/gc.log:time,uptime:filecount=10", "/a/gc.log"),
            ("-Xlog:gc:/a/gc.log", "/a/gc.log"),
            ("-Xlog:gc:file=\"/a/gc.log\"", "/a/gc.log"),
            ("-Xloggc:/a/gc.log", "/a/gc.log"),
            ("-XX:StartFlightRecording=dumponexit=true,filename=/a/x.jfr", "/a/x.jfr"),
            ("-Djava.security.policy==/a/p", "/a/p"),
            ("-Dlogback.configurationFile=file:///a/l.xml", "/a/l.xml"),
        ] {
            assert_eq!(named(option), [path], "{option}");
        }
        assert_eq!(named("-Xbootclasspath/a:/a:/b"), ["/a", "/b"]);
    }

    #[test]
    fn other_options_name_no_path() {
        for option in [
            "-Xlog:gc",
            "-Xlog:gc*:stdout:time",
            "-Xlog:disable",
            "-Xlog:gc::time",
            "-XX:StartFlightRecording=settings=profile",
            "-Dlogback.configurationFile=logback.xml",
            "-Djavax.net.ssl.trustStore=NONE",
            "-Djava.security.policy=https://h/p",
            "-Xss512k",
        ] {
            assert_eq!(named(option), Vec::<String>::new(), "{option}");
        }
    }
}

//! W434: JMX that can be reached from outside the pod without authentication.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W434",
    name: "open-jmx",
    summary: "JMX can be reached over the network without authentication",
    explain: "\
Whoever reaches a JMX port can do all that `nodetool` can, such as decommission the node, and run code in its JVM. By default
Cassandra listens on the loopback address of the pod only, where `nodetool` works with `kubectl exec`.

Remove the port, or write `-Dcom.sun.management.jmxremote.authenticate=true` and
`-Dcom.sun.management.jmxremote.password.file=…` with a file of a Secret volume. A Jolokia agent takes `user=…` and
`password=…`, or `host=127.0.0.1`.",
};

/// The JVM's own connector asks for a password unless it is told otherwise.
const OF_THE_JVM: &str = "-Dcom.sun.management.jmxremote.port=";
/// Cassandra's own asks for one if a file or a login module is named (`JMXServerUtils`).
const OF_CASSANDRA: &str = "-Dcassandra.jmx.remote.port=";
const AUTHENTICATE: &str = "-Dcom.sun.management.jmxremote.authenticate=";
const AUTHENTICATORS: [&str; 2] =
    ["-Dcom.sun.management.jmxremote.password.file=", "-Dcassandra.jmx.remote.login.config="];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(options) = place.jvm_options().filter(|options| seen.insert(options.level)) else { continue };
        let written: Vec<&str> = options.value.iter().map(|option| option.trim()).collect();
        let list = options.level.route().key("cassandra").key("jvm").key("options");
        for (index, what) in open(&written) {
            let message = format!("{what} has no authentication");
            let at = subject.value(list.index(index), "open to every pod that reaches it");
            complaints.push(RULE.complain(message, at).help("remove it, or add authentication (`cassc explain W434`)"));
        }
    }
}

/// The positions of the options that open a port, with what they open.
fn open(options: &[&str]) -> Vec<(usize, &'static str)> {
    let last = |begins: &str| options.iter().rposition(|option| option.starts_with(begins));
    let is_off =
        last(AUTHENTICATE).is_some_and(|index| options[index][AUTHENTICATE.len()..].eq_ignore_ascii_case("false"));
    let has_authenticator = AUTHENTICATORS.iter().any(|begins| last(begins).is_some());
    let of_the_jvm = last(OF_THE_JVM).filter(|_| is_off);
    let of_cassandra = last(OF_CASSANDRA).filter(|_| is_off || !has_authenticator);
    let jolokia = options.iter().position(|option| is_open_jolokia(option));
    let jmx = [of_the_jvm, of_cassandra].into_iter().flatten().map(|index| (index, "remote JMX"));
    jmx.chain(jolokia.map(|index| (index, "JMX over HTTP"))).collect()
}

/// A Jolokia agent that is told to listen on more than the loopback address.
fn is_open_jolokia(option: &str) -> bool {
    let Some(agent) = option.strip_prefix("-javaagent:").filter(|agent| agent.contains("jolokia")) else {
        return false;
    };
    let parameters = agent.split_once('=').map_or("", |(_, parameters)| parameters);
    let of = |key: &str| parameters.split(',').find_map(|part| part.strip_prefix(key)?.strip_prefix('='));
    let is_remote = of("host").is_some_and(|host| !["localhost", "127.0.0.1", "::1"].contains(&host));
    is_remote && of("user").is_none() && of("authMode").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_open_port_is_reported() {
        const PORT: &str = "-Dcom.sun.management.jmxremote.port=7199";
        const OFF: &str = "-Dcom.sun.management.jmxremote.authenticate=false";
        const FILE: &str = "-Dcom.sun.management.jmxremote.password.file=/jmx/password";
        const OURS: &str = "-Dcassandra.jmx.remote.port=7199";
        assert_eq!(open(&[PORT, OFF]), [(0, "remote JMX")]);
        assert_eq!(open(&[OFF, OURS]), [(1, "remote JMX")]);
        assert_eq!(open(&[OURS]), [(0, "remote JMX")]);
        assert_eq!(open(&["-javaagent:/a/jolokia.jar=port=1,host=0.0.0.0"]), [(0, "JMX over HTTP")]);
        let on = "-Dcom.sun.management.jmxremote.authenticate=true";
        for closed in [&[OFF][..], &[PORT], &[PORT, OFF, on], &[OURS, FILE], &["-javaagent:/a/jolokia.jar=port=1"]] {
            assert_eq!(open(closed), [], "{closed:?}");
        }
        assert_eq!(open(&["-javaagent:/a/jolokia.jar=host=*,user=a,password=b"]), []);
    }
}

//! W425: an environment variable that looks like a secret in clear text.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W425",
    name: "secret-in-environment",
    summary: "an environment variable looks like a secret in clear text",
    explain: "\
The topology and the rendered manifests are stored in Git. Everyone who can read the repository can read the secret, and it
stays in the history. Everyone who can read StatefulSets can read it in Kubernetes.

Store the value in a Secret and mount it as an additional volume. If the value is not secret, accept W425.",
};

/// How the names of such variables end.
const ENDINGS: [&str; 8] =
    ["PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "ACCESS_KEY", "PRIVATE_KEY", "API_KEY"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (name, value) in &subject.spec().cassandra.environment {
        let upper = name.to_uppercase();
        let is_secret =
            ENDINGS.iter().any(|ending| upper.ends_with(ending)) || upper == "KEY" || upper.ends_with("_KEY");
        if is_secret && !value.is_empty() && !is_file(value) {
            let at = subject.value(Route::of("spec.cassandra.environment").key(name), "readable in Git");
            let complaint = RULE.complain(format!("`{name}` looks like a secret"), at);
            let help = "mount a Secret: `storage: {additionalVolumes: [{name: …, mountPath: …, secret: {name: …}}]}`";
            complaints.push(complaint.help(help));
        }
    }
}

/// The path of a file is not a secret.
fn is_file(value: &str) -> bool {
    value.starts_with('/')
}

//! W425: an environment variable that looks like a secret in clear text.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W425",
    name: "secret-in-environment",
    summary: "an environment variable looks like a secret in clear text",
    explain: "\
A topology lies in Git, and so do the manifests that are rendered from it. Whoever may read the repository reads the
secret, for ever, and whoever may read StatefulSets reads it in Kubernetes.

Keep the value in a Secret and mount it as an additional volume; or accept the warning where the value is none.",
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
            let at = subject.value(Route::of("spec.cassandra.environment").key(name), "in clear text, in Git");
            let complaint = RULE.complain(format!("`{name}` looks like a secret"), at);
            let help = "mount a Secret instead: `storage.additionalVolumes: [{secret: {name: …}}]`";
            complaints.push(complaint.help(help));
        }
    }
}

/// The path of a file is no secret.
fn is_file(value: &str) -> bool {
    value.starts_with('/')
}

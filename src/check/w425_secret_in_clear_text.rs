//! W425: a secret in clear text, wherever a topology writes text into an object.

use super::clear_text::{Found, Way, secrets};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W425",
    name: "secret-in-clear-text",
    summary: "a value looks like a secret in clear text",
    explain: "\
The topology and the rendered manifests are stored in Git. Everyone who can read the repository can read the secret, and it
stays in the history. Everyone who can read StatefulSets and ConfigMaps can read it in Kubernetes. cassc looks at the names
of keys, variables and options (`…password`, `…secret`, `…token`, `…access_key` and the like) and at addresses with a
password in them.

- Environment variables take `{secretKeyRef: {name: …, key: …}}`, those of extra containers Kubernetes' `valueFrom`.
- `cassandra.yaml` cannot read a Secret. With `ssl_context_factory: {class_name: PEMBasedSslContextFactory}` (4.1 and
  later) `keystore` and `truststore` are PEM files of a Secret volume, and no password is needed. A password of a
  keystore that itself lies in a Secret opens nothing by itself: accept the warning and say so.
- Options of the JVM can name a file of a Secret volume, such as `-Dcom.sun.management.jmxremote.ssl.config.file=…` for
  `javax.net.ssl.keyStorePassword`.

Accept the warning where the value is no secret.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for Found { route, name, way } in secrets(subject) {
        let message = match way {
            Way::Address => "an address has a password in it".to_owned(),
            _ => format!("`{}` looks like a secret", name.escape_debug()),
        };
        let help = match way {
            Way::Environment => format!("write `{name}: {{secretKeyRef: {{name: …, key: …}}}}`"),
            Way::ContainerEnvironment => "write `valueFrom: {secretKeyRef: {name: …, key: …}}`".to_owned(),
            Way::Arguments => "take it from an environment variable with `valueFrom`, and write `$(NAME)`".to_owned(),
            Way::Config => "use PEM files of a Secret volume (`cassc explain W425`), or accept the warning".to_owned(),
            Way::JvmOption => "name a file of a Secret volume instead (`cassc explain W425`)".to_owned(),
            Way::Annotation => "keep it in a Secret".to_owned(),
            Way::Address => "keep user and password in a Secret".to_owned(),
        };
        complaints.push(RULE.complain(message, subject.value(route, "readable in Git")).help(help));
    }
}

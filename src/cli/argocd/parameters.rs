//! The parameters of an Application: their table, how they are announced to Argo CD, and how they are
//! read. Argo CD passes them as `ARGOCD_APP_PARAMETERS`: unset, empty, `null`, or a JSON list of
//! `{"name", "string" | "array" | "map"}` (`newEnv` in argo-cd `reposerver/repository/repository.go`). What it announces
//! as a default it never passes, so the defaults are applied here.

use std::collections::BTreeMap;
use std::env::{self, VarError};

use cassc_wording::nearest;
use cassc_wording::quoted;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::Warnings;
use crate::topology::Dialect;

/// The variable that holds all parameters.
const VARIABLE: &str = "ARGOCD_APP_PARAMETERS";

const FILE: &str = "file";
const DIALECT: &str = "dialect";
const WARNINGS: &str = "warnings";
const FIRST_INSTALL: &str = "first-install";
const KUBE_CLUSTER: &str = "kube-cluster";

/// A parameter that there is.
struct Known {
    name: &'static str,
    title: &'static str,
    tooltip: &'static str,
    /// Argo CD's word for what the UI shows.
    item_type: &'static str,
    default: &'static str,
    /// The values that it may have; none where it may have any.
    values: &'static [&'static str],
}

const KNOWN: [Known; 5] = [
    Known {
        name: FILE,
        title: "Topology file",
        tooltip: "Topology file, folder or glob, seen from the folder of the Application; empty: every topology in that \
                  folder itself",
        item_type: "string",
        default: "",
        values: &[],
    },
    Known {
        name: DIALECT,
        title: "Dialect",
        tooltip: "The tool that the manifests are made for, whatever the topologies say: argocd, flux or plain",
        item_type: "string",
        default: "argocd",
        values: &["argocd", "flux", "plain"],
    },
    Known {
        name: WARNINGS,
        title: "Warnings",
        tooltip: "show: warnings go to the log of the plugin; deny: nothing is rendered while there are any",
        item_type: "string",
        default: "show",
        values: &["show", "deny"],
    },
    Known {
        name: FIRST_INSTALL,
        title: "First install",
        tooltip: "true: a cluster without a committed cassc.lock is new; false: it is not rendered",
        item_type: "boolean",
        default: "false",
        values: &["true", "false"],
    },
    Known {
        name: KUBE_CLUSTER,
        title: "Kubernetes cluster",
        tooltip: "Of a topology whose datacenters name several Kubernetes clusters the one that this Application \
                  applies to",
        item_type: "string",
        default: "",
        values: &[],
    },
];

/// `ParameterAnnouncement` in argo-cd `reposerver/repository/repository.proto`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement {
    name: &'static str,
    title: &'static str,
    tooltip: &'static str,
    required: bool,
    item_type: &'static str,
    collection_type: &'static str,
    string: &'static str,
}

/// All parameters with their defaults, as `parameters.dynamic` of a plugin prints them.
pub(super) fn announcement() -> String {
    let announced = KNOWN.each_ref().map(|known| Announcement {
        name: known.name,
        title: known.title,
        tooltip: known.tooltip,
        required: false,
        item_type: known.item_type,
        collection_type: "string",
        string: known.default,
    });
    let mut text = serde_json::to_string_pretty(&announced).expect("texts are JSON");
    text.push('\n');
    text
}

/// What an Application asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    /// The topologies, where not all of the folder are meant.
    pub(super) file: Option<String>,
    /// The tool that the manifests are made for.
    pub(super) dialect: Dialect,
    /// What becomes of warnings.
    pub(super) warnings: Warnings,
    /// Whether a cluster without a lock is new.
    pub(super) first_install: bool,
    /// The Kubernetes cluster that is applied to.
    pub(super) kube_cluster: Option<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self::of(&BTreeMap::new())
    }
}

/// A parameter as it is passed. A value that is not a string is distinguished from an absent one, for the message.
#[derive(Deserialize)]
struct Passed {
    name: String,
    #[serde(default)]
    string: Value,
    #[serde(default)]
    array: Value,
    #[serde(default)]
    map: Value,
}

impl Parameters {
    /// The parameters of this very call.
    pub(super) fn given() -> Result<Self, String> {
        match env::var(VARIABLE) {
            Ok(text) => Self::read(&text),
            Err(VarError::NotPresent) => Ok(Self::default()),
            Err(VarError::NotUnicode(_)) => Err(unreadable("it is not UTF-8")),
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let passed: Option<Vec<Passed>> = serde_json::from_str(text).map_err(|cause| {
            // The cause of a wrong shape repeats the text.
            let why = if cause.is_data() { "an entry has another shape".to_owned() } else { cause.to_string() };
            unreadable(&why)
        })?;
        let mut values = BTreeMap::new();
        for passed in passed.unwrap_or_default() {
            let known = known(&passed.name)?;
            let value = value(known, &passed)?;
            if values.insert(known.name, value).is_some() {
                return Err(format!("the parameter `{}` is set twice: keep one", known.name));
            }
        }
        values.retain(|_, value| !value.is_empty());
        Ok(Self::of(&values))
    }

    fn of(values: &BTreeMap<&'static str, String>) -> Self {
        let is = |name: &str, value: &str| values.get(name).is_some_and(|it| it == value);
        Self {
            file: values.get(FILE).cloned(),
            dialect: match values.get(DIALECT).map(String::as_str) {
                Some("flux") => Dialect::Flux,
                Some("plain") => Dialect::Plain,
                _ => Dialect::Argocd,
            },
            warnings: if is(WARNINGS, "deny") { Warnings::Deny } else { Warnings::Show },
            first_install: is(FIRST_INSTALL, "true"),
            kube_cluster: values.get(KUBE_CLUSTER).cloned(),
        }
    }
}

/// The text itself is not shown: it may hold values meant for another plugin.
fn unreadable(why: &str) -> String {
    format!(
        "the parameters of the Application cannot be read, because {VARIABLE} is not a JSON list of them: {why}; write \
         them under `spec.source.plugin.parameters`, each with `name` and `string`"
    )
}

fn known(name: &str) -> Result<&'static Known, String> {
    KNOWN.iter().find(|known| known.name == name).ok_or_else(|| {
        let names: Vec<&str> = KNOWN.iter().map(|known| known.name).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", quoted(&names)),
        };
        format!("there is no parameter `{name}`: {hint}")
    })
}

/// The value as text; empty stands for the default, because a form in a UI passes that for an empty field.
fn value(known: &Known, passed: &Passed) -> Result<String, String> {
    let name = known.name;
    let instead = match (&passed.string, &passed.array, &passed.map) {
        (Value::String(text), Value::Null, Value::Null) => {
            let is_allowed = known.values.is_empty() || text.is_empty() || known.values.contains(&text.as_str());
            let one_of = || format!("the parameter `{name}` is `{text}`: write one of {}", quoted(known.values));
            return if is_allowed { Ok(text.clone()) } else { Err(one_of()) };
        }
        (_, Value::Array(_), _) => "is an array",
        (_, _, Value::Object(_)) => "is a map",
        (Value::Null, ..) => "has no value",
        _ => "is not text",
    };
    Err(format!("the parameter `{name}` {instead}: write its value as `string`, in quotes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(text: &str) -> String {
        Parameters::read(text).expect_err("it is refused")
    }

    #[test]
    fn nothing_in_all_its_forms_means_the_defaults() {
        for nothing in ["", " \n", "null", "[]", r#"[{"name": "file", "string": ""}]"#] {
            assert_eq!(Parameters::read(nothing), Ok(Parameters::default()), "{nothing}");
        }
        let defaults = Parameters::default();
        assert_eq!((defaults.dialect, defaults.warnings), (Dialect::Argocd, Warnings::Show));
        assert_eq!((defaults.file, defaults.first_install, defaults.kube_cluster), (None, false, None));
    }

    #[test]
    fn every_parameter_is_read() {
        let text = r#"[{"name": "file", "string": "a.yaml"}, {"name": "dialect", "string": "flux", "array": null},
            {"name": "warnings", "string": "deny"}, {"name": "first-install", "string": "true"},
            {"name": "kube-cluster", "string": "east"}]"#;
        let expected = Parameters {
            file: Some("a.yaml".into()),
            dialect: Dialect::Flux,
            warnings: Warnings::Deny,
            first_install: true,
            kube_cluster: Some("east".into()),
        };
        assert_eq!(Parameters::read(text), Ok(expected));
    }

    #[test]
    fn the_announced_defaults_are_the_defaults() {
        let announced: Vec<Value> = serde_json::from_str(&announcement()).expect("a list of JSON");
        let passed: Vec<Value> = announced
            .iter()
            .map(|announced| serde_json::json!({"name": announced["name"], "string": announced["string"]}))
            .collect();
        assert_eq!(Parameters::read(&Value::Array(passed).to_string()), Ok(Parameters::default()));
    }

    #[test]
    fn what_is_no_list_of_parameters_names_the_variable_and_does_not_repeat_it() {
        for text in ["secret", "{", r#"{"secret": 1}"#, r#"["secret"]"#, r#"[{"string": "secret"}]"#] {
            let complaint = complaint(text);
            assert!(complaint.contains(VARIABLE) && !complaint.contains("secret"), "{complaint}");
        }
    }

    #[test]
    fn a_wrong_name_and_a_wrong_value_say_what_is_right() {
        assert_eq!(
            complaint(r#"[{"name": "files", "string": "x"}]"#),
            "there is no parameter `files`: did you mean `file`?"
        );
        assert_eq!(
            complaint(r#"[{"name": "replicas", "string": "x"}]"#),
            "there is no parameter `replicas`: there are `file`, `dialect`, `warnings`, `first-install` and `kube-cluster`"
        );
        assert_eq!(
            complaint(r#"[{"name": "first-install", "string": "yes"}]"#),
            "the parameter `first-install` is `yes`: write one of `true` and `false`"
        );
        assert_eq!(
            complaint(r#"[{"name": "file", "array": ["a"]}]"#),
            "the parameter `file` is an array: write its value as `string`, in quotes"
        );
        assert!(complaint(r#"[{"name": "file", "map": {"a": "b"}}]"#).contains("is a map"));
        assert!(complaint(r#"[{"name": "file"}]"#).contains("has no value"));
        assert!(complaint(r#"[{"name": "first-install", "string": true}]"#).contains("is not text"));
        let twice = r#"[{"name": "file", "string": "a"}, {"name": "file", "string": "b"}]"#;
        assert_eq!(complaint(twice), "the parameter `file` is set twice: keep one");
    }
}

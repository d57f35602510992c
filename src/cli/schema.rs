//! `cassc schema`: the JSON Schemas of what cassc reads and of what it writes for programs.

use clap::{Args, ValueEnum};

use super::{Ending, Failure, print};
use crate::report::{self, plan};
use crate::topology::json_schema;

/// Print a JSON Schema: of topologies (for editors), of plans or of diagnostics.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// What it describes: topologies, the output of `cassc plan --format json`, or that of `cassc validate --format json`.
    #[arg(value_name = "WHAT", value_enum, default_value_t = Subject::Topology)]
    subject: Subject,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Subject {
    Topology,
    Plan,
    Complaints,
}

pub(super) fn run(schema: &Schema) -> Result<Ending, Failure> {
    let text = match schema.subject {
        Subject::Topology => json_schema(),
        Subject::Plan => plan::json_schema(),
        Subject::Complaints => report::json_schema(),
    };
    print(&text)?;
    Ok(Ending::Done)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::json_schema;
    use crate::cli::starter::STARTER;
    use crate::parse::embedded;

    /// What an editor reports about a text.
    fn faults(text: &str) -> Vec<String> {
        let schema: Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
        validator.iter_errors(&embedded::value(text)).map(|error| error.to_string()).collect()
    }

    #[test]
    fn editors_find_no_fault_with_the_examples_and_the_starter() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
        let examples = std::fs::read_dir(folder).expect("the examples are there");
        let mut texts = vec![STARTER.to_owned()];
        for example in examples.map(|entry| entry.expect("an entry can be read").path()) {
            if example.extension().is_some_and(|extension| extension == "yaml") {
                texts.push(std::fs::read_to_string(example).expect("an example can be read"));
            }
        }
        assert!(texts.len() > 4);
        for text in texts {
            assert_eq!(faults(&text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn editors_find_unknown_fields_and_wrong_types() {
        let text = STARTER;
        assert_eq!(faults(&text.replace("racks:", "rack:")).len(), 1);
        assert_eq!(faults(&text.replace("nodes: 3", "nodes: three")).len(), 1);
        assert_eq!(faults(&text.replace("version: \"5.0.6\"", "version: 5.0")), Vec::<String>::new());
        assert!(json!(faults("a: 1")).to_string().contains("apiVersion"));
    }
}

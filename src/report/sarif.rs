//! Complaints as SARIF 2.1.0 (OASIS), for code scanning on GitHub and for editors, with what GitHub asks for beyond the
//! schema (docs.github.com, "SARIF support for code scanning"): help for every rule, a region for every result.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::json::{Complaint, Complaints, Place};
use super::visible::json_text;
use crate::catalogue::rules;
use crate::diagnostic::Rule;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// How many characters GitHub allows in a description.
const LONGEST_DESCRIPTION: usize = 1024;

/// The log: one run, whose results may be none.
pub fn sarif(complaints: &Complaints) -> String {
    let rules = rules();
    let results: Vec<Value> = complaints.complaints.iter().map(|complaint| result(complaint, &rules)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.iter().map(|rule| metadata(rule)).collect::<Vec<Value>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    json_text(&log)
}

fn metadata(rule: &Rule) -> Value {
    let level = rule.severity();
    let first_paragraph = rule.explain.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    json!({
        "id": rule.code,
        "name": pascal_case(rule.name),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": first_paragraph.chars().take(LONGEST_DESCRIPTION).collect::<String>()},
        "help": {"text": rule.explain, "markdown": rule.explain},
        "defaultConfiguration": {"level": level},
        // What GitHub sorts by: error, warning or recommendation.
        "properties": {"tags": ["cassandra", "kubernetes"], "problem.severity": level, "precision": "very-high"},
    })
}

fn result(complaint: &Complaint, rules: &[&Rule]) -> Value {
    let sentences: Vec<String> = complaint.sentences().collect();
    let mut places = complaint.labels.iter();
    let mut result = json!({
        "ruleId": complaint.code,
        "ruleIndex": rules.binary_search_by_key(&complaint.code, |rule| rule.code).ok(),
        "level": complaint.severity,
        "message": {"text": message(&sentences.join("\n"))},
        "locations": places.next().map(location).into_iter().collect::<Vec<Value>>(),
        "partialFingerprints": {"cassc/v1": complaint.fingerprint},
    });
    let related: Vec<Value> = (1_u32..).zip(places).map(|(id, place)| related(id, place)).collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    result
}

fn related(id: u32, place: &Place) -> Value {
    let mut location = location(place);
    location["id"] = json!(id);
    location
}

fn location(place: &Place) -> Value {
    let mut location = Map::new();
    location.insert(
        "physicalLocation".to_owned(),
        json!({
            "artifactLocation": {"uri": uri(&place.file)},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        }),
    );
    if !place.text.is_empty() {
        location.insert("message".to_owned(), json!({"text": message(&place.text)}));
    }
    Value::Object(location)
}

/// Braces would be placeholders (SARIF 2.1.0, 3.11.5 "Messages with placeholders"). The texts about a rule (3.12)
/// take no arguments, and stay as they are.
fn message(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// A path as a reference relative to the repository; one outside of the working directory as a `file` URI. Everything
/// but the unreserved characters of RFC 3986 is encoded: a colon in the first part would make a scheme of it.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    path.bytes().fold(scheme.to_owned(), |mut uri, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").expect("writing to a String cannot fail");
        }
        uri
    })
}

/// `name-not-a-label` as SARIF likes names of rules: `NameNotALabel`.
fn pascal_case(name: &str) -> String {
    let word = |word: &str| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => word.to_owned(),
    };
    name.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("clusters/größe 100%.yaml"), "clusters/gr%C3%B6%C3%9Fe%20100%25.yaml");
        assert_eq!(uri("a:b/c#d?.lock"), "a%3Ab/c%23d%3F.lock");
        assert_eq!(uri("/elsewhere/a.yaml"), "file:///elsewhere/a.yaml");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }

    #[test]
    fn braces_in_a_message_are_no_placeholders() {
        assert_eq!(message("write `accept: [{code: E360}]`"), "write `accept: [{{code: E360}}]`");
    }

    #[test]
    fn names_of_rules_are_one_word() {
        assert_eq!(pascal_case("name-not-a-label"), "NameNotALabel");
    }
}

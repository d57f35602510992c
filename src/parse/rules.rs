//! E001 to E012: what is found while reading. Their complaints are made beside this file; here stands why.

use crate::diagnostic::Rule;

macro_rules! reading_rules {
    ($($code:ident $name:literal $summary:literal $explain:literal)*) => {
        &[$(Rule { code: stringify!($code), name: $name, summary: $summary, explain: $explain }),*]
    };
}

/// Every rule about the text, sorted by code.
pub const RULES: &[Rule] = reading_rules! {
    E001 "not-utf8" "a file is not UTF-8" "\
YAML is read as UTF-8. A file in another encoding would be misread where it matters least visibly: in names.

Save the file as UTF-8, without a byte order mark if you can choose."

    E002 "not-yaml" "a file is not YAML" "\
The text breaks the rules of YAML at the marked place. The usual causes: a tab in the indentation, a missing space after
a colon, a quote that is not closed, a value that begins with `@`, `` ` ``, `%` or `*`.

Indent with spaces; quote text that begins with a special character."

    E003 "duplicate-key" "a key stands twice in the same map" "\
YAML readers differ: some refuse, most silently take the last value, and so does Cassandra. Which of the two was meant,
only you know.

Keep one of the two."

    E004 "indirection" "an anchor, alias, tag or merge key" "\
A topology is read by people in a pull request: a value stands where it is used. Aliases can also be nested so that a few
lines expand to gigabytes.

Write the value out. What several racks share belongs to their datacenter or to the cluster, from where it is merged."

    E005 "too-large" "a file is too large, or nested too deep" "\
A topology takes a few kilobytes and a dozen levels. What is far beyond is no topology, or an attack on the reader.

Split a fleet into several files; give cassc the folder."

    E006 "empty" "a file holds nothing" "\
The file was named on the command line, yet it holds no document.

`cassc init` writes a commented topology to start from."

    E007 "not-a-topology" "a document is not a CassandraTopology" "\
A document begins with `apiVersion: cassc/v1alpha1` and `kind: CassandraTopology`, so that editors, kustomize and Argo CD
know what it is. Other documents are passed over in folders, but not in a file that was named.

Correct the two fields, or name another file."

    E008 "unknown-field" "a field that does not exist" "\
A field that cassc does not know would be ignored, and with it what you meant. The fields are those of
`schemas/topology.schema.json`; most editors complete them from the first line that `cassc init` writes.

Correct the name, or remove the field."

    E009 "wrong-type" "a value of the wrong type" "\
Text is taken as it is written, so `version: 5.0` is the text `5.0`. Numbers are plain decimal digits without quotes;
`true` and `false` are the only booleans.

Write the value in the form that the complaint names."

    E010 "missing-field" "a field that must be there is missing" "\
There is no default that would be right for this field.

Add it; the JSON Schema and `cassc init` show its form."

    E011 "disputed-scalar" "an unquoted value that readers of YAML 1.1 read differently" "\
`yes` is text in YAML 1.2 and a boolean in YAML 1.1; `012` is 12 or 10; `12:30` is text or 750. Cassandra itself reads its
configuration with a reader of YAML 1.1. cassc does not guess.

Quote the value if it is text; otherwise write `true`, `false` or plain decimal digits."

    E012 "unsafe-text" "a character or a key that does not survive every YAML reader" "\
Some control characters (NEL, DEL, C1, non-characters) are changed or refused by kustomize and other readers, whatever
the quoting; so are the key `<<` and keys of more than a thousand bytes.

Remove the character, which is often an invisible remainder of copying, or choose another key."
};

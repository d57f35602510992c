//! The explanations of E001 to E013, which the other files of this folder report while reading.

use crate::diagnostic::Rule;

macro_rules! reading_rules {
    ($($code:ident $name:literal $summary:literal $explain:literal)*) => {
        &[$(Rule { code: stringify!($code), name: $name, summary: $summary, explain: $explain }),*]
    };
}

/// Every rule about the text, sorted by code.
pub const RULES: &[Rule] = reading_rules! {
    E001 "not-utf8" "a file is not valid UTF-8" "\
YAML files are read as UTF-8. In a different encoding names would be read wrongly.

Save the file as UTF-8, preferably without a byte order mark."

    E002 "not-yaml" "a file is not valid YAML" "\
The text violates the YAML syntax at the marked position. Common causes: a merge conflict, a template that was not rendered
(`{{ .Values.size }}`), a bracket or quote that is not closed, a tab, a missing space after a colon, a no-break space or a
typographic quote from copy and paste, or a value that starts with `@`, `` ` ``, `%` or `*`.

Indent with spaces, and quote text that starts with a special character. cassc reads plain YAML: render templates before."

    E003 "duplicate-key" "a map has a duplicate key" "\
YAML parsers differ: some reject duplicate keys, most silently use the last value, and so does Cassandra. cassc cannot
decide which value is right.

Remove one of the two keys."

    E004 "indirection" "an anchor, alias, tag or merge key is used" "\
Reviewers read a topology in a pull request, so every value must be written where it is used. Nested aliases can also
expand a few lines to gigabytes. Tags (`!foo`, `!!binary`) change how a value is read; cassc reads text as written.

Write the value itself. Write values that several racks share at their datacenter or at the cluster: racks inherit them."

    E005 "too-large" "a file is too large or nested too deeply" "\
A topology needs a few kilobytes and about a dozen levels. The limits protect against broken or malicious input: a file
may have up to 8 MiB, 10,000 documents, 400,000 keys and values and 48 levels, a list or a map up to 5,000 entries, a text up to
64 KiB. After 5,000 errors cassc stops.

Split a fleet into several files, and pass the folder to cassc."

    E006 "empty" "a file contains no YAML document" "\
The file was named on the command line, but it is empty or contains only comments.

Run `cassc init` to create a commented topology."

    E007 "not-a-topology" "a document is not a CassandraTopology" "\
A topology starts with `apiVersion: cassc/v1alpha1` and `kind: CassandraTopology`. Editors, kustomize and Argo CD identify it
by these fields. cassc skips other documents in folders, but not in a file that you name.

Correct the two fields, or name a different file."

    E008 "unknown-field" "a field does not exist" "\
An unknown field would be ignored, and your setting would have no effect. `schemas/topology.schema.json` lists all fields.
Most editors complete them if the first line of the file names the schema, as `cassc init` writes it.

Correct or remove the field."

    E009 "wrong-type" "a value has the wrong type" "\
Text is used exactly as written: `version: 5.0` is the text `5.0`. Numbers are plain decimal digits without quotes. The only
booleans are `true` and `false`.

Write the value in the form that the message names."

    E010 "missing-field" "a required field is missing" "\
This field has no default.

Add the field. `schemas/topology.schema.json` describes it, and `cassc init` writes an example."

    E011 "disputed-scalar" "an unquoted value is ambiguous" "\
`yes` is text in YAML 1.2 and a boolean in YAML 1.1; `012` is 12 or 10; `12:30` is text or 750. Cassandra reads its
configuration with a YAML 1.1 parser. cassc does not guess.

Quote the value if it is text. Otherwise write `true`, `false` or plain decimal digits."

    E012 "unsafe-text" "a character or a key is not portable between YAML parsers" "\
kustomize and other YAML parsers change or reject some control characters (NEL, DEL, C1, non-characters), even in quotes. The
same applies to the key `<<` and to keys of more than a thousand bytes.

Remove the character, which often comes from copy and paste, or use a different key."

    E013 "undecided" "a value is still to be decided" "\
The value is `TODO`, or starts with `TODO:` or `TODO` and a space. `cassc import` writes it where the resource that it reads
does not say what cassc needs, such as the memory of a node, and where only you can decide. It may stand in place of a value
of any type; everything else in the topology is checked as usual.

Write the value, or remove the field if its default is right."
};

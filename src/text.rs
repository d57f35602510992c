//! Text inside `ConfigMap`s: a file under `templates/` and a context come in, the text goes out. The only user of minijinja.
//!
//! A file that ends in `.j2` is rendered, any other is shipped byte for byte. Every file has one handle, a `static` beside
//! the code that fills it, so that the context's type stands in its signature.

use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, escape_formatter};
use serde::Serialize;

/// The handle of a template: its path below `templates/`.
macro_rules! template {
    ($path:literal) => {
        $crate::text::Template::new($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path)))
    };
}

/// The handle of a file that is shipped as it is: its path below `templates/`.
macro_rules! plain_file {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/", $path))
    };
}

pub(crate) use {plain_file, template};

/// A template that is filled from a `C`, compiled when it is first used.
pub(crate) struct Template<C: ?Sized> {
    path: &'static str,
    source: &'static str,
    environment: OnceLock<Environment<'static>>,
    context: PhantomData<fn(&C)>,
}

impl<C: ?Sized> fmt::Debug for Template<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Template").field(&self.path).finish()
    }
}

impl<C: Serialize + ?Sized> Template<C> {
    /// The handle of `source`, which stands in the file `path` below `templates/`.
    pub(crate) const fn new(path: &'static str, source: &'static str) -> Self {
        Self { path, source, environment: OnceLock::new(), context: PhantomData }
    }

    /// The text for a context. A name that the context does not have is our mistake, found by rendering each template
    /// once in a test.
    pub(crate) fn render(&self, context: &C) -> String {
        let environment = self.environment.get_or_init(|| environment(self.path, self.source));
        let template = environment.get_template(self.path).expect("the template was added under its path");
        template.render(context).unwrap_or_else(|error| unreachable!("{} does not render: {error:#}", self.path))
    }
}

/// The braces are tripled because payloads use `{{ }}` themselves (Prometheus, Grafana, shell).
fn environment(path: &'static str, source: &'static str) -> Environment<'static> {
    let mut syntax = SyntaxConfig::builder();
    syntax.variable_delimiters("{{{", "}}}").block_delimiters("{{%", "%}}").comment_delimiters("{{#", "#}}");
    let mut environment = Environment::new();
    environment.set_syntax(syntax.build().expect("the delimiters differ from each other"));
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(write_value);
    environment.set_keep_trailing_newline(true);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_template(path, source).unwrap_or_else(|error| unreachable!("{path} is no template: {error:#}"));
    environment
}

/// Booleans as every reader but Python writes them. Nothing else than text and numbers has one form that all agree on.
fn write_value(out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Undefined | ValueKind::String | ValueKind::Number => escape_formatter(out, state, value),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("a {kind} has no text"))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use serde_json::{Value as Json, json};

    use super::*;

    fn rendered(source: &'static str, context: &Json) -> String {
        Template::<Json>::new("a test", source).render(context)
    }

    #[test]
    fn payload_braces_pass_and_triple_braces_are_filled() {
        let source = "{{# a comment #}}\n{{ $labels.pod }} ${x} {% raw %}\n{{{ name }}}\n";
        assert_eq!(rendered(source, &json!({"name": "<&>"})), "{{ $labels.pod }} ${x} {% raw %}\n<&>\n");
    }

    #[test]
    fn loops_leave_no_empty_lines_and_booleans_are_lower_case() {
        let source = "a\n  {{% for item in items %}}\n{{{ item }}}\n  {{% endfor %}}\nb\n";
        assert_eq!(rendered(source, &json!({"items": [true, false, 3]})), "a\ntrue\nfalse\n3\nb\n");
        assert_eq!(rendered(source, &json!({"items": []})), "a\nb\n");
    }

    #[test]
    #[should_panic(expected = "undefined value")]
    fn a_missing_name_is_never_empty_text() {
        rendered("{{{ nmae }}}", &json!({"name": 1}));
    }

    #[test]
    #[should_panic(expected = "a none has no text")]
    fn nothing_is_never_the_word_none() {
        rendered("{{{ name }}}", &json!({"name": null}));
    }

    /// The paths in `template!("…")` and `plain_file!("…")` calls of the sources.
    fn handles(folder: &Path, found: &mut BTreeMap<String, usize>) {
        for entry in walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("the sources are readable")) {
            if entry.path().extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            #[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
            let text = std::fs::read_to_string(entry.path()).expect("the sources are text");
            for call in ["template!(\"", "plain_file!(\""] {
                let paths = text.split(call).skip(1).filter_map(|rest| rest.split('"').next());
                for path in paths.filter(|path| path.contains('/')) {
                    *found.entry(path.to_owned()).or_default() += 1;
                }
            }
        }
    }

    #[test]
    fn every_file_below_templates_has_exactly_one_handle() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let templates = root.join("templates");
        let files = walkdir::WalkDir::new(&templates).into_iter().map(|entry| entry.expect("templates/ is readable"));
        let files = files.filter(|entry| entry.file_type().is_file());
        let expected: BTreeMap<String, usize> = files
            .map(|entry| {
                let path = entry.path().strip_prefix(&templates).expect("the file is below templates/");
                (path.to_str().expect("our paths are text").replace('\\', "/"), 1)
            })
            .collect();
        let mut found = BTreeMap::new();
        handles(&root.join("src"), &mut found);
        assert_eq!(found, expected);
    }
}

//! The folder of a cluster's rendered files, as the commands in a plan name it.

/// What stands for an output directory that nobody named.
const UNKNOWN: &str = "DIR";

/// The folder of a cluster's rendered files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFolder {
    /// As a word of a shell, without a slash at its end.
    path: String,
    is_known: bool,
}

impl RenderedFolder {
    /// The folder of a cluster below the directory that `--output` names; `None` where it was not given.
    pub fn new(output: Option<&str>, cluster: &str) -> Self {
        let directory = output.unwrap_or(UNKNOWN);
        let slash = if directory.ends_with('/') { "" } else { "/" };
        Self { path: shell_word(&format!("{directory}{slash}{cluster}")), is_known: output.is_some() }
    }

    /// The folder itself.
    pub(crate) fn itself(&self) -> &str {
        &self.path
    }

    /// A path below it, such as `deploy/shop/base`.
    pub(crate) fn path(&self, below: &str) -> String {
        let below = below.trim_end_matches('/');
        if below.is_empty() { self.path.clone() } else { format!("{}/{}", self.path, shell_word(below)) }
    }

    /// What a text with such paths ends with.
    pub(crate) fn remark(&self) -> &'static str {
        if self.is_known {
            ""
        } else {
            "\n(DIR is the output directory of `cassc render`; this plan was made without `--output`)"
        }
    }
}

/// A word of a shell, in quotes where it needs them.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c);
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_words_of_a_shell() {
        let path = |output, below| RenderedFolder::new(output, "shop").path(below);
        assert_eq!(path(Some("deploy"), "east/base"), "deploy/shop/east/base");
        assert_eq!(path(Some("deploy/"), ""), "deploy/shop");
        assert_eq!(path(Some("."), "base"), "./shop/base");
        assert_eq!(path(Some("/"), "base"), "/shop/base");
        assert_eq!(path(Some("it's here"), "base"), r"'it'\''s here/shop'/base");
        assert_eq!(path(None, "flux"), "DIR/shop/flux");
    }

    #[test]
    fn a_directory_that_nobody_named_is_explained() {
        assert_eq!(RenderedFolder::new(Some("deploy"), "shop").remark(), "");
        assert!(RenderedFolder::new(None, "shop").remark().contains("`--output`"));
    }
}

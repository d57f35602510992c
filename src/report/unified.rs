//! A unified diff for a terminal: the colors of `git diff`. Called by the command line.

use anstyle::{AnsiColor, Style};

use super::Colors;

/// The diff, each of its lines in its color where colors are asked for.
pub(crate) fn unified(diff: &str, colors: Colors) -> String {
    if colors == Colors::Plain {
        return diff.to_owned();
    }
    let lines: Vec<&str> = diff.lines().collect();
    let painted = |(position, line): (usize, &&str)| match style(line, &lines[..position], &lines[position + 1..]) {
        Some(style) => format!("{style}{line}{style:#}\n"),
        None => format!("{line}\n"),
    };
    lines.iter().enumerate().map(painted).collect()
}

fn style(line: &str, before: &[&str], behind: &[&str]) -> Option<Style> {
    let is_first = line.starts_with("--- ") && behind.first().is_some_and(|line| line.starts_with("+++ "));
    let is_second = line.starts_with("+++ ") && before.last().is_some_and(|line| line.starts_with("--- "));
    match line.as_bytes().first()? {
        _ if is_first || is_second => Some(Style::new().bold()),
        b'@' => Some(AnsiColor::Cyan.on_default()),
        b'+' => Some(AnsiColor::Green.on_default()),
        b'-' => Some(AnsiColor::Red.on_default()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIFF: &str = "--- a/x.yaml\n+++ b/x.yaml\n@@ -1,3 +1,2 @@\n a: 1\n--- gone\n-b: 2\n+b: 3\n";

    #[test]
    fn without_colors_a_diff_stays_as_it_is() {
        assert_eq!(unified(DIFF, Colors::Plain), DIFF);
        assert_eq!(unified("", Colors::Ansi), "");
    }

    #[test]
    fn lines_have_the_colors_of_git() {
        let expected = "\u{1b}[1m--- a/x.yaml\u{1b}[0m\n\u{1b}[1m+++ b/x.yaml\u{1b}[0m\n\u{1b}[36m@@ -1,3 +1,2 @@\u{1b}[0m\n \
                        a: 1\n\u{1b}[31m--- gone\u{1b}[0m\n\u{1b}[31m-b: 2\u{1b}[0m\n\u{1b}[32m+b: 3\u{1b}[0m\n";
        assert_eq!(unified(DIFF, Colors::Ansi), expected);
    }
}

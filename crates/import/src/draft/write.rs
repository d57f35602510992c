//! The tree as text: keys in the order of the language, short maps and lists on one line, comments beside the values.

use super::node::{Node, Slot};
use super::order::place;
use super::scalar::{comment, text as text_of};

/// Longer lines are broken.
const WIDTH: usize = 118;
/// A map or a list is on one line up to this width.
const FLOW: usize = 84;
/// Maps that are always written one key per line: people compare them by line.
const BLOCKS: [&str; 6] = ["", "metadata", "spec", "config", "cassandra", "environment"];

/// The text of a topology.
pub(super) fn text(root: &Node) -> String {
    let mut lines = Vec::new();
    block(root, "", 0, &mut lines);
    lines.iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// The lines of a map or a list.
fn block(node: &Node, name: &str, indent: usize, lines: &mut Vec<String>) {
    match node {
        Node::Map(entries) => {
            for (key, slot) in ordered(entries, name) {
                entry(&format!("{}:", text_of(key)), slot, key, indent, lines);
            }
        }
        Node::List(slots) => {
            for slot in slots {
                element(slot, name, indent, lines);
            }
        }
        _ => {}
    }
}

/// The entries in the order of the language.
fn ordered<'n>(entries: &'n [(String, Slot)], name: &str) -> Vec<&'n (String, Slot)> {
    let mut ordered: Vec<_> = entries.iter().collect();
    ordered.sort_by_key(|(key, _)| place(name, key));
    ordered
}

fn entry(head: &str, slot: &Slot, key: &str, indent: usize, lines: &mut Vec<String>) {
    let room = FLOW.saturating_sub(indent + head.len());
    match flow(&slot.node, key).filter(|flow| is_scalar(&slot.node) || flow.len() <= room) {
        Some(value) => line(&format!("{head} {value}"), &slot.comment, indent, lines),
        None => {
            line(head, &slot.comment, indent, lines);
            block(&slot.node, key, indent + 2, lines);
        }
    }
}

/// `- ` and the element; the first line of a block is drawn up behind the dash.
fn element(slot: &Slot, name: &str, indent: usize, lines: &mut Vec<String>) {
    let room = FLOW.saturating_sub(indent + 2);
    match flow(&slot.node, name).filter(|flow| is_scalar(&slot.node) || flow.len() <= room) {
        Some(value) => line(&format!("- {value}"), &slot.comment, indent, lines),
        None => {
            let mut inner = Vec::new();
            block(&slot.node, name, indent + 2, &mut inner);
            if !slot.comment.is_empty() {
                above(&slot.comment, indent, lines);
            }
            let first = inner.iter().position(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
            for (position, line) in inner.into_iter().enumerate() {
                let dash = position == first;
                lines.push(if dash { format!("{}- {}", " ".repeat(indent), line.trim_start()) } else { line });
            }
        }
    }
}

/// A line with its comment beside it, or above it where there is no room.
fn line(text: &str, about: &str, indent: usize, lines: &mut Vec<String>) {
    let text = format!("{}{text}", " ".repeat(indent));
    let beside = format!("{text}  # {}", comment(about));
    if about.is_empty() {
        lines.push(text);
    } else if beside.chars().count() <= WIDTH {
        lines.push(beside);
    } else {
        above(about, indent, lines);
        lines.push(text);
    }
}

/// The lines of a comment.
fn above(about: &str, indent: usize, lines: &mut Vec<String>) {
    let start = format!("{}#", " ".repeat(indent));
    let mut current = start.clone();
    for word in comment(about).split_whitespace() {
        if current.chars().count() + 1 + word.chars().count() > WIDTH && current != start {
            lines.push(std::mem::replace(&mut current, start.clone()));
        }
        current = format!("{current} {word}");
    }
    lines.push(current);
}

fn is_scalar(node: &Node) -> bool {
    !matches!(node, Node::List(_) | Node::Map(_)) || node.len() == 0
}

/// The node on one line; `None` where a comment stands in it, or where it is better read line by line.
fn flow(node: &Node, name: &str) -> Option<String> {
    let of_slot = |slot: &Slot, name: &str| flow(&slot.node, name).filter(|_| slot.comment.is_empty());
    Some(match node {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) => number.to_string(),
        Node::Text(text) => text_of(text),
        Node::List(slots) if slots.iter().all(|slot| is_scalar(&slot.node)) => {
            let values: Option<Vec<String>> = slots.iter().map(|slot| of_slot(slot, name)).collect();
            format!("[{}]", values?.join(", "))
        }
        Node::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Node::Map(entries) if !BLOCKS.contains(&name) && entries.iter().all(|(_, slot)| is_small(slot)) => {
            let of_entry = |(key, slot): &(String, Slot)| Some(format!("{}: {}", text_of(key), of_slot(slot, key)?));
            let values: Option<Vec<String>> = ordered(entries, name).into_iter().map(of_entry).collect();
            format!("{{{}}}", values?.join(", "))
        }
        _ => return None,
    })
}

/// A scalar, or a map of few scalars: what may stand in a map on one line.
fn is_small(slot: &Slot) -> bool {
    match &slot.node {
        Node::Map(entries) => entries.len() <= 3 && entries.iter().all(|(_, slot)| is_scalar(&slot.node)),
        Node::List(slots) => slots.len() <= 3 && slots.iter().all(|slot| is_scalar(&slot.node)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::Path;

    #[test]
    fn a_topology_reads_as_one_written_by_hand() {
        let mut root = Node::default();
        let rack = Path::of(&["spec", "datacenters"]).index(0).key("racks").index(0);
        root.set(&rack.key("zone"), Node::from("eu-1a"));
        root.set(&rack.key("name"), Node::from("r1"));
        root.set(&Path::of(&["spec", "datacenters"]).index(0).key("name"), Node::from("dc1"));
        let tokens = Path::of(&["spec", "cassandra", "config", "num_tokens"]);
        root.set(&tokens, Node::from(1_u32));
        root.comment(&tokens, "as the ring was founded");
        root.set(&Path::of(&["kind"]), Node::from("CassandraTopology"));
        let expected = "\
kind: CassandraTopology
spec:
  cassandra:
    config:
      num_tokens: 1  # as the ring was founded
  datacenters:
    - name: dc1
      racks:
        - {name: r1, zone: eu-1a}
";
        assert_eq!(text(&root), expected);
    }
}

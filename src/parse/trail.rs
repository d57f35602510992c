//! The way to a value while a tree is walked: kept on the stack, and a [`Route`] only where something is reported.

use crate::diagnostic::{Route, Step};

/// The way to the current value.
#[derive(Clone, Copy)]
pub(super) enum Trail<'a> {
    /// The document itself.
    Root,
    /// The value of a key.
    Key(&'a Trail<'a>, &'a str),
    /// An element of a list.
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    /// The key that the current value is in, beside elements of lists: `spec` for `spec.pod`, `racks` for a field of a rack;
    /// empty for a field of the document.
    pub(super) fn parent(&self) -> &str {
        let mut trail = match self {
            Trail::Root => return "",
            Trail::Key(parent, _) | Trail::Index(parent, _) => *parent,
        };
        loop {
            trail = match trail {
                Trail::Root => return "",
                Trail::Key(_, key) => return key,
                Trail::Index(parent, _) => parent,
            };
        }
    }

    pub(super) fn route(&self) -> Route {
        let mut steps = Vec::new();
        let mut trail = self;
        loop {
            trail = match trail {
                Trail::Root => break,
                Trail::Key(parent, key) => {
                    steps.push(Step::Key((*key).to_owned()));
                    parent
                }
                Trail::Index(parent, index) => {
                    steps.push(Step::Index(*index));
                    parent
                }
            };
        }
        steps.reverse();
        Route::from(steps)
    }
}

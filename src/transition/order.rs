//! Lists whose order means something: new items go to the end. Called by the rules about racks and datacenters.

/// An item that stands where it must not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutOfOrder {
    /// Its name.
    pub(super) name: String,
    /// The item that it stands before and must not.
    pub(super) before: String,
    /// Whether it was not there before.
    pub(super) is_new: bool,
}

/// The first item that stands before one that was there and was not behind it. Items that are gone do not count.
pub(super) fn out_of_order(was: &[String], now: &[String]) -> Option<OutOfOrder> {
    let rank = |name: &String| was.iter().position(|it| it == name).unwrap_or(usize::MAX);
    let (first, next) = now.iter().zip(now.iter().skip(1)).find(|(first, next)| rank(first) > rank(next))?;
    Some(OutOfOrder { name: first.clone(), before: next.clone(), is_new: rank(first) == usize::MAX })
}

/// The items in the order of before, new ones behind them.
pub(super) fn right_order(was: &[String], now: &[String]) -> String {
    let kept = was.iter().filter(|name| now.contains(name));
    let new = now.iter().filter(|name| !was.contains(name));
    kept.chain(new).cloned().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn only_the_end_of_a_list_takes_new_items() {
        let found = |was, now| out_of_order(&names(was), &names(now)).map(|it| (it.name, it.before, it.is_new));
        assert_eq!(found("a b c", "a b c d e"), None);
        assert_eq!(found("a b c", "a c"), None);
        assert_eq!(found("a b c", "a x b c"), Some(("x".into(), "b".into(), true)));
        assert_eq!(found("a b c", "a c b"), Some(("c".into(), "b".into(), false)));
        assert_eq!(right_order(&names("a b c"), &names("x c a")), "a, c, x");
    }
}

//! Placeholder until the writer lands.
/// x
pub fn unsafe_character(_text: &str) -> Option<(usize, char)> {
    None
}

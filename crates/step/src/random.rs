//! Passwords, from the kernel's randomness.

/// What a password is made of: no character that has a meaning in a shell, in CQL, in YAML or in a query.
const CHARACTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// Characters of a password: 32 of 57 are 186 bits.
const LENGTH: usize = 32;

/// A new password. Fails only where the kernel has no randomness to give.
pub(crate) fn password() -> Result<String, getrandom::Error> {
    let mut password = String::with_capacity(LENGTH);
    let mut bytes = [0; LENGTH];
    // Bytes past the last whole round of the characters are left out, or the first characters would be likelier.
    let fair = 256 - 256 % CHARACTERS.len();
    while password.len() < LENGTH {
        getrandom::fill(&mut bytes)?;
        let usable = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let missing = LENGTH - password.len();
        password.extend(usable.take(missing).map(|byte| char::from(CHARACTERS[byte % CHARACTERS.len()])));
    }
    Ok(password)
}

/// What tells this process from others where nothing else does.
pub(crate) fn suffix() -> Result<String, getrandom::Error> {
    Ok(password()?.to_lowercase().chars().take(8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_plain_and_never_the_same() {
        let all: std::collections::BTreeSet<String> = (0..100).map(|_| password().expect("randomness")).collect();
        assert_eq!(all.len(), 100);
        assert!(all.iter().all(|it| it.len() == LENGTH && it.bytes().all(|byte| CHARACTERS.contains(&byte))));
        let used: std::collections::BTreeSet<char> = all.iter().flat_map(|it| it.chars()).collect();
        assert_eq!(used.len(), CHARACTERS.len(), "every character is used");
    }
}

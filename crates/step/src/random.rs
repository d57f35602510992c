//! Passwords, from the kernel's randomness.

/// What a password is made of: no character that has a meaning in a shell, in CQL, in YAML or in a query.
const CHARACTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

/// Characters of a password: 43 of 57 are 250 bits. One of them is what Reaper signs its tokens with (`JWT_SECRET`), by HS256, which
/// takes 256 bits (RFC 7518, 3.2): 3.8 decodes it as Base64, where 43 characters are 32 bytes, and needs no padding; 4.0 and later take
/// the characters themselves, and refuse less than 32.
const LENGTH: usize = 43;

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

    #[test]
    fn a_password_is_a_key_of_reaper() {
        let bits = LENGTH * 6;
        assert!(LENGTH >= 32 && bits / 8 >= 32, "256 bits, as they are and decoded");
        assert_ne!(LENGTH % 4, 1, "Base64 never has one character more than whole groups");
        assert!(CHARACTERS.iter().all(u8::is_ascii_alphanumeric), "they are characters of Base64");
    }
}

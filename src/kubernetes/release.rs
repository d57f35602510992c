//! Kubernetes minors that the output is made for. Called by the checks and by the resolver.

use std::{fmt, str::FromStr};

use cassc_ring::release::plain_number;
use thiserror::Error;

/// The oldest supported minor of Kubernetes 1.
pub const OLDEST: KubernetesMinor = KubernetesMinor(32);
/// The newest minor of Kubernetes 1 whose schemas the output was checked against.
pub const NEWEST: KubernetesMinor = KubernetesMinor(37);

/// A supported minor of Kubernetes 1, between [`OLDEST`] and [`NEWEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesMinor(u32);

/// Why a text is not a supported Kubernetes version.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KubernetesReleaseError {
    /// Not `1.32`, `v1.32`, `1.32.4` or `v1.32.4-suffix`.
    #[error("`{0}` is not a Kubernetes version; write two numbers, such as {NEWEST}")]
    NotAVersion(String),
    /// Older than the oldest supported minor.
    #[error("Kubernetes {0} is too old; the oldest supported one is {OLDEST}")]
    TooOld(String),
    /// Newer than the newest minor that cassc was checked against.
    #[error("Kubernetes {0} is newer than this cassc; the newest supported one is {NEWEST}")]
    TooNew(String),
}

impl KubernetesMinor {
    /// The number behind `1.`.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for KubernetesMinor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "1.{}", self.0)
    }
}

impl FromStr for KubernetesMinor {
    type Err = KubernetesReleaseError;

    /// Reads `1.32`, `v1.32`, `1.32.4` and what a vendor's API server reports, such as `v1.32.4-gke.1236007`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (major, minor) = parse(text).ok_or_else(|| KubernetesReleaseError::NotAVersion(text.to_owned()))?;
        match (major, Self(minor)) {
            (0, _) => Err(KubernetesReleaseError::TooOld(text.to_owned())),
            (1, release) if release < OLDEST => Err(KubernetesReleaseError::TooOld(text.to_owned())),
            (1, release) if release <= NEWEST => Ok(release),
            _ => Err(KubernetesReleaseError::TooNew(text.to_owned())),
        }
    }
}

/// Major and minor; a third number may follow, and a vendor's suffix only behind that.
fn parse(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
    let (major, minor) = (plain_number(numbers.next()?)?, plain_number(numbers.next()?)?);
    if let Some(patch) = numbers.next() {
        plain_number(patch.split(['-', '+']).next()?)?;
    }
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_spelling_is_read() {
        for text in ["1.32", "v1.32", "1.32.4", "v1.32.4", "v1.32.4-gke.1236007", "v1.32.4+k3s1"] {
            assert_eq!(text.parse(), Ok(OLDEST), "{text}");
        }
        assert_eq!("1.37".parse(), Ok(NEWEST));
    }

    #[test]
    fn other_texts_are_refused_with_their_reason() {
        use KubernetesReleaseError::{NotAVersion, TooNew, TooOld};
        for text in ["", "1", "v", "1.x", "1.32.", "1.32.x", "vv1.32", "1.32-gke", "latest", "1.032"] {
            assert_eq!(text.parse::<KubernetesMinor>(), Err(NotAVersion(text.into())), "{text}");
        }
        assert_eq!("1.31.9".parse::<KubernetesMinor>(), Err(TooOld("1.31.9".into())));
        assert_eq!("1.38".parse::<KubernetesMinor>(), Err(TooNew("1.38".into())));
        assert_eq!("2.0".parse::<KubernetesMinor>(), Err(TooNew("2.0".into())));
    }
}

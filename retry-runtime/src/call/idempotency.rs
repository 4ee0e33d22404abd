//! A key that is the same in all attempts of one call.

use core::fmt;
use core::str::FromStr;
use std::sync::{Arc, OnceLock};

use crate::random;

/// A key that is the same in all attempts of one call and different in every other call: a random UUID
/// (version 4), whose bits come from the operating system.
///
/// `Display` and `FromStr` use the usual text of a UUID. With the feature `uuid-1` it converts into a
/// `uuid::Uuid`. It can be sent to a task:
///
/// ```
/// # #[cfg(feature = "tokio")] {
/// use retry_runtime::{IdempotencyKey, retry_on};
///
/// #[retry_on(_, attempt = tries)]
/// async fn order() -> Result<IdempotencyKey, String> {
///     let sent = tokio::spawn(async move { tries.idempotency_key() });
///     sent.await.map_err(|error| error.to_string())
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let key = order().await.unwrap();
/// assert_eq!(key.to_string().parse(), Ok(key));
/// # });
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey([u8; 16]);

impl IdempotencyKey {
    /// Returns a key that no other call has.
    fn random() -> Self {
        let mut bytes = [0; 16];
        if getrandom::fill(&mut bytes).is_err() {
            // The standard library has random numbers from the start of the thread.
            let random = || random::entropy().to_le_bytes();
            bytes = [random(), random()].as_flattened().try_into().unwrap_or(bytes);
        }
        // Version and variant.
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        Self(bytes)
    }

    /// Returns the 16 bytes of the UUID.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if GROUPS.contains(&at) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

/// The bytes before which the text has a hyphen.
const GROUPS: [usize; 4] = [4, 6, 8, 10];

impl FromStr for IdempotencyKey {
    type Err = ParseIdempotencyKeyError;

    fn from_str(text: &str) -> Result<Self, ParseIdempotencyKeyError> {
        let (mut bytes, mut rest) = ([0; 16], text);
        for (at, byte) in bytes.iter_mut().enumerate() {
            if GROUPS.contains(&at) {
                rest = rest.strip_prefix('-').ok_or(ParseIdempotencyKeyError(()))?;
            }
            let (digits, after) = rest.split_at_checked(2).ok_or(ParseIdempotencyKeyError(()))?;
            // A sign is no digit.
            let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            *byte = u8::from_str_radix(digits, 16)
                .ok()
                .filter(|_| is_hex)
                .ok_or(ParseIdempotencyKeyError(()))?;
            rest = after;
        }
        if rest.is_empty() { Ok(Self(bytes)) } else { Err(ParseIdempotencyKeyError(())) }
    }
}

/// A text is not an [`IdempotencyKey`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an idempotency key: expected a UUID such as 67e55044-10b1-426f-9247-bb680e5fe0c8")]
pub struct ParseIdempotencyKeyError(());

#[cfg(feature = "uuid-1")]
impl From<IdempotencyKey> for uuid::Uuid {
    fn from(key: IdempotencyKey) -> Self {
        Self::from_bytes(key.0)
    }
}

/// The key of a call, once it is drawn. Clones are of the same call.
#[derive(Clone, Debug, Default)]
pub struct Identity(Arc<OnceLock<IdempotencyKey>>);

impl Identity {
    /// The identity of another call.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The key, which is drawn at the first use.
    pub(super) fn key(&self) -> IdempotencyKey {
        self.0.get_or_init(IdempotencyKey::random).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

    #[test]
    fn a_key_is_written_and_read_as_a_uuid() {
        let key: Option<IdempotencyKey> = TEXT.parse().ok();
        let upper: Option<IdempotencyKey> = TEXT.to_uppercase().parse().ok();
        assert_eq!(key.as_ref().map(ToString::to_string).as_deref(), Some(TEXT));
        assert_eq!(key, upper);
    }

    #[test]
    fn nothing_else_is_read() {
        let others = [
            "",
            "67e55044",
            "67e5504410b1426f9247bb680e5fe0c8",
            "67e55044-10b1-426f-9247-bb680e5fe0c",
            "67e55044-10b1-426f-9247-bb680e5fe0c8a",
            "67e55044-10b1-426f-9247-bb680e5fe0cg",
            "+7e55044-10b1-426f-9247-bb680e5fe0c8",
            "67e55044x10b1-426f-9247-bb680e5fe0c8",
            "ü67e5504-10b1-426f-9247-bb680e5fe0c8",
        ];
        for text in others {
            assert_eq!(text.parse::<IdempotencyKey>(), Err(ParseIdempotencyKeyError(())), "{text}");
        }
    }

    #[test]
    fn a_random_key_is_of_version_4() {
        for _ in 0..100 {
            let text = IdempotencyKey::random().to_string();
            assert_eq!(text.len(), TEXT.len());
            assert_eq!(text.as_bytes().get(14), Some(&b'4'), "{text}");
            assert!(text.get(19..20).is_some_and(|digit| "89ab".contains(digit)), "{text}");
        }
    }

    #[test]
    #[cfg(feature = "uuid-1")]
    fn a_key_is_the_uuid_of_the_same_text() {
        let key = IdempotencyKey::random();
        assert_eq!(uuid::Uuid::from(key.clone()).to_string(), key.to_string());
    }
}

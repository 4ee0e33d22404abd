//! Types whose values are words, in attributes, configuration files and logs.

/// Gives an enum its words: `as_str`, `Display` and `FromStr`, and serde's traits.
macro_rules! words {
    ($type:ident { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word for it, as in attributes, configuration files and logs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl core::str::FromStr for $type {
            type Err = $crate::words::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::words::UnknownWord::new(text, &[$($word),+])),
                }
            }
        }

        $crate::words::serde_words!($type);
    };
}
pub(crate) use words;

/// Read and written as its word.
#[cfg(feature = "serde")]
macro_rules! serde_words {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

#[cfg(not(feature = "serde"))]
macro_rules! serde_words {
    ($type:ident) => {};
}
pub(crate) use serde_words;

/// A word that is not one of those of its type.
///
/// ```
/// use retry_runtime::Jitter;
///
/// let error = "ful".parse::<Jitter>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`ful` is not one of `full`, `equal`, `decorrelated`, `none`",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not one of `{}`", word.escape_debug(), expected.join("`, `"))]
pub struct UnknownWord {
    word: String,
    expected: &'static [&'static str],
}

impl UnknownWord {
    pub(crate) fn new(word: &str, expected: &'static [&'static str]) -> Self {
        const LONGEST: usize = 40;
        Self { word: word.chars().take(LONGEST).collect(), expected }
    }

    /// The words that would be right.
    #[must_use]
    pub fn expected(&self) -> &'static [&'static str] {
        self.expected
    }
}

//! A policy as text: the fields of a configuration file, and settings from outside.
//!
//! Every setting has one text form. A number or a boolean is read as the text that it is written as, so
//! TOML, JSON, YAML and variables of the environment need no rules of their own.

mod duration;

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;
use core::time::Duration;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decide::backoff::Backoff;
use crate::decide::jitter::Jitter;
use crate::policy::builder::{BudgetSetting, MaxAttempts, PolicyBuilder, every_setting};
use crate::policy::{LogLevel, NestedRetries, Policy};

macro_rules! written {
    ($($name:ident: $type:ty,)*) => {
        /// The settings of a builder, as they are written.
        #[derive(Default, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, rename = "retry policy")]
        struct Written {
            $(
                #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "read")]
                $name: Option<Field<$type>>,
            )*
        }

        impl From<Written> for PolicyBuilder {
            fn from(written: Written) -> Self {
                Self { $($name: written.$name.map(|field| field.0),)* observer: None }
            }
        }

        impl From<PolicyBuilder> for Written {
            fn from(builder: PolicyBuilder) -> Self {
                Self { $($name: builder.$name.map(Field),)* }
            }
        }

        impl PolicyBuilder {
            /// The settings that are set, with their values as text.
            #[cfg_attr(not(feature = "overrides"), expect(dead_code, reason = "for its log"))]
            pub(crate) fn written(&self) -> Vec<(&'static str, String)> {
                let all = [$((stringify!($name), self.$name.as_ref().map(Setting::text)),)*];
                all.into_iter().filter_map(|(key, text)| Some((key, text?))).collect()
            }
        }
    };
}
every_setting!(written);

/// The fields are the methods of the builder: `max` (a number or `"none"`), `delay` (`"200ms"`), ..
impl<'de> Deserialize<'de> for PolicyBuilder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Written::deserialize(deserializer).map(Self::from)
    }
}

/// Only what is set. A custom backoff and a shared budget are written as `"custom"` and `"shared"`,
/// which cannot be read back; an observer is left out.
impl Serialize for PolicyBuilder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::from(self.clone()).serialize(serializer)
    }
}

/// As [`PolicyBuilder`], and valid.
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PolicyBuilder::deserialize(deserializer)?.try_build().map_err(D::Error::custom)
    }
}

/// As [`PolicyBuilder`].
impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_builder().serialize(serializer)
    }
}

/// The value of a setting.
trait Setting: Sized {
    /// What a value is, for messages.
    const EXPECTED: &'static str;

    fn parse(text: &str) -> Option<Self>;

    fn text(&self) -> String;

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl Setting for Duration {
    const EXPECTED: &'static str = "a duration up to a year, such as \"200ms\" or \"1m 30s\"";

    fn parse(text: &str) -> Option<Self> {
        duration::parse(text).ok()
    }

    fn text(&self) -> String {
        duration_as_text(*self)
    }
}

/// `1m 30s`, as it can be read again.
fn duration_as_text(duration: Duration) -> String {
    const UNITS: [(&str, u128); 7] = [
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];
    let mut rest = duration.as_nanos();
    let mut parts = Vec::new();
    for (unit, nanos) in UNITS {
        if rest >= nanos {
            parts.push(format!("{}{unit}", rest / nanos));
            rest %= nanos;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

impl Setting for MaxAttempts {
    const EXPECTED: &'static str = "a number of attempts from 1 to 4294967295, or \"none\"";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            _ => text.parse().ok().map(Self::Attempts),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Attempts(attempts) => attempts.to_string(),
        }
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Attempts(attempts) => serializer.serialize_u32(*attempts),
        }
    }
}

impl Setting for BudgetSetting {
    const EXPECTED: &'static str = "a number of tokens from 10 upwards, or \"none\"";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "none" => Some(Self::None),
            _ => text.parse().ok().map(Self::Tokens),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Tokens(tokens) => tokens.to_string(),
            Self::Shared(_) => "shared".to_owned(),
        }
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Tokens(tokens) => serializer.serialize_u32(*tokens),
            Self::None | Self::Shared(_) => serializer.serialize_str(&self.text()),
        }
    }
}

impl Setting for f64 {
    const EXPECTED: &'static str = "a number from 1 upwards";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(*self)
    }
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }
}

/// A setting whose values are words.
macro_rules! word {
    ($type:ty, $expected:literal, $text:expr) => {
        impl Setting for $type {
            const EXPECTED: &'static str = $expected;

            fn parse(text: &str) -> Option<Self> {
                Self::from_str(text).ok()
            }

            fn text(&self) -> String {
                ($text)(self).to_owned()
            }
        }
    };
}

word!(Jitter, "\"full\", \"equal\", \"decorrelated\" or \"none\"", |jitter: &Jitter| jitter
    .as_str());
word!(NestedRetries, "\"warn\", \"allow\" or \"inner\"", |nested: &NestedRetries| nested.as_str());
word!(LogLevel, "\"error\", \"warn\", \"info\", \"debug\" or \"off\"", |level: &LogLevel| level
    .as_str());
word!(Backoff, "\"exponential\", \"linear\" or \"fibonacci\"", |backoff: &Backoff| backoff
    .word()
    .unwrap_or("custom"));

/// A setting in serde's traits.
struct Field<T>(T);

impl<T: Setting> Serialize for Field<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// Also of a format that does not know options, such as pairs of texts.
fn read<'de, T: Setting, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Field<T>>, D::Error> {
    deserializer.deserialize_any(Scalar(PhantomData)).map(|value| value.map(Field))
}

/// Reads any scalar as its text.
struct Scalar<T>(PhantomData<T>);

impl<T: Setting> Scalar<T> {
    fn read<E: Error>(self, text: &str, found: Unexpected<'_>) -> Result<Option<T>, E> {
        T::parse(text).map(Some).ok_or_else(|| E::invalid_value(found, &self))
    }
}

impl<T: Setting> Visitor<'_> for Scalar<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        self.read(text, Unexpected::Str(text))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<T>, E> {
        self.read(&value.to_string(), Unexpected::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<T>, E> {
        self.read(&value.to_string(), Unexpected::Signed(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<T>, E> {
        self.read(&value.to_string(), Unexpected::Unsigned(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<T>, E> {
        self.read(&value.to_string(), Unexpected::Float(value))
    }
}

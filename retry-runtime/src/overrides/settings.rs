//! The settings that can be changed from outside.

use core::fmt;
use core::time::Duration;

use serde::de::{Deserializer, Unexpected, Visitor};

use crate::decide::jitter::Jitter;
use crate::policy::{Policy, PolicyError};

/// Settings that replace those of a function. What is not set here stays as the function sets it.
///
/// ```
/// use retry_runtime::overrides::{self, Settings};
/// use std::time::Duration;
///
/// # #[retry_runtime::retry_on(_, name = "bills::send")]
/// # fn send() -> Result<(), String> { Ok(()) }
/// overrides::set("bills::*", Settings::new().max(5).delay(Duration::from_millis(50)))?;
/// # overrides::unset("bills::*");
/// # Ok::<(), overrides::OverridesError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub(super) enabled: Option<bool>,
    #[serde(default, deserialize_with = "attempts")]
    pub(super) max: Option<u32>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) delay: Option<Duration>,
    #[serde(default, deserialize_with = "factor")]
    pub(super) factor: Option<f64>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) max_delay: Option<Duration>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) max_hint: Option<Duration>,
    #[serde(default, deserialize_with = "jitter")]
    pub(super) jitter: Option<Jitter>,
    #[serde(default, deserialize_with = "duration")]
    pub(super) deadline: Option<Duration>,
    #[serde(default, deserialize_with = "budget")]
    pub(super) budget: Option<BudgetSetting>,
}

/// The smallest bucket: it pays for one retry after a timeout.
const FEWEST_TOKENS: u32 = 10;

/// The budget that pays for the retries of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BudgetSetting {
    /// No budget: there is no limit.
    None,
    /// A bucket with this many tokens for each function.
    Tokens(u32),
}

impl Settings {
    /// Creates settings that change nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether errors are retried.
    #[must_use]
    pub const fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = Some(enabled);
        self
    }

    /// Sets the number of attempts in total, including the first.
    #[must_use]
    pub const fn max(mut self, attempts: u32) -> Self {
        self.max = Some(attempts);
        self
    }

    /// Sets the delay before the first retry, without jitter.
    #[must_use]
    pub const fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Sets the growth of the delay per retry, from 1 upwards.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        self.factor = Some(factor);
        self
    }

    /// Sets the cap of each delay.
    #[must_use]
    pub const fn max_delay(mut self, max_delay: Duration) -> Self {
        self.max_delay = Some(max_delay);
        self
    }

    /// Sets the longest wait that a server can ask for; a longer one ends the call.
    #[must_use]
    pub const fn max_hint(mut self, max_hint: Duration) -> Self {
        self.max_hint = Some(max_hint);
        self
    }

    /// Sets how a delay is randomized.
    #[must_use]
    pub const fn jitter(mut self, jitter: Jitter) -> Self {
        self.jitter = Some(jitter);
        self
    }

    /// Sets the time limit of the whole call. If the function has no deadline of its own, the time is
    /// counted from the end of the first attempt, because the clock was not read before.
    #[must_use]
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Sets the number of tokens for each function, from 10 upwards. A retry takes 5 tokens, or 10 after
    /// a timeout; 5 tokens come back every 30 seconds, as in [`Budget::new`](crate::Budget::new).
    #[must_use]
    pub const fn budget(mut self, tokens: u32) -> Self {
        self.budget = Some(BudgetSetting::Tokens(tokens));
        self
    }

    /// Removes the budget: any number of calls may retry at the same time.
    #[must_use]
    pub const fn without_budget(mut self) -> Self {
        self.budget = Some(BudgetSetting::None);
        self
    }

    /// Returns only whether errors are retried.
    pub(super) fn switch(&self) -> Self {
        Self { enabled: self.enabled, ..Self::default() }
    }

    /// Returns the policy with these settings.
    pub(super) fn applied(&self, policy: &Policy) -> Result<Policy, PolicyError> {
        if *self == Self::default() {
            return Ok(*policy);
        }
        let mut builder = policy.to_builder();
        if let Some(max) = self.max {
            builder = builder.max(max);
        }
        if let Some(delay) = self.delay {
            builder = builder.delay(delay);
        }
        if let Some(factor) = self.factor {
            builder = builder.factor(factor);
        }
        if let Some(max_delay) = self.max_delay {
            builder = builder.max_delay(max_delay);
        }
        if let Some(max_hint) = self.max_hint {
            builder = builder.max_hint(max_hint);
        }
        if let Some(jitter) = self.jitter {
            builder = builder.jitter(jitter);
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        let mut applied = builder.build()?;
        applied.is_enabled = self.enabled.unwrap_or(policy.is_enabled);
        Ok(applied)
    }

    /// Returns the keys that are set, with their values as text.
    pub(super) fn written(&self) -> Vec<(&'static str, String)> {
        let time = |time: Duration| format!("{time:?}");
        let budget = |budget| match budget {
            BudgetSetting::None => "none".to_owned(),
            BudgetSetting::Tokens(tokens) => tokens.to_string(),
        };
        [
            ("enabled", self.enabled.map(|enabled| enabled.to_string())),
            ("max", self.max.map(|max| max.to_string())),
            ("delay", self.delay.map(time)),
            ("factor", self.factor.map(|factor| factor.to_string())),
            ("max_delay", self.max_delay.map(time)),
            ("max_hint", self.max_hint.map(time)),
            ("jitter", self.jitter.map(|jitter| format!("{jitter:?}").to_lowercase())),
            ("deadline", self.deadline.map(time)),
            ("budget", self.budget.map(budget)),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
    }

    /// Fills what is not set here from `other`.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            enabled: self.enabled.or(other.enabled),
            max: self.max.or(other.max),
            delay: self.delay.or(other.delay),
            factor: self.factor.or(other.factor),
            max_delay: self.max_delay.or(other.max_delay),
            max_hint: self.max_hint.or(other.max_hint),
            jitter: self.jitter.or(other.jitter),
            deadline: self.deadline.or(other.deadline),
            budget: self.budget.or(other.budget),
        }
    }
}

/// The longest duration that is accepted; a longer one is probably a mistake.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// Parses a number and a unit, such as `200ms` or `1m 30s`.
fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    struct Written;
    impl Visitor<'_> for Written {
        type Value = Duration;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a duration, such as \"200ms\" or \"1s 500ms\"")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Duration, E> {
            let duration = humantime::parse_duration(text)
                .map_err(|error| E::custom(format!("\"{text}\" is not a duration: {error}")))?;
            if duration > LONGEST {
                return Err(E::custom(format!("\"{text}\" is longer than a year")));
            }
            Ok(duration)
        }
    }
    deserializer.deserialize_any(Written).map(Some)
}

fn attempts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    struct Written;
    impl Visitor<'_> for Written {
        type Value = u32;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a number of attempts from 1 to {}", u32::MAX)
        }

        fn visit_i64<E: serde::de::Error>(self, attempts: i64) -> Result<u32, E> {
            u32::try_from(attempts)
                .map_err(|_| E::invalid_value(Unexpected::Signed(attempts), &self))
        }
    }
    deserializer.deserialize_any(Written).map(Some)
}

fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    struct Written;
    impl Visitor<'_> for Written {
        type Value = f64;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number from 1 upwards")
        }

        fn visit_f64<E: serde::de::Error>(self, factor: f64) -> Result<f64, E> {
            Ok(factor)
        }

        #[expect(clippy::cast_precision_loss, reason = "a factor this large needs no precision")]
        fn visit_i64<E: serde::de::Error>(self, factor: i64) -> Result<f64, E> {
            Ok(factor as f64)
        }
    }
    deserializer.deserialize_any(Written).map(Some)
}

fn jitter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Jitter>, D::Error> {
    struct Written;
    impl Visitor<'_> for Written {
        type Value = Jitter;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("\"full\", \"equal\", \"decorrelated\" or \"none\"")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Jitter, E> {
            match text {
                "full" => Ok(Jitter::Full),
                "equal" => Ok(Jitter::Equal),
                "decorrelated" => Ok(Jitter::Decorrelated),
                "none" => Ok(Jitter::None),
                _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
            }
        }
    }
    deserializer.deserialize_any(Written).map(Some)
}

fn budget<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BudgetSetting>, D::Error> {
    struct Written;
    impl Visitor<'_> for Written {
        type Value = BudgetSetting;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "a number of tokens from {FEWEST_TOKENS} upwards, or \"none\"")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<BudgetSetting, E> {
            match text {
                "none" => Ok(BudgetSetting::None),
                _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
            }
        }

        fn visit_i64<E: serde::de::Error>(self, tokens: i64) -> Result<BudgetSetting, E> {
            u32::try_from(tokens)
                .ok()
                .filter(|tokens| *tokens >= FEWEST_TOKENS)
                .map(BudgetSetting::Tokens)
                .ok_or_else(|| E::invalid_value(Unexpected::Signed(tokens), &self))
        }
    }
    deserializer.deserialize_any(Written).map(Some)
}

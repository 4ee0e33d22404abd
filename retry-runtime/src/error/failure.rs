//! A failed attempt: what the expansion found out about it, and what events report of it.

use core::time::Duration;

use crate::error::code::Code;
use crate::error::mask;
use crate::error::text::Text;
use crate::hint::Hint;

/// The classifier's answer: which selector a failed attempt matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No selector matched, or `unless` excluded the error.
    NotSelected,
    /// The selector with this index, from 0.
    Selector(usize),
    /// The attempt took longer than `timeout`.
    TimedOut,
    /// The attempt was cut at the deadline of the call.
    AtDeadline,
    /// The attempt returned a value that is a failure.
    Value,
    /// It succeeded with a value before the one that is polled for: no failure.
    NotYet,
}

/// What cut an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The attempt ended by itself.
    Nothing,
    /// It took longer than `timeout`.
    Timeout,
    /// It was still running at the deadline of the call.
    Deadline,
}

/// A failed attempt, as the expansion describes it.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Which selector matched.
    pub verdict: Verdict,
    /// The text of the error.
    pub text: Text<'a>,
    /// The name of the error's type.
    pub type_name: &'static str,
    /// The code and the request id that a service gave the error.
    pub code: Code<'a>,
    /// Whether the function says that the error is throttling.
    pub is_throttling: bool,
    /// How long the server asked to wait.
    pub hint: Option<Hint>,
    /// What is known of the selectors that did not match.
    pub missed: Missed,
}

/// Why no selector matched, as far as the types tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Missed {
    /// Whether `unless` matched, so that none was tested.
    pub is_excluded: bool,
    /// Whether one of them is the type of an error, or a variant.
    pub names_types: bool,
    /// One of these types, from which the error can be made, but which its chain does not contain.
    pub hidden: Option<&'static str>,
}

impl Missed {
    const NOTHING: Self = Self { is_excluded: false, names_types: false, hidden: None };
}

impl<'a> Failure<'a> {
    /// An error that no selector has matched yet.
    pub(crate) const fn new(text: Text<'a>, type_name: &'static str, code: Code<'a>) -> Self {
        let verdict = Verdict::NotSelected;
        let missed = Missed::NOTHING;
        Self { verdict, text, type_name, code, is_throttling: false, hint: None, missed }
    }

    /// Whether the error is one by which a service asks for fewer requests.
    pub(crate) fn is_throttling(&self) -> bool {
        self.is_throttling || self.code.is_throttling()
    }

    /// Whether the error is none of the types that the site names.
    pub(crate) const fn is_unmatched(&self) -> bool {
        matches!(self.verdict, Verdict::NotSelected)
            && self.missed.names_types
            && !self.missed.is_excluded
    }

    /// A value that is a failure.
    pub const VALUE: Failure<'static> = Failure {
        verdict: Verdict::Value,
        text: Text::Opaque("the value is not accepted"),
        type_name: "",
        code: Code { code: None, request_id: None },
        is_throttling: false,
        hint: None,
        missed: Missed::NOTHING,
    };

    /// A value before the one that is polled for.
    pub const NOT_YET: Failure<'static> =
        Failure { verdict: Verdict::NotYet, text: Text::Opaque("not yet"), ..Self::VALUE };

    /// The value of the field `error.type` in events.
    pub(crate) fn error_type(&self, selectors: &[&'static str]) -> &'static str {
        match self.verdict {
            Verdict::NotSelected => "_OTHER",
            Verdict::Selector(index) => selectors.get(index).copied().unwrap_or("_OTHER"),
            Verdict::TimedOut | Verdict::AtDeadline => "timeout",
            Verdict::Value => "value",
            Verdict::NotYet => "not_yet",
        }
    }
}

/// The facts about a failed attempt that all events, records and hooks share; its texts are separate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Facts {
    /// The selector that matched, or a name such as `timeout`.
    pub(crate) error_type: &'static str,
    /// The name of the error's type.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) type_name: &'static str,
    /// The number of requests that a client made inside the attempt; 0 if the client does not count them.
    pub(crate) requests: u32,
    /// How long the server asked to wait.
    #[cfg_attr(feature = "serde", serde(rename = "hint_seconds", serialize_with = "as_seconds"))]
    pub(crate) hint: Option<Duration>,
}

#[cfg(feature = "serde")]
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn as_seconds<S: serde::Serializer>(
    hint: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&hint.map(|hint| hint.as_secs_f64()), serializer)
}

impl Facts {
    /// What only some failures have, for tables: each with its title.
    #[cfg(feature = "support-case")]
    pub(crate) fn columns(&self) -> [(&'static str, Option<String>); 2] {
        [
            ("requests", (self.requests > 0).then(|| self.requests.to_string())),
            ("asked to wait", self.hint.map(|hint| format!("{} s", hint.as_secs_f64()))),
        ]
    }
}

/// The getters of [`Facts`], for all types that show a failure: events, owned events, hooks. They have
/// a method `facts`.
macro_rules! getters_of_facts {
    () => {
        /// Returns the number of requests in the attempt, if the client counts them
        /// (`aws::CountRequests`).
        #[must_use]
        pub fn requests(&self) -> Option<u32> {
            self.facts().map(|facts| facts.requests).filter(|requests| *requests > 0)
        }

        /// Returns how long the server asked to wait, if it did.
        #[must_use]
        pub fn hint(&self) -> Option<::core::time::Duration> {
            self.facts()?.hint
        }
    };
}
pub(crate) use getters_of_facts;

/// A failed attempt with its texts, which borrow from the error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt<'a> {
    pub(crate) facts: Facts,
    pub(crate) text: Text<'a>,
    pub(crate) code: Code<'a>,
}

impl<'a> FailedAttempt<'a> {
    /// Describes a failed attempt of a function with these selectors.
    pub(crate) fn new(failure: &Failure<'a>, selectors: &[&'static str], requests: u32) -> Self {
        let error_type = failure.error_type(selectors);
        let hint = failure.hint.map(Hint::wait);
        let facts = Facts { error_type, type_name: failure.type_name, requests, hint };
        Self { facts, text: failure.text, code: failure.code }
    }
}

/// A failed attempt with its texts as copies, which outlives its error.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct FailureRecord {
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub(crate) facts: Facts,
    pub(crate) error: String,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl FailureRecord {
    /// Returns the attempt as events report it.
    pub(crate) fn attempt(&self) -> FailedAttempt<'_> {
        FailedAttempt {
            facts: self.facts,
            text: Text::Shown(&self.error),
            code: Code { code: self.code.as_deref(), request_id: self.request_id.as_deref() },
        }
    }
}

impl From<&FailedAttempt<'_>> for FailureRecord {
    fn from(failed: &FailedAttempt<'_>) -> Self {
        Self {
            facts: failed.facts,
            error: failed.text.to_string(),
            code: failed.code.code.map(shown),
            request_id: failed.code.request_id.map(shown),
        }
    }
}

/// Returns what is shown of a short text from elsewhere that is not the text of an error: a code, a
/// request id, a path.
pub(crate) fn shown(text: &str) -> String {
    mask::shown(&text, mask::LONGEST)
}

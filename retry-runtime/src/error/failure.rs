//! A failed attempt: what the expansion found out about it, and what is told of it.

use core::time::Duration;

use crate::error::code::Code;
use crate::error::text::Text;

/// Which selector a failed attempt matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None, or `unless` did.
    NotSelected,
    /// This one, counted from 0.
    Selector(usize),
    /// It took too long.
    TimedOut,
    /// It succeeded with a value that is not accepted.
    Value,
}

/// A failed attempt, as the expansion describes it.
#[derive(Clone, Copy, Debug)]
pub struct Failure<'a> {
    /// Which selector matched.
    pub verdict: Verdict,
    /// Its text.
    pub text: Text<'a>,
    /// The name of the error's type.
    pub type_name: &'static str,
    /// What a service said of it.
    pub code: Code<'a>,
    /// How long the server asked to wait.
    pub hint: Option<Duration>,
}

impl<'a> Failure<'a> {
    /// An error that nothing has selected yet.
    pub(crate) const fn new(text: Text<'a>, type_name: &'static str, code: Code<'a>) -> Self {
        Self { verdict: Verdict::NotSelected, text, type_name, code, hint: None }
    }

    /// A value that is not accepted.
    pub const VALUE: Failure<'static> = Failure {
        verdict: Verdict::Value,
        text: Text::Opaque("the value is not accepted"),
        type_name: "",
        code: Code { code: None, request_id: None },
        hint: None,
    };

    pub(crate) fn error_type(&self, selectors: &[&'static str]) -> &'static str {
        match self.verdict {
            Verdict::NotSelected => "_OTHER",
            Verdict::Selector(index) => selectors.get(index).copied().unwrap_or("_OTHER"),
            Verdict::TimedOut => "timeout",
            Verdict::Value => "ok",
        }
    }
}

/// What is known of a failed attempt besides its texts: the same for everybody who is told.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct Facts {
    /// The selector that matched, or a word for it.
    pub(crate) error_type: &'static str,
    /// The name of the error's type.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) type_name: &'static str,
    /// What a client requested inside the attempt, where the client counts; else 0.
    pub(crate) requests: u32,
}

/// A failed attempt, with its texts as the error gives them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FailedAttempt<'a> {
    pub(crate) facts: Facts,
    pub(crate) text: Text<'a>,
    pub(crate) code: Code<'a>,
}

impl<'a> FailedAttempt<'a> {
    /// The attempt of a function with these selectors.
    pub(crate) fn new(failure: &Failure<'a>, selectors: &[&'static str], requests: u32) -> Self {
        let error_type = failure.error_type(selectors);
        let facts = Facts { error_type, type_name: failure.type_name, requests };
        Self { facts, text: failure.text, code: failure.code }
    }
}

/// A failed attempt that outlives its error.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(crate) struct FailureRecord {
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub(crate) facts: Facts,
    pub(crate) error: String,
    pub(crate) code: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl FailureRecord {
    /// The attempt, as it was.
    pub(crate) fn attempt(&self) -> FailedAttempt<'_> {
        FailedAttempt {
            facts: self.facts,
            text: Text::Display(&self.error),
            code: Code { code: self.code.as_deref(), request_id: self.request_id.as_deref() },
        }
    }
}

impl From<&FailedAttempt<'_>> for FailureRecord {
    fn from(failed: &FailedAttempt<'_>) -> Self {
        Self {
            facts: failed.facts,
            error: failed.text.to_string(),
            code: failed.code.code.map(str::to_owned),
            request_id: failed.code.request_id.map(str::to_owned),
        }
    }
}

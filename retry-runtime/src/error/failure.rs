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

/// What is told of a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) error_type: &'static str,
    pub(crate) text: Text<'a>,
    #[cfg_attr(not(feature = "support-case"), expect(dead_code, reason = "read for support"))]
    pub(crate) type_name: &'static str,
    pub(crate) code: Code<'a>,
    /// What a client requested inside the attempt, where the client counts; else 0.
    pub(crate) requests: u32,
}

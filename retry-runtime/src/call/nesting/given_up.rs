//! The errors with which calls inside an attempt gave up.

use crate::error::failure::{Failure, Verdict};
use crate::error::seen::SeenError;

/// How many different errors of one attempt are kept.
const KEPT: usize = 32;

/// The errors with which calls inside an attempt gave up, each once.
#[derive(Debug, Default)]
pub(crate) struct GivenUp {
    errors: Vec<SeenError>,
    /// Whether there were more than are kept.
    are_more: bool,
}

impl GivenUp {
    /// Whether the attempt failed with one of them, or with an error that wraps one. If not, the body
    /// has dealt with them, and the error is its own.
    pub(super) fn are_told_by(&self, failure: &Failure<'_>) -> bool {
        // An attempt that is cut off returns the error of none of its calls.
        let is_cut = matches!(failure.verdict, Verdict::TimedOut | Verdict::AtDeadline);
        if is_cut || self.errors.is_empty() {
            return false;
        }
        let outer = SeenError::outer(failure);
        self.are_more || self.errors.iter().any(|inner| outer.tells(inner))
    }

    pub(super) fn append(&mut self, other: Self) {
        self.are_more |= other.are_more;
        self.extend(other.errors);
    }
}

impl Extend<SeenError> for GivenUp {
    fn extend<I: IntoIterator<Item = SeenError>>(&mut self, errors: I) {
        for error in errors {
            if self.errors.contains(&error) {
                continue;
            }
            if self.errors.len() == KEPT {
                self.are_more = true;
                return;
            }
            self.errors.push(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::code::Code;
    use crate::error::text::Text;

    fn failed<R>(text: &str, ask: impl FnOnce(&Failure<'_>) -> R) -> R {
        ask(&Failure::new(Text::Display(&text), "", Code::default()))
    }

    fn gave_up(number: u32) -> SeenError {
        failed(&format!("busy #{number}."), SeenError::of)
    }

    #[test]
    fn one_of_many_is_known_again() {
        let mut all = GivenUp::default();
        all.extend((0..20).map(gave_up));
        let is_told = |number| failed(&format!("busy #{number}."), |it| all.are_told_by(it));
        assert!((0..20).all(is_told));
        assert!(!is_told(20));
    }

    #[test]
    fn the_same_error_is_kept_once() {
        let mut all = GivenUp::default();
        for _ in 0..100 {
            all.extend((0..3).map(gave_up));
        }
        assert_eq!((all.errors.len(), all.are_more), (3, false));
    }

    /// Where not all are known, an error may be any of them.
    #[test]
    fn of_too_many_any_error_may_be_one() {
        let (mut all, mut others) = (GivenUp::default(), GivenUp::default());
        all.extend((0..20).map(gave_up));
        others.extend((20..1_000).map(gave_up));
        assert_eq!(others.errors.len(), KEPT);
        assert!(failed("another", |it| others.are_told_by(it)));
        all.append(others);
        assert_eq!(all.errors.len(), KEPT);
        assert!(failed("another", |it| all.are_told_by(it)));
        let is_told_by_timeout =
            |it: &Failure<'_>| all.are_told_by(&Failure { verdict: Verdict::TimedOut, ..*it });
        assert!(!failed("busy #1.", is_told_by_timeout));
    }

    #[test]
    fn none_is_told_where_none_gave_up() {
        assert!(!failed("busy", |it| GivenUp::default().are_told_by(it)));
    }
}

//! Recognizes an error by its text: in the error that wraps it, or in one of its sources.

use core::fmt::{self, Write};
use core::iter::successors;

use crate::error::chain::LONGEST_CHAIN;
use crate::error::failure::{Failure, Verdict};
use crate::error::text::Text;

/// An error that was returned by a call, as far as it is compared with another one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SeenError {
    form: Form,
    /// The texts of the error and of its sources, with `": "` between them.
    text: String,
    /// Where its own text ends, before those of its sources.
    own_end: usize,
    /// Where the text of its last source starts.
    last: usize,
}

/// What there is to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// Not an error but a value, which is not looked at.
    Value,
    Display,
    Debug,
    Nothing,
}

impl SeenError {
    /// How much is compared of an error.
    const LONGEST: usize = 1_024;
    /// How much is searched of the error that may wrap it.
    const LONGEST_OUTER: usize = 8 * Self::LONGEST;

    /// The error of a call that gave up.
    pub(crate) fn of(failure: &Failure<'_>) -> Self {
        Self::read(failure, Self::LONGEST)
    }

    /// The error of the attempt around such calls.
    pub(crate) fn outer(failure: &Failure<'_>) -> Self {
        Self::read(failure, Self::LONGEST_OUTER)
    }

    fn read(failure: &Failure<'_>, longest: usize) -> Self {
        let mut text = Beginning { text: String::new(), longest };
        let (mut own_end, mut last) = (None, 0);
        if matches!(failure.verdict, Verdict::Value | Verdict::NotYet) {
            return Self { form: Form::Value, text: text.text, own_end: 0, last };
        }
        let form = match failure.text {
            Text::Chain(_) | Text::Display(_) | Text::Shown(_) => Form::Display,
            Text::Debug(_) => Form::Debug,
            Text::Opaque(_) => Form::Nothing,
        };
        // What does not fit is left out.
        let _ = match failure.text {
            Text::Chain(error) => {
                let _ = write!(text, "{error}");
                own_end = Some(text.text.len());
                let sources = successors(error.source(), |&link| link.source());
                sources.take(LONGEST_CHAIN).try_for_each(|source| {
                    text.write_str(": ")?;
                    last = text.text.len();
                    let _ = write!(text, "{source}");
                    Ok(())
                })
            }
            Text::Display(error) => write!(text, "{error}"),
            Text::Debug(error) => write!(text, "{error:?}"),
            Text::Shown(error) => text.write_str(error),
            Text::Opaque(_) => Ok(()),
        };
        Self { form, own_end: own_end.unwrap_or(text.text.len()), text: text.text, last }
    }

    /// Whether this can be the other error, one that wraps it, or a source of it. If there is nothing
    /// to compare, it can.
    pub(crate) fn tells(&self, inner: &Self) -> bool {
        match (self.form, inner.form) {
            (Form::Value, _) | (_, Form::Value) => self.form == inner.form,
            (Form::Display, Form::Display) | (Form::Debug, Form::Debug) => self.tells_text(inner),
            _ => true,
        }
    }

    fn tells_text(&self, inner: &Self) -> bool {
        let is_wrapped = self.text.contains(&inner.text);
        // In a text of its own, which shows no sources.
        let is_told = || self.text[self.last..].contains(&inner.text[..inner.own_end]);
        let is_source = || {
            let before = inner.text.strip_suffix(&self.text);
            before.is_some_and(|before| before.is_empty() || before.ends_with(": "))
        };
        is_wrapped || is_told() || is_source()
    }
}

/// Takes as much as fits, and then an error.
struct Beginning {
    text: String,
    longest: usize,
}

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut end = text.len().min(self.longest - self.text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(&text[..end]);
        if end == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use core::cell::Cell;
    use core::error::Error;
    use core::fmt::{Debug, Display};

    use super::*;
    use crate::error::code::Code;
    use crate::error::text::tests::chain;

    fn failure(text: Text<'_>) -> Failure<'_> {
        Failure::new(text, "", Code::default())
    }

    fn tells(outer: Text<'_>, inner: Text<'_>) -> bool {
        SeenError::outer(&failure(outer)).tells(&SeenError::of(&failure(inner)))
    }

    fn chain_tells(outer: &[&str], inner: &[&str]) -> bool {
        tells(Text::Chain(&chain(outer)), Text::Chain(&chain(inner)))
    }

    #[test]
    fn an_error_is_known_again() {
        assert!(chain_tells(&["busy"], &["busy"]));
        assert!(chain_tells(&["busy", "call 3"], &["busy", "call 3"]));
        assert!(!chain_tells(&["busy", "call 4"], &["busy", "call 3"]));
        assert!(!chain_tells(&["gone", "call 3"], &["busy", "call 3"]));
    }

    #[test]
    fn an_error_is_known_again_where_it_is_wrapped() {
        assert!(chain_tells(&["no page", "busy", "call 3"], &["busy", "call 3"]));
        assert!(chain_tells(&["no page", "no line", "busy"], &["busy"]));
        assert!(!chain_tells(&["no page", "busy", "call 4"], &["busy", "call 3"]));
    }

    #[test]
    fn an_error_is_known_again_in_a_text() {
        assert!(chain_tells(&["no page: busy!"], &["busy", "call 3"]));
        assert!(chain_tells(&["no page", "no line: busy"], &["busy", "call 3"]));
        assert!(!chain_tells(&["no page: busy", "call 4"], &["busy", "call 3"]));
    }

    #[test]
    fn an_error_is_known_again_where_it_was_unwrapped() {
        assert!(chain_tells(&["busy", "call 3"], &["no page", "busy", "call 3"]));
        assert!(chain_tells(&["call 3"], &["no page", "busy", "call 3"]));
        assert!(!chain_tells(&["busy"], &["no page", "busy", "call 3"]));
        assert!(!chain_tells(&["3"], &["no page", "busy", "call 3"]));
    }

    #[test]
    fn without_a_text_nothing_tells_them_apart() {
        let silent = Text::Opaque("Silent");
        assert!(tells(silent, Text::Display(&"busy")));
        assert!(tells(Text::Display(&"busy"), silent));
        assert!(tells(Text::Display(&"busy"), Text::Debug(&"busy")));
        assert!(tells(Text::Display(&"busy"), Text::Display(&"")));
        assert!(tells(Text::Debug(&Some(3)), Text::Debug(&3)));
        assert!(!tells(Text::Debug(&Some(3)), Text::Debug(&4)));
    }

    #[test]
    fn a_value_is_no_error() {
        let (value, error) = (SeenError::of(&Failure::VALUE), failure(Text::Display(&"")));
        let error = SeenError::of(&error);
        assert!(value.tells(&SeenError::of(&Failure::NOT_YET)));
        assert!(!value.tells(&error));
        assert!(!error.tells(&value));
    }

    /// Counts how much of it is asked for.
    struct Endless<'a>(&'a Cell<usize>);

    impl Display for Endless<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            loop {
                self.0.set(self.0.get() + 1);
                f.write_str("é 123456")?;
            }
        }
    }

    impl Debug for Endless<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            Display::fmt(self, f)
        }
    }

    impl Error for Endless<'_> {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&fmt::Error)
        }
    }

    #[test]
    fn of_an_endless_text_the_beginning_is_read() {
        let asked = Cell::new(0);
        let endless = Endless(&asked);
        for text in [Text::Chain(&endless), Text::Display(&endless), Text::Debug(&endless)] {
            let (outer, inner) = (SeenError::outer(&failure(text)), SeenError::of(&failure(text)));
            assert!(outer.tells(&inner));
            assert!(inner.text.len() <= SeenError::LONGEST);
        }
        let pieces = (SeenError::LONGEST + SeenError::LONGEST_OUTER) / "é 123456".len();
        assert!(asked.get() <= 3 * (pieces + 4), "{}", asked.get());
    }

    /// Where the context is longer than what is kept of the error itself.
    #[test]
    fn a_long_error_is_known_again() {
        let long = "x y".repeat(10_000);
        assert!(chain_tells(&["no page", &long, "busy"], &[&long, "busy"]));
        assert!(chain_tells(&[&"no page ".repeat(500), "busy"], &["busy"]));
        assert!(!chain_tells(&["busy"], &[&long]));
    }
}

//! The text of an error, for events.

use core::error::Error;
use core::fmt::{self, Debug, Display, Write};

use crate::error::chain::LONGEST_CHAIN;
use crate::error::mask::{self, Masking};

/// The text of an error, in the best form that its type offers.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    /// The texts of an error and of its chain.
    Chain(&'a (dyn Error + 'a)),
    /// The text of an error without a chain.
    Display(&'a dyn Display),
    /// The `Debug` text of an error that does not implement `Display`.
    Debug(&'a dyn Debug),
    /// The name of the type of an error without any text.
    Opaque(&'static str),
    /// A text that was shown before.
    Shown(&'a str),
}

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Writes the text with all sources on one line: `service error: InternalServerException: try again`.
///
/// This is the only way out for texts that come from elsewhere: credentials are masked, control
/// characters and invisible ones are escaped, so that a text cannot forge a line of the log, and a
/// long text is cut at 4 KiB, with its length. A source whose text its parent already ends with is
/// not repeated. See [`Masking`] for how much is masked.
impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Text::Shown(text) => f.write_str(text),
            Text::Chain(_) | Text::Display(_) | Text::Debug(_)
                if mask::masking() == Masking::Texts =>
            {
                f.write_str(mask::MASKED)
            }
            other => f.write_str(&mask::shown(&Raw(*other), mask::LONGEST)),
        }
    }
}

/// The text as the error gives it.
struct Raw<'a>(Text<'a>);

impl Display for Raw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Text::Chain(error) => chain(error, f),
            Text::Display(text) => write!(f, "{text}"),
            Text::Debug(text) => write!(f, "{text:?}"),
            Text::Opaque(text) | Text::Shown(text) => f.write_str(text),
        }
    }
}

fn chain(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut written = Tail { f, end: String::new() };
    // An error whose `fmt` fails is written as far as it comes.
    let _ = write!(written, "{error}");
    for source in core::iter::successors(error.source(), |&link| link.source()).take(LONGEST_CHAIN)
    {
        let mut text = Short { text: String::new(), is_whole: true };
        let _ = write!(text, "{source}");
        if !(text.is_whole && written.end.ends_with(&text.text)) {
            written.write_str(": ")?;
            let _ = write!(written, "{source}");
        }
    }
    Ok(())
}

/// Remembers the end of what is written.
struct Tail<'f, 'b> {
    f: &'f mut fmt::Formatter<'b>,
    end: String,
}

impl Tail<'_, '_> {
    /// A source is compared with at most so many bytes of its parent's text.
    const LONGEST: usize = 1_024;
}

impl Write for Tail<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.end.push_str(text);
        if self.end.len() > 2 * Self::LONGEST {
            let mut start = self.end.len() - Self::LONGEST;
            while !self.end.is_char_boundary(start) {
                start += 1;
            }
            self.end.drain(..start);
        }
        self.f.write_str(text)
    }
}

/// A text that is short enough to be compared.
struct Short {
    text: String,
    is_whole: bool,
}

impl Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.text.len() + text.len() > Tail::LONGEST {
            self.is_whole = false;
            return Err(fmt::Error);
        }
        self.text.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    pub(in crate::error) struct Link {
        text: String,
        source: Option<Box<Link>>,
    }

    /// An error with these texts, each the source of the one before.
    pub(in crate::error) fn chain(texts: &[&str]) -> Link {
        let [text, rest @ ..] = texts else { unreachable!() };
        let source = (!rest.is_empty()).then(|| Box::new(chain(rest)));
        Link { text: (*text).to_owned(), source }
    }

    fn shown(texts: &[&str]) -> String {
        Text::Chain(&chain(texts)).to_string()
    }

    #[test]
    fn a_source_that_the_text_ends_with_is_not_repeated() {
        assert_eq!(shown(&["cannot read: busy", "busy"]), "cannot read: busy");
        assert_eq!(shown(&["cannot read", "busy", "busy"]), "cannot read: busy");
        assert_eq!(shown(&["busy", "at all"]), "busy: at all");
    }

    #[test]
    fn a_source_of_any_length_is_shown() {
        let long = "x ".repeat(700);
        assert_eq!(shown(&["it failed", &long]), format!("it failed: {long}"));
    }

    #[test]
    fn no_text_is_longer_than_four_kilobytes_and_its_length() {
        let endless = "ab \u{1b}".repeat(1_000_000);
        let text = shown(&["it failed", &endless]);
        assert!(text.len() < mask::LONGEST + 50, "{}", text.len());
        assert!(text.ends_with(" bytes)"), "{text}");
        assert_eq!(shown(&["again"; 100]), "again");
    }

    #[test]
    fn a_text_that_was_shown_is_shown_as_it_is() {
        let once = shown(&["it failed", &"ab \u{1b}".repeat(10_000)]);
        assert_eq!(Text::Shown(&once).to_string(), once);
    }

    #[test]
    fn credentials_are_masked_and_invisible_letters_escaped() {
        let text = shown(&["password=hunter2\nINFO all is well", "\u{202e}evil\u{200b}"]);
        assert!(
            !text.contains("hunter2") && !text.contains(['\n', '\u{202e}', '\u{200b}']),
            "{text}"
        );
    }
}

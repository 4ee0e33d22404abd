//! The text of an error, for events.

use core::error::Error;
use core::fmt::{self, Debug, Display, Write};

use crate::error::chain::LONGEST_CHAIN;

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
}

impl Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// Writes the text with all sources on one line: `service error: InternalServerException: try again`.
///
/// Control characters are escaped, so that an error's text cannot forge a line of the log. A
/// source whose text its parent already ends with is not repeated.
impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Text::Chain(error) => chain(*error),
            Text::Display(text) => printed(format_args!("{text}")),
            Text::Debug(text) => printed(format_args!("{text:?}")),
            Text::Opaque(name) => (*name).to_owned(),
        };
        for character in text.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

fn chain(error: &dyn Error) -> String {
    let mut text = printed(format_args!("{error}"));
    for source in core::iter::successors(error.source(), |&link| link.source()).take(LONGEST_CHAIN)
    {
        let source = printed(format_args!("{source}"));
        if !text.ends_with(&source) {
            text.push_str(": ");
            text.push_str(&source);
        }
    }
    text
}

/// Returns the part that could be formatted. Does not panic if the error's `fmt` fails.
fn printed(text: fmt::Arguments<'_>) -> String {
    let mut printed = String::new();
    let _ = printed.write_fmt(text);
    printed
}

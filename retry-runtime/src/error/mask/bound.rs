//! Texts of a bounded length, made without ever holding a longer one.

use super::{MASKED, escape, secrets};
use core::fmt::{self, Display, Write};

/// How many bytes of a text leave the process.
pub(crate) const LONGEST: usize = 4_096;

/// How many more are read. A secret that the end of what is read cuts in two might not be known as
/// one, so that what is within this distance of the end is not shown.
const MARGIN: usize = 1_024;

/// What is shown of a text: without secrets, escaped, and not much longer than `longest` bytes.
pub(crate) fn shown(text: &dyn Display, longest: usize) -> String {
    let mut kept =
        Beginning { text: String::new(), longest: longest.saturating_add(MARGIN), length: 0 };
    // A text that ends in an error is shown as far as it came.
    let _ = write!(kept, "{text}");
    let window = Window { text: &kept.text, length: kept.length };
    window.shown(longest)
}

/// Keeps the beginning of what is written, and its length.
struct Beginning {
    text: String,
    longest: usize,
    length: usize,
}

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Once a piece did not fit, nothing that follows it does.
        if self.text.len() == self.length {
            self.text.push_str(beginning(text, self.longest - self.text.len()));
        }
        self.length = self.length.saturating_add(text.len());
        Ok(())
    }
}

/// The beginning of a text.
struct Window<'t> {
    text: &'t str,
    /// Of the whole text.
    length: usize,
}

impl Window<'_> {
    fn shown(&self, longest: usize) -> String {
        let is_whole = self.text.len() == self.length;
        let end = if is_whole { self.length } else { self.text.len().saturating_sub(MARGIN) };
        let mut shown = String::new();
        let mut start = 0;
        let mut fits = true;
        for secret in secrets(self.text) {
            if secret.start >= end || !fits {
                break;
            }
            fits = pushed(&mut shown, &self.text[start..secret.start], longest, escape::push)
                && pushed(&mut shown, MASKED, longest, String::push);
            start = secret.end;
        }
        let rest = &self.text[start..];
        let rest = beginning(rest, end.saturating_sub(start));
        if !(fits && pushed(&mut shown, rest, longest, escape::push) && is_whole) {
            // Writing to a `String` does not fail.
            let _ = write!(shown, "… ({} bytes)", self.length);
        }
        shown
    }
}

/// Whether all of it fits. What does not is left out from there on.
fn pushed(shown: &mut String, text: &str, longest: usize, push: fn(&mut String, char)) -> bool {
    if text == MASKED && shown.len() + text.len() > longest {
        return false;
    }
    for letter in text.chars() {
        let fitted = shown.len();
        push(shown, letter);
        if shown.len() > longest {
            shown.truncate(fitted);
            return false;
        }
    }
    true
}

/// The longest beginning of at most so many bytes.
fn beginning(text: &str, longest: usize) -> &str {
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

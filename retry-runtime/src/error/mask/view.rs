//! A text as the rules read it: without what the eye does not see, and percent-decoded.

use core::ops::Range;
use std::borrow::Cow;
#[cfg(test)]
use std::cell::Cell;

use super::MASKED;
use super::escape::is_hidden;

#[cfg(test)]
std::thread_local! {
    /// How many letters this thread has looked at.
    pub(super) static LOOKS: Cell<usize> = const { Cell::new(0) };
}

/// The letters of a text. Zero-width letters, control characters and ANSI codes are left out, percent
/// encoding is decoded up to twice, and each letter knows where it came from.
pub(super) struct View<'t> {
    letters: Cow<'t, [u8]>,
    /// None for a plain text, which is read as it is.
    origins: Option<Vec<Origin>>,
}

#[derive(Clone, Copy)]
struct Origin {
    start: usize,
    end: usize,
    /// How often it was percent-encoded.
    level: u8,
}

impl<'t> View<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let is_plain = |byte: u8| {
            matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t') && !b"%\\".contains(&byte)
        };
        let (letters, origins) = if text.bytes().all(is_plain) {
            (Cow::Borrowed(text.as_bytes()), None)
        } else {
            let (letters, origins) = Decoder::new(text).decoded();
            (Cow::Owned(letters), Some(origins))
        };
        Self { letters, origins }
    }

    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    /// A letter; 0 before the first and after the last.
    pub(super) fn at(&self, index: usize) -> u8 {
        #[cfg(test)]
        LOOKS.set(LOOKS.get() + 1);
        self.letters.get(index).copied().unwrap_or(0)
    }

    /// The letter before this one.
    pub(super) fn before(&self, index: usize) -> u8 {
        index.checked_sub(1).map_or(0, |index| self.at(index))
    }

    /// How often this letter is percent-encoded.
    pub(super) fn level(&self, index: usize) -> u8 {
        let origin = self.origins.as_ref().and_then(|origins| origins.get(index));
        origin.map_or(0, |origin| origin.level)
    }

    /// Where a run of such letters ends, `limit` letters on at the latest.
    pub(super) fn run(&self, from: usize, limit: usize, is_in: impl Fn(u8) -> bool) -> usize {
        let end = from.saturating_add(limit).min(self.len());
        (from..end).find(|index| !is_in(self.at(*index))).unwrap_or(end.max(from))
    }

    /// The end of this word at this place. Upper and lower case are the same, except in letters that
    /// the word has in upper case.
    pub(super) fn after(&self, from: usize, word: &str) -> Option<usize> {
        let is_there = word.bytes().enumerate().all(|(index, letter)| {
            let found = self.at(from + index);
            found == letter || letter.is_ascii_lowercase() && found.to_ascii_lowercase() == letter
        });
        is_there.then_some(from + word.len())
    }

    /// As [`after`](Self::after), with upper and lower case as in the word.
    pub(super) fn after_exactly(&self, from: usize, word: &str) -> Option<usize> {
        let mut letters = word.bytes().enumerate();
        letters.all(|(index, letter)| self.at(from + index) == letter).then_some(from + word.len())
    }

    /// The place in the text.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let Some(origins) = &self.origins else { return range.clone() };
        let start = origins.get(range.start).map_or(0, |origin| origin.start);
        let last = range.end.checked_sub(1).and_then(|last| origins.get(last));
        start..last.map_or(start, |origin| origin.end)
    }
}

struct Decoder<'t> {
    text: &'t str,
    letters: Vec<u8>,
    origins: Vec<Origin>,
}

impl<'t> Decoder<'t> {
    fn new(text: &'t str) -> Self {
        let letters = Vec::with_capacity(text.len());
        Self { text, letters, origins: Vec::with_capacity(text.len()) }
    }

    fn decoded(mut self) -> (Vec<u8>, Vec<Origin>) {
        let mut start = 0;
        while let Some(letter) = self.text.get(start..).and_then(|rest| rest.chars().next()) {
            let after = start + letter.len_utf8();
            start = match letter {
                '%' => self.percent(start),
                '\\' => self.backslash(start),
                '\u{1b}' => after_ansi_code(self.text.as_bytes(), after),
                letter => {
                    self.push(letter, Origin { start, end: after, level: 0 });
                    after
                }
            };
        }
        (self.letters, self.origins)
    }

    fn push(&mut self, letter: char, origin: Origin) {
        let folded = match letter {
            '\n' | '\r' | '\t' => letter,
            '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
            letter if letter.is_control() || is_hidden(letter) => return,
            letter if letter.is_whitespace() => ' ',
            // Full-width forms of ASCII.
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
            letter => letter,
        };
        for byte in folded.encode_utf8(&mut [0; 4]).bytes() {
            self.letters.push(byte);
            self.origins.push(origin);
        }
    }

    /// `%3D`, `%253D`.
    fn percent(&mut self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (letter, end, level) = match hexadecimal(bytes, start + 1) {
            None => (b'%', start + 1, 0),
            Some(b'%') => match hexadecimal(bytes, start + 3) {
                None => (b'%', start + 3, 1),
                Some(letter) => (letter, start + 5, 2),
            },
            Some(letter) => (letter, start + 3, 1),
        };
        let is_hidden = letter < b' ' && !b"\n\r\t".contains(&letter) || letter == 0x7f;
        if !is_hidden {
            self.letters.push(letter);
            self.origins.push(Origin { start, end, level });
        }
        end
    }

    /// Hidden letters as Rust's debug form writes them: `\u{200b}`, `\u{1b}[0m`, `\x1b[0m`.
    fn backslash(&mut self, start: usize) -> usize {
        let rest = &self.text.as_bytes()[start..];
        if rest.starts_with(br"\x1b") || rest.starts_with(br"\x1B") {
            return after_ansi_code(self.text.as_bytes(), start + 4);
        }
        if rest.starts_with(br"\u{") {
            let digits = rest[3..].iter().take(6).take_while(|it| it.is_ascii_hexdigit()).count();
            let end = start + 3 + digits;
            let number = self.text.get(start + 3..end).unwrap_or_default();
            let letter = u32::from_str_radix(number, 16).ok().and_then(char::from_u32);
            match letter {
                Some('\u{1b}') if rest.get(3 + digits) == Some(&b'}') => {
                    return after_ansi_code(self.text.as_bytes(), end + 1);
                }
                Some(letter)
                    if rest.get(3 + digits) == Some(&b'}')
                        && (letter.is_control() || is_hidden(letter)) =>
                {
                    return end + 1;
                }
                _ => {}
            }
        }
        // A line break in Rust's debug form ends a line, but no value that has no blanks.
        if let Some(b'n' | b'r' | b't') = rest.get(1) {
            self.push('\n', Origin { start, end: start + 2, level: 1 });
            return start + 2;
        }
        self.push('\\', Origin { start, end: start + 1, level: 0 });
        start + 1
    }
}

fn hexadecimal(bytes: &[u8], start: usize) -> Option<u8> {
    let digit = |index: usize| bytes.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    u8::try_from(digit(start)? * 16 + digit(start + 1)?).ok()
}

/// The end of an ANSI code, from what follows its ESC, such as `[31m`. What is in other codes
/// (titles, links) is read like any text.
fn after_ansi_code(bytes: &[u8], start: usize) -> usize {
    let Some((b'[', code)) = bytes.get(start..).and_then(<[u8]>::split_first) else { return start };
    // What stands for a secret is not one.
    if bytes[start..].starts_with(MASKED.as_bytes()) {
        return start;
    }
    let parameters = code.iter().take_while(|byte| matches!(byte, b' '..=b'?')).count();
    match code.get(parameters) {
        Some(b'A'..=b'Z' | b'a'..=b'z') => start + parameters + 2,
        _ => start,
    }
}

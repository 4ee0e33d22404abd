//! Where a secret ends: in quotes, in a list, in a block of YAML or XML, bare.

use core::ops::Range;

use super::MASKED;
use super::view::View;

/// How much of a text that may not be a secret is read before it is left alone.
pub(super) const NEAR: usize = 64;

/// What may follow a name.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Extent {
    /// One word.
    Word,
    /// All up to the end of the clause: a passphrase has blanks.
    Clause,
    /// All up to the end of the line: cookies have `;` and `,`.
    Line,
}

/// Words by which a text is a sentence and not a secret.
const PROSE: &[&str] = &[
    "is",
    "isn't",
    "are",
    "was",
    "were",
    "be",
    "been",
    "must",
    "has",
    "have",
    "had",
    "not",
    "cannot",
    "can't",
    "could",
    "does",
    "doesn't",
    "did",
    "should",
    "will",
    "may",
    "required",
    "expired",
    "invalid",
    "incorrect",
    "missing",
    "failed",
    "failure",
    "denied",
    "wrong",
    "empty",
    "unknown",
    "mismatch",
    "provided",
    "rejected",
    "expected",
    "unexpected",
    "disabled",
    "found",
    "unable",
    "unauthorized",
    "forbidden",
    "revoked",
    "null",
    "none",
    "nil",
    "true",
    "false",
    "undefined",
    "error",
    "no",
    "yes",
    "too",
    "unsupported",
    "malformed",
    "policy",
    "refresh",
    "refreshing",
];

/// Where values without quotes end. A closing bracket at the end is not part of them either.
fn ends_word(letter: u8) -> bool {
    matches!(
        letter,
        0 | b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b',' | b';' | b'&' | b'<' | b'>'
    )
}

pub(super) fn is_blank(letter: u8) -> bool {
    matches!(letter, b' ' | b'\t')
}

pub(super) fn is_space(letter: u8) -> bool {
    matches!(letter, b' ' | b'\t' | b'\n' | b'\r')
}

pub(super) fn is_quote(letter: u8) -> bool {
    matches!(letter, b'"' | b'\'' | b'`')
}

/// After a quote at this place; where none is, the place.
pub(super) fn unquoted(view: &View<'_>, start: usize) -> usize {
    quote(view, start).map_or(start, |quote| quote.content)
}

/// Quotes, with the backslashes before them: the place after them, and what closes them.
#[derive(Clone, Copy)]
pub(super) struct Quote {
    pub(super) content: usize,
    letter: u8,
    backslashes: usize,
}

/// A quote at this place.
pub(super) fn quote(view: &View<'_>, start: usize) -> Option<Quote> {
    let end = view.run(start, NEAR, |letter| letter == b'\\');
    let letter = view.at(end);
    is_quote(letter).then_some(Quote { content: end + 1, letter, backslashes: end - start })
}

/// Up to the quote that closes; up to the end where none does.
pub(super) fn quoted(view: &View<'_>, quote: Quote) -> Range<usize> {
    let mut backslashes = 0;
    let mut index = quote.content;
    while index < view.len() {
        let letter = view.at(index);
        if letter == quote.letter {
            let closes = match quote.backslashes {
                0 => backslashes % 2 == 0,
                opening => backslashes <= opening,
            };
            if closes {
                // The backslashes before a closing quote belong to it.
                let own = quote.backslashes.min(backslashes);
                return quote.content..index - own;
            }
        }
        backslashes = if letter == b'\\' { backslashes + 1 } else { 0 };
        index += 1;
    }
    quote.content..index
}

/// The same, where the quote closes within so many letters.
pub(super) fn quoted_within(view: &View<'_>, quote: Quote, limit: usize) -> Option<Range<usize>> {
    let end = view.run(quote.content, limit, |letter| letter != quote.letter);
    let last = end.saturating_sub(quote.backslashes);
    let closes = view.at(end) == quote.letter
        && view.run(last, quote.backslashes, |letter| letter == b'\\') == end;
    (closes && last > quote.content).then_some(quote.content..last)
}

/// A value at this place, where it is clear that it is a secret (`password=..`): none where nothing
/// or a sentence follows. `level` is how often the sign before it is percent-encoded: an encoded `&`
/// ends only what an encoded `=` began.
pub(super) fn value(
    view: &View<'_>,
    start: usize,
    level: u8,
    extent: Extent,
) -> Option<Range<usize>> {
    let start = wrapped(view, view.run(start, NEAR, is_blank));
    let start = view.after(start, "&").filter(|_| level == 0).unwrap_or(start);
    if let Some(quote) = quote_of_any_kind(view, start) {
        return some(quoted(view, quote));
    }
    match view.at(start) {
        b'[' if view.after_exactly(start, MASKED).is_none() => list(view, start + 1, b']'),
        b'(' => list(view, start + 1, b')'),
        b'{' if is_object(view, start + 1) => None,
        b'{' => list(view, start + 1, b'}'),
        b'<' => in_angle_brackets(view, start),
        b'|' | b'>' => block(view, start),
        _ => bare(view, start, level, extent),
    }
}

/// Inside of `Some(`, `SecretString(`.
fn wrapped(view: &View<'_>, mut start: usize) -> usize {
    for _ in 0..4 {
        let end = view.run(start, NEAR, |letter| letter.is_ascii_alphabetic() || letter == b':');
        let is_wrapper = view.at(end) == b'('
            && end > start
            && (view.at(start).is_ascii_uppercase() || quote_of_any_kind(view, end + 1).is_some());
        if !is_wrapper {
            break;
        }
        start = end + 1;
    }
    start
}

/// `"`, `b"`, `r#"`, `br#"`.
fn quote_of_any_kind(view: &View<'_>, start: usize) -> Option<Quote> {
    let letters = view.run(start, 2, |letter| letter.is_ascii_alphabetic());
    quote(view, view.run(letters, 4, |letter| letter == b'#'))
}

/// Up to the bracket that closes, quotes and inner lists heeded.
fn list(view: &View<'_>, start: usize, closing: u8) -> Option<Range<usize>> {
    let opening = view.before(start);
    let (mut index, mut depth) = (start, 0_usize);
    while index < view.len() {
        match view.at(index) {
            b'"' | b'\'' => {
                let quote = Quote { content: index + 1, letter: view.at(index), backslashes: 0 };
                index = quoted(view, quote).end;
            }
            letter if letter == opening => depth += 1,
            letter if letter == closing && depth == 0 => break,
            letter if letter == closing => depth -= 1,
            _ => {}
        }
        index += 1;
    }
    some(start..index.min(view.len()))
}

/// Whether what is in these braces has names of its own: `{"user": ..`.
fn is_object(view: &View<'_>, start: usize) -> bool {
    let start = view.run(start, NEAR, is_space);
    quote(view, start).is_some_and(|quote| {
        let end = view.run(quote.content, NEAR, |letter| letter != quote.letter);
        view.at(view.run(end + 1, NEAR, is_space)) == b':'
    })
}

/// `<hunter2>`, but not the tag after a name.
fn in_angle_brackets(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    if view.after_exactly(start, "<![CDATA[").is_some() || view.at(start + 1) == b'/' {
        return None;
    }
    let end = view.run(start + 1, usize::MAX, |letter| !b"<>\"'\n\r".contains(&letter));
    some(start + 1..end)
}

/// A block of YAML: `|`, and then all lines that are indented.
fn block(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    let line = view.run(start + 1, 4, |letter| letter.is_ascii_digit() || b"+-".contains(&letter));
    let line = view.run(line, NEAR, |letter| is_blank(letter) || letter == b'\r');
    if view.at(line) != b'\n' {
        return bare(view, start, 0, Extent::Word);
    }
    let first = view.run(line + 1, NEAR, is_blank);
    if first == line + 1 {
        return None;
    }
    let mut end = first;
    loop {
        end = view.run(end, usize::MAX, |letter| letter != b'\n');
        let next = view.run(end, NEAR, |letter| letter == b'\n');
        if next == end || !is_blank(view.at(next)) {
            return some(first..end);
        }
        end = next;
    }
}

fn bare(view: &View<'_>, start: usize, level: u8, extent: Extent) -> Option<Range<usize>> {
    let word = word(view, start, level, extent);
    if extent == Extent::Word || word.is_empty() {
        return some(word);
    }
    let mut end = word.end;
    loop {
        let ends = match view.at(end) {
            0 | b'\n' | b'\r' | b'"' => true,
            b'\\' => is_quote(view.at(end + 1)),
            b',' | b';' | b'&' | b'<' | b'>' => extent == Extent::Clause,
            b'\'' => extent == Extent::Clause && !view.before(end).is_ascii_alphanumeric(),
            letter if is_blank(letter) && extent == Extent::Clause => {
                let next = view.run(end, usize::MAX, is_blank);
                // A name and its value, or what another rule masks.
                let name =
                    view.run(next, NEAR, |it| it.is_ascii_alphanumeric() || b"_-".contains(&it));
                let is_next = matches!(view.at(name), b'=' | b':')
                    || matches!(view.at(next), b'(' | b'{' | b'[' | b'|' | 0 | b'\n' | b'\r');
                if is_next {
                    true
                } else {
                    end = next;
                    false
                }
            }
            _ => false,
        };
        if ends {
            break;
        }
        end += 1;
    }
    some(start..trimmed(view, start, end))
}

/// One word, without the brackets that close after it.
fn word(view: &View<'_>, start: usize, level: u8, extent: Extent) -> Range<usize> {
    let mut end = start;
    loop {
        let letter = view.at(end);
        let ends_line = letter == b'\n' && extent != Extent::Word;
        let ends = ends_word(letter) || letter == b'\\' && is_quote(view.at(end + 1));
        if letter == 0 || ends_line || ends && view.level(end) <= level {
            return start..trimmed(view, start, end);
        }
        end += 1;
    }
}

fn trimmed(view: &View<'_>, start: usize, end: usize) -> usize {
    let mut end = end;
    while end > start && b")]} ".contains(&view.before(end)) {
        let is_masked =
            end >= start + MASKED.len() && view.after_exactly(end - MASKED.len(), MASKED).is_some();
        if is_masked {
            break;
        }
        end -= 1;
    }
    end
}

fn some(range: Range<usize>) -> Option<Range<usize>> {
    (!range.is_empty()).then_some(range)
}

/// Whether a value reads as a sentence, a number that counts or a placeholder.
pub(super) fn is_sentence(view: &View<'_>, start: usize) -> bool {
    let mut start = start;
    for number in 0..8 {
        let end = view.run(start, NEAR, |letter| !is_space(letter));
        let last = view.run(start, end - start, |it| it.is_ascii_alphabetic() || it == b'\'');
        if number == 0 && !is_of_letters(view, &(start..end)) {
            return false;
        }
        if PROSE.iter().any(|word| word.len() == last - start && view.after(start, word).is_some())
        {
            return true;
        }
        if !is_blank(view.at(end)) || b",;&|".contains(&view.before(end)) {
            break;
        }
        start = end + 1;
    }
    false
}

/// A word that does not read as one: `hunter2`, but neither `8` nor `base64`.
pub(super) fn in_prose(view: &View<'_>, start: usize) -> Option<Range<usize>> {
    const WORDS: &[&str] = &["base64", "sha256", "sha512", "utf-16", "argon2", "pbkdf2", "ascii85"];
    let mut end = view.run(start, NEAR, |letter| !ends_word(letter));
    while end > start && b".:!?)".contains(&view.before(end)) {
        end -= 1;
    }
    let digits = (start..end).filter(|index| view.at(*index).is_ascii_digit()).count();
    let letters = (start..end).filter(|index| view.at(*index).is_ascii_alphabetic()).count();
    let is_word = WORDS.iter().any(|word| view.after(start, word).is_some());
    let is_secret = if letters == 0 { digits >= 5 } else { digits > 0 && end - start >= 6 };
    (is_secret && !is_word).then_some(start..end)
}

/// A word of prose: letters, the first of them perhaps a capital, with what may follow a word.
pub(super) fn is_plain(view: &View<'_>, word: &Range<usize>) -> bool {
    let is_capital = |index: usize| view.at(index).is_ascii_uppercase();
    is_of_letters(view, word) && !(word.start + 1..word.end).any(is_capital)
}

fn is_of_letters(view: &View<'_>, word: &Range<usize>) -> bool {
    let letters = view.run(word.start, NEAR, |it| it.is_ascii_alphabetic() || b"'-".contains(&it));
    let rest = view.run(letters, 4, |letter| b".,:;!?)".contains(&letter));
    letters > word.start && rest >= word.end
}

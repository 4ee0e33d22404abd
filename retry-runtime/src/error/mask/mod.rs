//! What every text goes through before it leaves the process: secrets are masked, what forges or hides
//! is escaped, and the length is bounded.
//!
//! A text comes from outside, and it is looked at where a call fails. So the work is linear whatever
//! it contains: a rule reads on only where what it reads is masked, and is not read again; all other
//! looks ahead and back are bounded by a few letters. The tests count them.
//!
//! - `table`: needle → shape, for secrets that are known by their own letters or by what is around them.
//! - `names`: `password`, `api_key` and the like, and what follows them.
//! - `shapes`, `values`: how far a secret reaches.
//! - `view`: the text without ANSI codes and zero-width letters, percent-decoded.
//! - `escape`, `bound`: for the whole of the text.
//! - `masking`: what a program sets.

mod bound;
mod escape;
mod masking;
mod names;
mod shapes;
mod table;
mod values;
mod view;

#[cfg(test)]
mod tests;

use core::ops::Range;
use std::sync::LazyLock;

pub(crate) use bound::{LONGEST, shown};
pub(crate) use masking::masking;
pub use masking::{Masking, set_masking};
use shapes::Place;
use table::{ROWS, Row, Start};
use view::View;

/// What replaces a secret.
pub(crate) const MASKED: &str = "[masked]";

/// How often a text is looked through. Where a secret is masked, another may come to light.
const ROUNDS: usize = 4;

/// The text without secrets. Masked again, it stays as it is.
#[cfg(any(test, feature = "support-case"))]
pub(crate) fn masked(text: &str) -> std::borrow::Cow<'_, str> {
    use std::borrow::Cow;

    let secrets = secrets(text);
    if secrets.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(without(text, &secrets)) }
}

fn without(text: &str, secrets: &[Range<usize>]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        masked.push_str(&text[done..secret.start]);
        masked.push_str(MASKED);
        done = secret.end;
    }
    masked.push_str(&text[done..]);
    masked
}

/// Where the secrets of a text are, in their order. A text that always has more is masked as a whole.
fn secrets(text: &str) -> Vec<Range<usize>> {
    if masking() == Masking::Off {
        return Vec::new();
    }
    let mut secrets = found(&View::new(text));
    for _ in 1..ROUNDS {
        if secrets.is_empty() {
            return secrets;
        }
        let masked = without(text, &secrets);
        let mut more = found(&View::new(&masked));
        more.retain(|secret| &masked[secret.clone()] != MASKED);
        if more.is_empty() {
            return secrets;
        }
        secrets = joined(&secrets, &more);
    }
    core::iter::once(0..text.len()).collect()
}

/// The secrets, and those that were found in the text without them.
fn joined(secrets: &[Range<usize>], more: &[Range<usize>]) -> Vec<Range<usize>> {
    // Where the marks are.
    let mut marks = Vec::with_capacity(secrets.len());
    let (mut mark, mut done) = (0, 0);
    for secret in secrets {
        mark += secret.start - done;
        marks.push(mark);
        (mark, done) = (mark + MASKED.len(), secret.end);
    }
    let start = |at: usize| match marks.partition_point(|mark| *mark <= at).checked_sub(1) {
        None => at,
        Some(last) if at < marks[last] + MASKED.len() => secrets[last].start,
        Some(last) => secrets[last].end + (at - marks[last] - MASKED.len()),
    };
    let end = |at: usize| match marks.partition_point(|mark| *mark < at).checked_sub(1) {
        None => at,
        Some(last) => secrets[last].end + at.saturating_sub(marks[last] + MASKED.len()),
    };
    let mut all: Vec<_> = more.iter().map(|secret| start(secret.start)..end(secret.end)).collect();
    all.extend_from_slice(secrets);
    all.sort_unstable_by_key(|secret| (secret.start, secret.end));
    all.dedup_by(|next, last| {
        let is_in = next.start < last.end;
        if is_in {
            last.end = last.end.max(next.end);
        }
        is_in
    });
    all
}

/// The needles that begin with a letter.
type Needles = Vec<(&'static Row, &'static str)>;

static NEEDLES: LazyLock<[Needles; 128]> = LazyLock::new(|| {
    let begin = |first: u8, row: &Row, needle: &str| {
        let letter = needle.as_bytes().first().copied().unwrap_or_default();
        letter == first || row.start != Start::Token && letter == first.to_ascii_lowercase()
    };
    let needles =
        || ROWS.iter().flat_map(|row| row.needles.iter().map(move |needle| (row, *needle)));
    core::array::from_fn(|first| {
        let first = u8::try_from(first).unwrap_or_default();
        needles().filter(|(row, needle)| begin(first, row, needle)).collect()
    })
});

fn found(view: &View<'_>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Up to where the text is masked.
    let mut floor = 0;
    let mut index = 0;
    while index < view.len() {
        match at(view, index, floor) {
            Some(secret) => {
                floor = secret.end;
                index = secret.end.max(index + 1);
                found.push(view.source(&secret));
            }
            None => index += 1,
        }
    }
    found
}

/// The secret that begins here, or that what is here tells of.
fn at(view: &View<'_>, start: usize, floor: usize) -> Option<Range<usize>> {
    let (before, letter) = (view.before(start), view.at(start));
    let begins_word = !(before.is_ascii_alphanumeric() || before == b'_');
    let needles = NEEDLES.get(usize::from(letter)).map_or(&[][..], Vec::as_slice);
    let by_needle = needles.iter().find_map(|(row, needle)| {
        let end = match row.start {
            Start::Token => view.after_exactly(start, needle).filter(|_| begins_word),
            Start::Word => view.after(start, needle).filter(|_| begins_word),
            Start::Anywhere => view.after(start, needle),
        }?;
        (row.shape)(Place { view, start, end, floor })
    });
    by_needle
        .or_else(|| {
            let begins_name = names::is_in_name(letter) && !names::is_in_name(before);
            begins_name.then(|| names::secret(view, start)).flatten()
        })
        .or_else(|| {
            let is_in = |letter: u8| letter.is_ascii_alphanumeric() || b"/+".contains(&letter);
            (is_in(letter) && !is_in(before)).then(|| shapes::aws_secret_key(view, start)).flatten()
        })
        .filter(|secret| !secret.is_empty() && secret.start >= floor)
}

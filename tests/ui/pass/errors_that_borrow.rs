//! An error with a lifetime can be retried on as a whole, by itself, and by a predicate.
use retry_runtime::retry_on;

#[derive(Debug, PartialEq, thiserror::Error)]
enum ParseError<'a> {
    #[error("cannot parse {0}")]
    Line(&'a str),
    #[error("busy")]
    Busy,
}

#[retry_on(_, max = 3, delay = "0ms")]
fn read(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError::Line(line))
}

#[retry_on(ParseError<'_>, max = 3, delay = "0ms")]
fn read_itself<'a>(line: &'a str) -> Result<(), ParseError<'a>> {
    Err(ParseError::Line(line))
}

#[retry_on(ParseError::Busy, unless = |error| *error == ParseError::Line(""), delay = "0ms")]
fn read_variant(line: &str) -> Result<&str, ParseError<'_>> {
    if line.is_empty() { Err(ParseError::Busy) } else { Ok(line) }
}

#[retry_on(when = |error| error.is_empty(), delay = "0ms")]
fn read_text(line: &str) -> Result<(), &str> {
    Err(line)
}

fn main() {
    read("a").unwrap_err();
    read_itself("a").unwrap_err();
    read_variant("a").unwrap();
    read_text("a").unwrap_err();
}

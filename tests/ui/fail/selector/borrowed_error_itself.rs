// Believed that an error that borrows can be named.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("cannot parse {line}")]
struct ParseError<'a> {
    line: &'a str,
}

#[retry_on(ParseError<'_>, max = 3)]
fn read(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

#[retry_on(ParseError { line: "" }, max = 3)]
fn read_again(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

fn main() {}

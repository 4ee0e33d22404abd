// Believed that an error that borrows can be searched.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("cannot parse {line}")]
struct ParseError<'a> {
    line: &'a str,
}

#[retry_on(std::io::Error, max = 3)]
fn read(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

fn main() {}

// An error that borrows can be selected in every way if it does not implement `Error`.
use retry_runtime::retry_on;

#[derive(Debug)]
struct ParseError<'a> {
    line: &'a str,
}

#[retry_on(when = |error| error.line.is_empty(), max = 3, delay = "1ns")]
fn by_predicate(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

#[retry_on(_, max = 3, delay = "1ns")]
fn any(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

#[retry_on(ParseError { line: "" }, max = 3, delay = "1ns")]
fn by_pattern(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

#[retry_on(ParseError<'_>, max = 3, delay = "1ns")]
fn by_type(line: &str) -> Result<(), ParseError<'_>> {
    Err(ParseError { line })
}

fn main() {
    for call in [by_predicate, any, by_pattern, by_type] {
        assert!(call("").is_err());
    }
}

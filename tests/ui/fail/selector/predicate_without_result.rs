// Forgot what the predicate returns.
use retry_runtime::retry_on;

#[retry_on(when = is_transient, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: &std::io::Error) {}

#[retry_on(when = |_error| (), max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, unless = |error| error.kind(), max = 3)]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

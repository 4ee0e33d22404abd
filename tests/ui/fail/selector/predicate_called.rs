// Called the predicate instead of naming it.
use retry_runtime::retry_on;

#[retry_on(when = is_transient(), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(when = error.kind() == std::io::ErrorKind::TimedOut, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: &std::io::Error) -> bool {
    true
}

fn main() {}

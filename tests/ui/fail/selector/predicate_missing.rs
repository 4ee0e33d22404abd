// Misspelt the predicate.
use retry_runtime::retry_on;

#[retry_on(when = is_transeint, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: &std::io::Error) -> bool {
    true
}

#[retry_on(when = std::io::Error::is_transient, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

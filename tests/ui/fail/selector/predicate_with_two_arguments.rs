// Believed that a predicate gets the number of the attempt.
use retry_runtime::retry_on;

#[retry_on(when = is_transient, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: &std::io::Error, _attempt: u32) -> bool {
    true
}

#[retry_on(when = |_error, _attempt| true, max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Believed that a predicate gets the whole result.
use retry_runtime::retry_on;

#[retry_on(when = is_transient, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(result: &std::io::Result<()>) -> bool {
    result.is_err()
}

fn main() {}

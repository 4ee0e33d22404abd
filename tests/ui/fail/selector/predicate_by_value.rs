// Believed that a predicate gets the error itself.
use retry_runtime::retry_on;

#[retry_on(when = is_transient, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_transient(_: std::io::Error) -> bool {
    true
}

fn main() {}

// Believed that a call of a predicate is a selector.
use retry_runtime::retry_on;

#[retry_on(checks::is_busy(503), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(is_busy(503), max = 3)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

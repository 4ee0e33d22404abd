// Believed that a predicate is a selector.
use retry_runtime::retry_on;

#[retry_on(|error| true, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

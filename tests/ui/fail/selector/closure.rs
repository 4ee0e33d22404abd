// Believed that a predicate stands where a type stands.
use retry_runtime::retry_on;

#[retry_on(|error| true, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Believed that `unless` alone selects all other errors.
use retry_runtime::retry_on;

#[retry_on(unless = is_permanent)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_permanent(_: &std::io::Error) -> bool {
    true
}

fn main() {}

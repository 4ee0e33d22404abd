// Believed that a guard serves several types.
use retry_runtime::retry_on;

#[retry_on(std::io::Error | std::fmt::Error if is_monday(), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn is_monday() -> bool {
    true
}

fn main() {}

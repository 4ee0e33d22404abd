// Believed that a number is found in any error.
use retry_runtime::retry_on;

#[retry_on(i32, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Believed that the compiler can wait.
use retry_runtime::retry_on;

#[retry_on(u8, max = 3)]
const fn read() -> Result<(), u8> {
    Ok(())
}

fn main() {}

// Believed that the compiler can wait.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 3)]
const fn read() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {}

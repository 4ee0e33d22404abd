// Believed that `dyn Error` names every error.
use retry_runtime::retry_on;

#[retry_on(dyn std::error::Error, max = 3)]
fn read() -> Result<(), Box<dyn std::error::Error>> {
    Ok(())
}

fn main() {}

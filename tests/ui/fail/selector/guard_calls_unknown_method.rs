// Believed that the error says whether it is transient.
use retry_runtime::retry_on;

#[retry_on(error: std::io::Error if error.is_transient(), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

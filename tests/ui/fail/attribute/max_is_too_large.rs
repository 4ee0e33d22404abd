// Wanted attempts without end.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 99_999_999_999)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

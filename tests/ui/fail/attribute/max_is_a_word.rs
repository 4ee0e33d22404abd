// Believed that there is a word for attempts without end.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = infinite)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

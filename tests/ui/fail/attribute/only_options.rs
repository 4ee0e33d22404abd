// Believed that options without an error mean every error.
use retry_runtime::retry_on;

#[retry_on(max = 3, delay = "50ms")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

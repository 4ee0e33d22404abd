// Believed that a predicate may wait.
use retry_runtime::retry_on;

#[retry_on(when = is_transient, max = 3)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

async fn is_transient(_: &std::io::Error) -> bool {
    true
}

fn main() {}

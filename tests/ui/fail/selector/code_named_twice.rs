// Named a code twice.
use retry_runtime::retry_on;

#[retry_on("SlowDown", "Throttling" | "SlowDown", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

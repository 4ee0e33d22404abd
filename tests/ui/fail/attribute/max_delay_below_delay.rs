// Mixed up the cap and the first delay.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = "2s", max_delay = "500ms")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

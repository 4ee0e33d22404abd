// Believed that a second attribute under another name is something else.
use retry_runtime::retry_on;
use retry_runtime::retry_on as again;

#[retry_on(_)]
#[again(_)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

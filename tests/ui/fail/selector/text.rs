// Believed that the code of an error can be named.
use retry_runtime::retry_on;

#[retry_on("SlowDown", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

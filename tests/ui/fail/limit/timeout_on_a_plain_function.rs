// Believed that a plain function can be interrupted.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, timeout = "1s")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = "1s", timeout = none)]
fn read_to_the_end() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

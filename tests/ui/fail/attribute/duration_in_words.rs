// Was not in a hurry.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, delay = "soon")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, delay = "1 minute 30 seconds")]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Meant to switch a limit off.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, timeout = None)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = none)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

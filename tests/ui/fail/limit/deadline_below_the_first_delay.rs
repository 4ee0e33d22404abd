// Left no time for a retry.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, deadline = "50ms", jitter = none)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = "1s", delay = "3s", jitter = equal)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = "1s", delay = "2s", jitter = decorrelated)]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, deadline = "100ms", jitter = none)]
fn read_at_the_deadline() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

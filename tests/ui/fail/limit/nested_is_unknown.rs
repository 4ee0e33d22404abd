// Guessed how retries inside retries are treated.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, nested = "never")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, nested = iner)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, nested = "outer")]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, nested = none)]
fn read_the_last_time() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

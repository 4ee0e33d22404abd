// Guessed a kind of jitter.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, jitter = gaussian)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, jitter = ful)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, jitter = Full)]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Forgot what the predicate returns.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, until = is_done)]
fn read() -> std::io::Result<u8> {
    Ok(1)
}

fn is_done(_: &u8) {}

#[retry_on(std::io::Error, until = |state| *state)]
async fn read_again() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}

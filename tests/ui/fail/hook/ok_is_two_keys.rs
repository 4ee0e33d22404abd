// Knew the key `ok`, which is two keys now.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, ok = is_pending)]
fn read() -> std::io::Result<u8> {
    Ok(1)
}

#[retry_on(ok = |state: &u8| *state == 0)]
async fn read_again() -> std::io::Result<u8> {
    Ok(1)
}

#[retry_on(std::io::Error, ok = |state| !is_done(state), max = 5)]
fn read_once_more() -> std::io::Result<u8> {
    Ok(1)
}

#[retry_on(std::io::Error, ok(is_pending))]
fn read_in_parentheses() -> std::io::Result<u8> {
    Ok(1)
}

#[retry_on(std::io::Error, ok)]
fn read_at_last() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}

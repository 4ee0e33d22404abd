// Believed that the predicate gets the value itself.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, when_ok = is_pending)]
fn read() -> std::io::Result<u8> {
    Ok(1)
}

fn is_pending(state: u8) -> bool {
    state == 0
}

#[retry_on(std::io::Error, when_ok = |state| state == 0)]
fn read_again() -> std::io::Result<u8> {
    Ok(1)
}

fn main() {}

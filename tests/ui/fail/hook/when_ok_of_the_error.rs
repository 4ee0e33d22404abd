// Took the predicate on values for one on errors.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, when_ok = is_pending)]
fn read() -> std::io::Result<u8> {
    Ok(1)
}

fn is_pending(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock
}

fn main() {}

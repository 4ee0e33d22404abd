// Believed that a type without its generic arguments is found.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct Busy<T>(T);

#[retry_on(Busy, max = 3)]
fn read() -> Result<(), Busy<u8>> {
    Err(Busy(1))
}

fn main() {}

// Swapped two letters.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy")]
struct ServerBusy;

#[retry_on(SevrerBusy, max = 3)]
fn read() -> Result<(), ServerBusy> {
    Ok(())
}

fn main() {}

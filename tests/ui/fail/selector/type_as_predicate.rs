// Believed that `when` names a type.
use retry_runtime::retry_on;

#[derive(Debug, thiserror::Error)]
#[error("busy since {since}")]
struct Busy {
    since: u64,
}

#[retry_on(when = Busy, max = 3)]
fn read() -> Result<(), Busy> {
    Err(Busy { since: 1 })
}

fn main() {}

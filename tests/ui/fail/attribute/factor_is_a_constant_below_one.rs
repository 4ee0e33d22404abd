// Wanted pauses that shrink, in a constant.
use retry_runtime::retry_on;

const SLOWER: f64 = 0.5;

#[retry_on(std::io::Error, factor = SLOWER)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

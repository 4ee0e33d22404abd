// Wanted to switch all spans in one place, as a policy can.
use retry_runtime::retry_on;

const HAS_SPANS: bool = true;

#[retry_on(std::io::Error, span = HAS_SPANS)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, span = !false)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

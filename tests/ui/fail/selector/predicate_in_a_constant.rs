// A name in capitals is a constant of the error's type.
use retry_runtime::retry_on;

const IS_PERMANENT: fn(&std::io::Error) -> bool = is_permanent;

fn is_permanent(_: &std::io::Error) -> bool {
    true
}

#[retry_on(_, unless = IS_PERMANENT)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

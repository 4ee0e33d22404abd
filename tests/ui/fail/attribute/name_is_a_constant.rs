// Believed that the name may be a constant.
use retry_runtime::retry_on;

const NAME: &str = "orders";

#[retry_on(std::io::Error, name = NAME)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

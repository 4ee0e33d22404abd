// Believed that `when` names a type.
use retry_runtime::retry_on;

#[retry_on(when = std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

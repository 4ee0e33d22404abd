// Quoted the path, as serde wants it.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, crate = "retry_runtime")]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

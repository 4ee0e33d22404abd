// Left the code for later.
use retry_runtime::retry_on;

#[retry_on("", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

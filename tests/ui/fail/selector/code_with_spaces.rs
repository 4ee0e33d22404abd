// Took the message of an error for its code.
use retry_runtime::retry_on;

#[retry_on("please slow down", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

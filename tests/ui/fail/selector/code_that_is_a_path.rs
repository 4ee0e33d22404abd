// Put the name of the error into quotes.
use retry_runtime::retry_on;

#[retry_on("std::io::Error", max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

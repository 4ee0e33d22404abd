// Did not look at a result in the body.
#![deny(unused_must_use)]

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    std::fs::read("file");
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<()> {
    std::fs::read("file");
    Ok(())
}

fn main() {}

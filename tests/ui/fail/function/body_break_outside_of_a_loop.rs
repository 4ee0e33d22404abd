// Believed that the retries can be left with `break`.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    break;
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> std::io::Result<()> {
    continue;
}

fn main() {}

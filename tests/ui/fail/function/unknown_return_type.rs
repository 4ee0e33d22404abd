// Forgot the import of the returned type.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> Result<Item, std::io::Error> {
    unreachable!()
}

#[retry_on(std::io::Error, max = 3)]
async fn read_later() -> Result<Item, std::io::Error> {
    unreachable!()
}

fn main() {}

// Forgot the bound.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone(body), max = 3)]
async fn write<T: AsRef<[u8]>>(body: T) -> std::io::Result<()> {
    drop(body);
    Ok(())
}

fn main() {}

// Believed that an argument can be used up in every attempt.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read(name: String) -> std::io::Result<()> {
    drop(name);
    Ok(())
}

fn main() {}

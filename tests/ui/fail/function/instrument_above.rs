// Believed that the order of the attributes does not matter.
use retry_runtime::retry_on;

#[tracing::instrument]
#[retry_on(std::io::Error, max = 3)]
async fn read(name: String) -> std::io::Result<String> {
    Ok(name.clone())
}

fn main() {}

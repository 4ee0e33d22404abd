// Took something else for a policy.
use retry_runtime::retry_on;

const MAX: u32 = 3;

#[retry_on(std::io::Error, policy = &MAX)]
fn read() -> std::io::Result<()> {
    Ok(())
}

struct Client {
    name: String,
}

impl Client {
    #[retry_on(std::io::Error, policy = &self.name)]
    async fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}

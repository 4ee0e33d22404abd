// Forgot that a policy is named by reference.
use retry_runtime::{Policy, retry_on};

const POLICY: Policy = Policy::DEFAULT;

#[retry_on(std::io::Error, policy = POLICY)]
fn read() -> std::io::Result<()> {
    Ok(())
}

struct Client {
    policy: Policy,
}

impl Client {
    #[retry_on(std::io::Error, policy = self.policy)]
    fn read(&self) -> std::io::Result<()> {
        Ok(())
    }
}

fn main() {}

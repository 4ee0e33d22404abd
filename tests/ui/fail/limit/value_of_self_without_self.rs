// Forgot that an associated function has no `self`.
use retry_runtime::{PolicyError, retry_on};

struct Client {
    max: u32,
}

impl Client {
    #[retry_on(_, max = self.max)]
    fn connect() -> Result<Self, PolicyError> {
        Ok(Self { max: 3 })
    }
}

fn main() {}

// Believed that a type can be retried.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 3)]
pub union Word {
    pub number: u32,
}

fn main() {}

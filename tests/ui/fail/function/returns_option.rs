// Believed that `None` is an error.
use retry_runtime::retry_on;

#[retry_on(_, max = 3)]
fn read() -> Option<String> {
    None
}

fn main() {}

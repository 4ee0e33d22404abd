// Believed that the value is read again.
use retry_runtime::retry_on;

#[retry_on(std::fmt::Error, max = 3)]
static LIMIT: u32 = 3;

fn main() {
    println!("{LIMIT}");
}

// Believed that the attribute belongs to the field that holds the function.
use retry_runtime::retry_on;

struct Client {
    #[retry_on(std::io::Error, max = 3)]
    read: fn() -> std::io::Result<()>,
}

fn main() {}

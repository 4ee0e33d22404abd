// Believed that the error is what is returned.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Error {
    std::io::Error::last_os_error()
}

fn main() {}

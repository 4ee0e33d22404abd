// Believed that a function that never returns can fail.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read() -> ! {
    panic!()
}

fn main() {}

// Believed that a function of C can be called again.
use retry_runtime::retry_on;

unsafe extern "C" {
    #[retry_on(std::io::Error, max = 3)]
    fn getpid() -> i32;
}

fn main() {}

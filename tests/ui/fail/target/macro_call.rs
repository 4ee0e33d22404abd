// Believed that the macro is expanded first, and its function found.
use retry_runtime::retry_on;

macro_rules! read {
    () => {
        fn read() -> std::io::Result<()> {
            Ok(())
        }
    };
}

#[retry_on(std::io::Error, max = 3)]
read!();

fn main() {
    read().unwrap();
}

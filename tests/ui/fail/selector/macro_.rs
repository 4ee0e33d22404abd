// Believed that a macro can list the errors.
use retry_runtime::retry_on;

macro_rules! transient {
    () => {
        std::io::Error
    };
}

#[retry_on(transient!(), max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

// Forgot the import.
#[retry_on(std::io::Error, max = 3)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

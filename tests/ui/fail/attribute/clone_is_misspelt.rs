// Swapped two letters of the argument.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone(nmae))]
fn read(name: String) -> std::io::Result<String> {
    Ok(name)
}

#[retry_on(std::io::Error, clone(contents))]
fn write(name: String, text: String) -> std::io::Result<String> {
    Ok(name + &text)
}

#[retry_on(std::io::Error, clone(key))]
fn flush() -> std::io::Result<()> {
    Ok(())
}

fn main() {}

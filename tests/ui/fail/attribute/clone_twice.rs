// Named an argument twice.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone(name, name))]
fn read(name: String) -> std::io::Result<String> {
    Ok(name)
}

#[retry_on(std::io::Error, clone(name), clone(text))]
fn write(name: String, text: String) -> std::io::Result<String> {
    Ok(name + &text)
}

fn main() {}

// Believed that an argument of any type can be used up in every attempt.
use retry_runtime::retry_on;

struct Upload(Vec<u8>);

fn send(upload: Upload) -> std::io::Result<()> {
    println!("{:?}", upload.0);
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
fn put(upload: Upload) -> std::io::Result<()> {
    send(upload)
}

#[retry_on(std::io::Error, max = 3)]
fn spend<T>(value: T) -> std::io::Result<()> {
    drop(value);
    Ok(())
}

#[retry_on(std::io::Error, max = 3)]
fn put_back(upload: Upload) -> std::io::Result<Vec<u8>> {
    Ok(upload.0)
}

fn main() {}

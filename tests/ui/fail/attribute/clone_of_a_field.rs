// Believed that a field of an argument can be cloned alone.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, clone(request.body))]
fn read(request: Request) -> std::io::Result<String> {
    Ok(request.body)
}

struct Request {
    body: String,
}

fn main() {}

// Believed that an argument that is not `Send` does no harm.
use std::rc::Rc;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
async fn read(count: Rc<u8>) -> std::io::Result<u8> {
    Ok(*count)
}

fn is_send(_: impl Send) {}

fn main() {
    is_send(read(Rc::new(1)));
}

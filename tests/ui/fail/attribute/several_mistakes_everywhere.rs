// Made mistakes in the attribute and in the function: all of them are reported together.
use retry_runtime::retry_on;

struct Client;

impl Client {
    #[retry_on(max = "3", is_transient, sleep = my_timer)]
    fn read(mut self) {
        self = Client;
        drop(self);
    }
}

fn main() {}

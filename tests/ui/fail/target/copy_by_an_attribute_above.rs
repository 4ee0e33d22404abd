// Put an attribute above that copies this one to a function of its own, as `#[wasm_bindgen]` does.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
unsafe extern "C-unwind" fn __wasm_bindgen_generated_read() -> u8 {
    1
}

fn main() {}

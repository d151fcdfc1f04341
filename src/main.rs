//! The entry of the wasm binary.

fn main() {
    rollcall::start();
}

//! Links the Node-API symbols that the host process provides.
fn main() {
    napi_build::setup();
}

// chartjs-node-canvas asks for `canvas`, whose install script downloads or compiles a binary. This stand-in
// answers with the prebuilt @napi-rs/canvas behind the interface of `canvas`. It is a workspace here and
// bundled in the package, so no override is needed where the package is installed.
module.exports = require('@napi-rs/canvas/node-canvas');

// Reads QR codes out of the camera's pictures, beside the page's own thread. A worker that src/ui/scanner.rs starts when
// a camera view opens, and never before; the service worker keeps it and the decoder apart from the rest (sw.js).
import decode from "/vendor/qr/decode.min.js";

addEventListener("message", ({ data: { width, height, pixels } }) => {
  let text = null;
  try {
    text = decode({ width, height, data: new Uint8ClampedArray(pixels) });
  } catch {
    // A picture without a code: the usual one.
  }
  postMessage({ text });
});

// From here on it answers each picture with one message.
postMessage({ ready: true });

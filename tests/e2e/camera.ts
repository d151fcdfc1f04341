// A camera that shows what a test puts before it: Chromium plays a file, and the file is drawn from a QR code of the app's
// own screens. A spec that uses it says `test.use({ launchOptions: cameraOptions })` at its top.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Locator } from '@playwright/test';

import { launchOptions } from './chromium.mjs';

const WIDTH = 640;
const HEIGHT = 480;
const WHITE = 235;
const BLACK = 16;
const NO_COLOUR = 128;

/** One file for each worker: tests of one worker run one after the other. */
const film = join(tmpdir(), `rollcall-camera-${process.pid}.y4m`);

export const cameraOptions = {
  ...launchOptions,
  args: [...launchOptions.args, '--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`],
};

/** Writes a film of one picture: `dark` says which points are. It is played from the next time the camera is opened. */
function write(dark: (x: number, y: number) => boolean): void {
  const light = Buffer.alloc(WIDTH * HEIGHT, WHITE);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) if (dark(x, y)) light[y * WIDTH + x] = BLACK;
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, NO_COLOUR);
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, colour]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(film, Buffer.concat([head, frame, frame, frame]));
}

/** Nothing lies before the camera. */
export function showNothing(): void {
  write(() => false);
}

/** Holds a code of the screen before the camera, from the next time it is opened. */
export async function hold(code: Locator): Promise<void> {
  const { side, runs } = await code.evaluate((svg) => ({
    side: (svg as SVGSVGElement).viewBox.baseVal.width,
    runs: svg.querySelector('.qr__ink')!.getAttribute('d')!,
  }));
  const dark = new Set<number>();
  for (const [, x, y, length] of runs.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let step = 0; step < Number(length); step++) dark.add(Number(y) * side + Number(x) + step);
  }
  const module = Math.floor((HEIGHT * 0.8) / side);
  const [left, top] = [Math.floor((WIDTH - side * module) / 2), Math.floor((HEIGHT - side * module) / 2)];
  write((x, y) => {
    const [column, row] = [Math.floor((x - left) / module), Math.floor((y - top) / module)];
    return column >= 0 && row >= 0 && column < side && row < side && dark.has(row * side + column);
  });
}

// The browser looks at the file when it looks for cameras.
showNothing();

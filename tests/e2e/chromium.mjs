// The system's Chromium and its flags: the same for the journeys, the screens and the measurements.
import { existsSync } from 'node:fs';

/** Where Chromium is: named by CHROMIUM, else where distributions put it. */
export const chromiumPath =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path)) ??
  '/usr/bin/chromium';

/** It talks to nobody but the hub, and starts as root in a container too. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export const launchOptions = { executablePath: chromiumPath, args: chromiumFlags };

// The core journey, in any browser: the app starts, keeps itself, and comes back when nobody answers on the network.
import { startHub } from '../hub.mjs';

/** @param {import('./screen.mjs').Screen} screen */
async function walk(screen, hub) {
  await screen.open(hub.url);
  await screen.started();
  await screen.until('a service worker in charge', () => Boolean(navigator.serviceWorker?.controller));

  // The hub is gone: the same as a network that is away, and the only way of it that every browser's driver has.
  await hub.pause();
  await screen.reload();
  await screen.started();
  await screen.open(`${hub.url}/members`);
  await screen.started();
  await hub.resume();
}

/** Walks the journey in one browser and says how it went, as an exit code too. */
export async function smoke(name, openScreen) {
  const hub = await startHub();
  let screen;
  try {
    screen = await openScreen();
    await walk(screen, hub);
    console.log(`${name}: the core journey works`);
  } catch (error) {
    console.error(`${name}: ${error.message}\n${hub.log()}`);
    process.exitCode = 1;
  } finally {
    await screen?.close().catch(() => undefined);
    await hub.stop();
  }
}

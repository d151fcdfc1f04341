// The core journey, in any browser: a studio is opened, somebody registered, a pass sold and a visit counted while nobody
// answers on the network, and all of it is there after a reload.
import { startHub } from '../hub.mjs';

const MEMBER = 'Zhang Jiamin';

/** @param {import('./screen.mjs').Screen} screen */
async function walk(screen, hub) {
  await screen.open(hub.url);
  await screen.started();
  await screen.until('a service worker in charge', () => Boolean(navigator.serviceWorker?.controller));
  // The hub is gone: the same as a network that is away, and the only way of it that every browser's driver has.
  await hub.pause();

  await openStudio(screen);
  const member = await register(screen, hub);
  await sell(screen, hub, member);
  await checkIn(screen, hub);
  await screen.reload();
  await screen.started();
  await screen.sees('1 visit today');
  await screen.open(`${hub.url}/members/${member}`);
  await screen.says('member-name', MEMBER);
  await hub.resume();
}

async function openStudio(screen) {
  await screen.click('button', 'New studio');
  await screen.fill('What is the studio called?', 'River Gym');
  await screen.fill('What is your name?', 'Lin Yue');
  await screen.click('button', 'Open the studio');
  await screen.until('the desk', () => Boolean(document.querySelector('nav[aria-label="Main areas"]')));
}

async function register(screen, hub) {
  await screen.open(`${hub.url}/members/new`);
  await screen.fill('Name', MEMBER);
  await screen.click('button', 'Register');
  await screen.says('member-name', MEMBER);
  return screen.run(() => location.pathname.split('/')[2]);
}

async function sell(screen, hub, member) {
  await screen.open(`${hub.url}/sell/${member}`);
  await screen.click('radio', '10 visits');
  await screen.click('radio', 'Cash');
  await screen.click('button', 'Sell for');
  await screen.says('sold', '10 visits');
}

async function checkIn(screen, hub) {
  await screen.open(`${hub.url}/check-in`);
  await screen.enter('scan', MEMBER);
  await screen.says('who', MEMBER);
  await screen.touch('check-in');
  await screen.gone('answer');
  await screen.sees('1 visit today');
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

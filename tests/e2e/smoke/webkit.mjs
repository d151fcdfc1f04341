// WebKitGTK through its own driver, spoken to in plain WebDriver. It has no headless mode: `cargo xtask test` puts a
// display around it that nobody sees.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

import { smoke } from './journey.mjs';
import { Screen } from './screen.mjs';

const DRIVER = process.env.WEBKIT_DRIVER ?? '/usr/bin/WebKitWebDriver';
const BROWSER = process.env.WEBKIT_BROWSER ?? '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const START_MS_MAX = 30_000;
/** The name under which WebDriver passes an element. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function openScreen() {
  const port = await freePort();
  const driver = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // WebKit's sandbox needs rights that a container does not give; the page is our own.
    env: { ...process.env, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', LANG: 'C.UTF-8', TZ: 'Asia/Taipei' },
  });
  const call = (method, path, body) => request(`http://127.0.0.1:${port}${path}`, method, body);
  await ready(call);
  const options = { binary: BROWSER, args: ['--automation'] };
  const session = await call('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  const at = `/session/${session.sessionId}`;
  await call('POST', `${at}/timeouts`, { script: 60_000, pageLoad: 120_000 });
  await call('POST', `${at}/window/rect`, { width: 1180, height: 900 }).catch(() => undefined);
  return new Screen(verbs(call, at, driver));
}

function verbs(call, at, driver) {
  // An asynchronous script, so that a promise is waited for; an error comes back as data.
  const script = async (work, args) => {
    const body = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${work}).apply(null, [].slice.call(arguments, 0, -1)))
        .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = await call('POST', `${at}/execute/async`, { script: body, args });
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  };
  const element = async (find, ...args) => {
    const found = await script(find, args);
    const id = found?.[ELEMENT];
    return id && {
      click: () => call('POST', `${at}/element/${id}/click`, {}),
      clear: () => call('POST', `${at}/element/${id}/clear`, {}),
      type: (text) => call('POST', `${at}/element/${id}/value`, { text }),
      enter: () => call('POST', `${at}/element/${id}/value`, { text: '\uE007' }),
      upload: (path) => call('POST', `${at}/element/${id}/value`, { text: path }),
    };
  };
  return {
    open: (url) => call('POST', `${at}/url`, { url }),
    reload: () => call('POST', `${at}/refresh`, {}),
    run: (work, ...args) => script(work, args),
    element,
    close: async () => {
      await call('DELETE', at).catch(() => undefined);
      driver.kill();
    },
  };
}

async function request(url, method, body) {
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}

/** Asks the driver until it is up. */
async function ready(call) {
  const end = Date.now() + START_MS_MAX;
  while (Date.now() < end) {
    const status = await call('GET', '/status').catch(() => undefined);
    if (status?.ready) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`WebKitWebDriver was not ready within ${START_MS_MAX} ms`);
}

await smoke('WebKit', openScreen);

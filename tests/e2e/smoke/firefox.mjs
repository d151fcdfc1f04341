// Firefox over WebDriver BiDi, without a driver program of its own.
import { existsSync } from 'node:fs';

import puppeteer from 'puppeteer-core';

import { smoke } from './journey.mjs';
import { Screen } from './screen.mjs';

const executablePath =
  process.env.FIREFOX ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path)) ?? 'firefox';

async function openScreen() {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    // Where the studio is: a machine without a zone could not guess its currency.
    env: { ...process.env, TZ: 'Asia/Taipei' },
    defaultViewport: { width: 1180, height: 820 },
    extraPrefsFirefox: { 'intl.accept_languages': 'en-GB, en' },
  });
  const page = await browser.newPage();
  const element = async (find, ...args) => {
    const handle = (await page.evaluateHandle(find, ...args)).asElement();
    return handle && {
      click: () => handle.click(),
      clear: () => handle.evaluate((field) => field.select?.()),
      type: (text) => handle.type(text),
      enter: () => handle.press('Enter'),
      upload: (path) => handle.uploadFile(path),
    };
  };
  return new Screen({
    open: (url) => page.goto(url),
    reload: () => page.reload(),
    run: (work, ...args) => page.evaluate(work, ...args),
    element,
    close: () => browser.close(),
  });
}

await smoke('Firefox', openScreen);

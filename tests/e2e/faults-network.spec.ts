// A network that loses, cuts, slows and lies: what waits stays, is sent again, and has one effect.
import type { Page, Route } from '@playwright/test';

import { allSynced } from './desk';
import { cdp, fillMember, hasMembers, joined, ownerWithHub, pressRegister, register, registerOnward, waits, type Answered } from './faults';
import { expect, test } from './helper';
import { ENGLISH as words } from './words';

const PUSH = '**/api/v1/push';

/** Meet the hub now: a timer would, too. */
async function meet(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event('online')));
}

/** An owner with a second device whose network the test holds in its hands. */
const desk = test.extend<{ second: Page }>({
  second: async ({ page, hub, openDevice }, use) => {
    await ownerWithHub(page, hub);
    const second = await openDevice();
    await joined(page, second);
    await use(second);
  },
});

desk('a request that is lost, and an answer that is lost after the hub had saved: both are asked again, one effect each', async ({
  page,
  second,
}) => {
  const answers: Answered[][] = [];
  let lost = 0;
  await second.route(PUSH, async (route) => {
    lost += 1;
    if (lost === 1) return route.abort('connectionreset');
    const answer = await route.fetch();
    answers.push(((await answer.json()) as { answers: Answered[] }).answers);
    // The hub has it; the device will never hear of it.
    if (lost === 2) return route.abort('connectionreset');
    return route.fulfill({ response: answer });
  });
  await register(second, 'Chen Wei');
  await expect.poll(() => lost).toBeGreaterThan(0);
  await waits(second, 1);
  await meet(second);
  await expect.poll(() => answers.length).toBe(1);
  await hasMembers(page, 1);
  await meet(second);
  await allSynced(second);
  const again = answers.at(-1);
  expect(again, 'the hub gives the answer it gave').toEqual(answers[0]);
  expect(answers.length).toBe(2);
  await hasMembers(page, 1);
  await hasMembers(second, 1);
});

desk('an answer that names one of three moves exactly that one', async ({ page, context, second }) => {
  await second.context().setOffline(true);
  for (const name of ['Chen Wei', 'He Jing', 'Wu Lei']) await register(second, name);
  await waits(second, 3);
  let first = true;
  await second.route(PUSH, async (route) => {
    const answer = await route.fetch();
    if (!first) return route.abort('connectionreset');
    first = false;
    const said = (await answer.json()) as { answers: Answered[] };
    return route.fulfill({ response: answer, json: { ...said, answers: said.answers.slice(0, 1) } });
  });
  await second.context().setOffline(false);
  await waits(second, 2);
  await second.unroute(PUSH);
  await meet(second);
  await allSynced(second);
  await hasMembers(second, 3);
  await hasMembers(page, 3);
  expect(context.pages().length).toBe(1);
});

/** Answers that are not the hub's word, as a café's Wi-Fi or a broken gateway gives them. */
const LIES: [what: string, lie: (route: Route) => Promise<void>][] = [
  [
    'a page to sign in to the Wi-Fi',
    (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<!doctype html><title>Free Wi-Fi</title>' }),
  ],
  ['a gateway without a hub', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: 'Bad Gateway' })],
  ['another JSON', (route) => route.fulfill({ status: 200, json: { login: 'required' } })],
  [
    'half an answer',
    async (route) => {
      const answer = await route.fetch();
      const whole = await answer.text();
      await route.fulfill({ status: 200, contentType: 'application/json', body: whole.slice(0, whole.length / 2) });
    },
  ],
];

desk('whoever answers in the place of the hub is not believed: nothing leaves the device, nothing is half', async ({
  page,
  second,
  trouble,
}) => {
  trouble.allow(/status of 502/);
  for (const [at, [what, lie]] of LIES.entries()) {
    await test.step(what, async () => {
      let lies = 0;
      await second.route('**/api/v1/**', async (route) => {
        if (route.request().url().endsWith('/news')) return route.abort();
        lies += 1;
        return lie(route);
      });
      await register(second, `Guest ${at}`);
      await waits(second, 1);
      await expect.poll(() => lies).toBeGreaterThan(0);
      await second.unroute('**/api/v1/**');
      await meet(second);
      await allSynced(second);
    });
  }
  await hasMembers(second, LIES.length);
  await hasMembers(page, LIES.length);
});

desk('on a very slow link the screen is as quick as ever, and what waits arrives once', async ({ page, second }) => {
  const browser = await cdp(second);
  await fillMember(second, 'Chen Wei');
  const slow = { offline: false, latency: 1_500, downloadThroughput: 600, uploadThroughput: 600 };
  await browser.send('Network.emulateNetworkConditions', slow);
  const began = Date.now();
  await pressRegister(second);
  await expect(second.getByTestId('member-name')).toHaveText('Chen Wei');
  await second.getByRole('navigation', { name: words.say('shell.nav.label') }).getByRole('link', { name: words.say('shell.nav.members') }).click();
  await expect(second.getByText(words.say('members.count', { count: 1 }), { exact: true })).toBeVisible();
  const tookMs = Date.now() - began;
  await expect(second.getByTestId('sync')).not.toContainText(words.like('shell.sync.synced'));
  expect(tookMs, 'milliseconds for a save and a list').toBeLessThan(1_500);
  await allSynced(second);
  await hasMembers(page, 1);
});

desk('a session that has ended is opened again by itself; a hub that refuses one deletes nothing', async ({
  page,
  second,
  trouble,
}) => {
  trouble.allow(/status of 401/);
  await second.context().setOffline(true);
  for (const name of ['Chen Wei', 'He Jing']) await register(second, name);
  await second.context().clearCookies();
  // Everything is refused, also what carries the device's own proof.
  const refuse = (route: Route) => route.fulfill({ status: 401, json: { code: 'sign_in', detail: 'no session' } });
  await second.route('**/api/v1/**', refuse);
  await second.context().setOffline(false);
  await meet(second);
  await waits(second, 2);
  await second.reload();
  await waits(second, 2);
  await hasMembers(second, 2);
  await second.unroute('**/api/v1/**');
  await meet(second);
  await allSynced(second);
  await hasMembers(page, 2);
});

desk('a hub that has had enough is left alone for as long as it asks, however much is saved meanwhile', async ({
  page,
  second,
  trouble,
}) => {
  trouble.allow(/status of 429/);
  const asked: number[] = [];
  const calls: number[] = [];
  await second.route('**/api/v1/**', async (route) => {
    calls.push(Date.now());
    if (asked.length === 0 && route.request().url().endsWith('/push')) {
      asked.push(Date.now());
      return route.fulfill({
        status: 429,
        headers: { 'retry-after': '6' },
        json: { code: 'too_often', detail: 'slower' },
      });
    }
    return route.continue();
  });
  for (const name of ['Chen Wei', 'He Jing', 'Wu Lei']) await registerOnward(second, name);
  await meet(second);
  await allSynced(second);
  const early = calls.filter((at) => at > asked[0] && at < asked[0] + 5_900);
  expect(early, 'calls before the time the hub named').toEqual([]);
  await hasMembers(page, 3);
});

// The house itself, before anybody lives in it: it starts under its policy, keeps itself, and survives a power cut.
import { foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, started, test } from './helper';

test('the app starts from an empty browser without a complaint', async ({ page }) => {
  await page.goto('/');
  await started(page);
  await axeInBothThemes(page);
});

test('a deep link and a reload work with the network gone', async ({ page, context }) => {
  await page.goto('/');
  await started(page);
  await keptForOffline(page);
  await context.setOffline(true);
  await page.reload();
  await started(page);
  await page.goto('/members');
  await started(page);
});

test('a browser that was killed starts again on what it kept', async ({ hub, openTablet }) => {
  const tablet = await openTablet();
  let page = await tablet.start();
  await page.goto(hub.url);
  await started(page);
  await keptForOffline(page);
  await tablet.kill();
  await hub.pause();

  page = await tablet.start();
  await page.goto(hub.url);
  await started(page);
});

test('when the app breaks, a still page says that nothing is lost, and one button starts it again', async ({ page, trouble }) => {
  trouble.allow(/Rollcall stopped at|unreachable|the browser is broken|RuntimeError/);
  await page.goto('/');
  await foundStudio(page);
  // A browser that cannot make elements any more: the next screen cannot be drawn. It is asked for in the same breath,
  // for whatever the page draws by itself in between would break first.
  await page.evaluate(() => {
    const broken = () => {
      throw new Error('the browser is broken');
    };
    for (const name of ['createElement', 'createElementNS', 'createTextNode', 'createComment'] as const) {
      Object.defineProperty(Document.prototype, name, { value: broken });
    }
    Object.defineProperty(Node.prototype, 'cloneNode', { value: broken });
    document.querySelector<HTMLAnchorElement>('nav a[href="/members"]')?.click();
  });
  await expect(page.locator('#crashed')).toBeVisible();
  await page.locator('#crashed [data-reload]:visible').first().click();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
  await expect(page.locator('#crashed')).toBeHidden();
});

// The house itself, before anybody lives in it: it starts under its policy, keeps itself, and survives a power cut.
import { axeInBothThemes, keptForOffline, started, test } from './helper';

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

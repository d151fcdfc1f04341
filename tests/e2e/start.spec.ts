// The first thing anybody sees: the page comes up under its policy, without a complaint, and axe has none either.
import { axeInBothThemes, keptForOffline, started, test } from './helper';

test('the app starts from an empty browser', async ({ page }) => {
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

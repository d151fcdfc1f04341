// A long time without the hub: what piled up goes up in pieces, and the desk is usable meanwhile.
import { allSynced } from './desk';
import { hasMembers, joined, ownerWithHub } from './faults';
import { expect, test } from './helper';
import { ENGLISH as words } from './words';

const MANY = 1_500;

test(`${MANY} commands that waited go up in pieces while the desk works on`, async ({ page, hub, openDevice }) => {
  test.setTimeout(240_000);
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await page.context().setOffline(true);
  const rows = Array.from({ length: MANY }, (_, n) => `Guest ${String(n).padStart(4, '0')}`);
  await page.goto('/members/import');
  const file = { name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from(`Name\n${rows.join('\n')}\n`) };
  await page.getByLabel(words.say('import.choose')).setInputFiles(file);
  await page.getByRole('button', { name: words.like('import.run') }).click();
  await expect(page.getByTestId('import-result')).toContainText(words.like('import.added'), {
    timeout: 120_000,
  });
  await expect(page.getByTestId('sync')).toContainText('to send');

  await page.context().setOffline(false);
  await expect(page.getByTestId('sync')).toContainText(words.like('shell.sync.sending'));
  const began = Date.now();
  await page.getByRole('link', { name: words.say('shell.nav.members') }).first().click();
  await page.getByLabel(words.say('members.search_label')).fill('Guest 0777');
  await expect(page.getByRole('option', { name: 'Guest 0777' }).first()).toBeVisible();
  expect(Date.now() - began, 'milliseconds to find somebody meanwhile').toBeLessThan(5_000);
  await allSynced(page);
  await hasMembers(page, MANY);
  await hasMembers(second, MANY);
});

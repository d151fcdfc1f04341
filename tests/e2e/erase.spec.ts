// Somebody asks to be forgotten: at the desk that hears of it, at the hub, and at the tablet that was away.
import type { Page } from '@playwright/test';

import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';
import { ENGLISH as w } from './words';

const HER = 'Quxlatte Lin';

async function register(page: Page, name: string, phone: string): Promise<void> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name( required)?$/ }).fill(name);
  await page.getByLabel('Phone', { exact: true }).fill(phone);
  await page.getByRole('button', { name: 'Register', exact: true }).click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

/** Whose file is open. */
function idOf(page: Page): string {
  return page.url().split('/members/')[1].split(/[/?]/)[0];
}

/** A browser that does not give its keys back: what the page keeps lies there in clear, so that it can be searched. */
async function keepsInClear(page: Page): Promise<void> {
  await page.addInitScript(() => {
    crypto.subtle.decrypt = () => Promise.reject(new Error('no key'));
  });
}

/** Opens a file through the list, as one does. */
async function openFile(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('Find a member').fill(name.slice(0, 6));
  await page.getByText(name, { exact: true }).first().click();
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

/** Erases whoever's file is open, as far as the last button. */
async function erase(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Erase everything about this person' }).click();
  const dialog = page.getByRole('dialog', { name: /Erase everything about/ });
  await expect(dialog.getByText('There is no way back')).toBeVisible();
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog.getByText('Type the word as it stands here.')).toBeVisible();
  await axeInBothThemes(page);
  await dialog.getByLabel(/Type ERASE/).fill('erase');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByTestId('member-name')).toHaveText(/^Erased person [0-9A-F]{6}$/);
}

/** Everything the page's databases say, in whatever shape it lies there. */
async function everythingKept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const text = (value: unknown): string => {
      if (value instanceof Uint8Array) return new TextDecoder().decode(value);
      if (value instanceof ArrayBuffer) return new TextDecoder().decode(new Uint8Array(value));
      if (Array.isArray(value)) return value.map(text).join(' ');
      if (value !== null && typeof value === 'object') return Object.values(value).map(text).join(' ');
      return String(value);
    };
    const asked = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((done, failed) => {
        request.onsuccess = () => done(request.result);
        request.onerror = () => failed(request.error);
      });
    const parts: string[] = [...Array(localStorage.length).keys()].map((n) => localStorage.getItem(localStorage.key(n) ?? '') ?? '');
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith('rollcall-') || name === 'rollcall-keys') continue;
      const database = await asked(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        parts.push(text(await asked(rows.getAll())), text(await asked(rows.getAllKeys())));
      }
      database.close();
    }
    return parts.join('\n').toLowerCase();
  });
}

test('on a tablet that works alone nothing of her is left, and the sums stay', async ({ page }) => {
  await keepsInClear(page);
  await page.goto('/');
  await foundStudio(page);
  await register(page, HER, '0912 345 678');
  await register(page, 'Ada Wong', '0922 345 678');
  await openFile(page, HER);
  expect(await everythingKept(page)).toContain('quxlatte');
  await erase(page);
  await expect(page.getByText('Gone from this device.')).toBeVisible();
  await expect(page.getByText(/Everything about this person was erased/)).toBeVisible();
  await axeInBothThemes(page);
  await expect.poll(() => everythingKept(page)).not.toContain('quxlatte');
  expect(await everythingKept(page)).toContain('ada wong');
  await page.reload();
  await expect(page.getByTestId('member-name')).toHaveText(/^Erased person/);
  await page.getByRole('navigation', { name: 'Main areas' }).getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('Find a member').fill('quxl');
  await expect(page.getByText('Nobody found for')).toBeVisible();
});

test('a tablet that was away forgets her when it comes back, and what it did meanwhile counts', async ({ page, hub, openDevice }) => {
  await keepsInClear(page);
  await page.goto('/');
  await foundStudio(page);
  await register(page, HER, '0912 345 678');
  await claimHub(page, await hub.claimCode());
  const way = await letIn(page);
  const second = await openDevice();
  await keepsInClear(second);
  await joinByCode(second, way.code);
  await allSynced(second);
  await openFile(second, HER);
  await keptForOffline(second);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

  // The second tablet goes out of reach; somebody there changes her phone.
  await second.context().setOffline(true);
  await second.getByRole('link', { name: 'Edit' }).click();
  await second.getByLabel('Phone', { exact: true }).fill('0933 345 678');
  await second.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(second.getByTestId('sync')).toContainText('1 to send');

  await openFile(page, HER);
  await erase(page);
  await allSynced(page);
  await expect(page.getByText('Deleted at the hub.')).toBeVisible();
  await page.reload();
  await expect(page.getByTestId('erase-not-yet')).toContainText('Tablet at the door');
  await axeInBothThemes(page);
  await expect.poll(() => everythingKept(page)).not.toContain('quxlatte');
  expect(await everythingKept(second)).toContain('quxlatte');

  // What was typed there could not be done any more, and says so without a word about her.
  await second.context().setOffline(false);
  await expect(second.getByTestId('sync')).toContainText(w.say('shell.sync.needs_you', { count: 1 }));
  await expect.poll(() => everythingKept(second)).not.toContain('quxlatte');
  expect(await everythingKept(second)).not.toContain('933345678');
  await page.reload();
  await expect(page.getByText('Every device has been in touch since.')).toBeVisible();
});

test('who was written down twice goes with both entries, and only what was shown goes', async ({ page }) => {
  await keepsInClear(page);
  await page.goto('/');
  await foundStudio(page);
  await register(page, HER, '0912 345 678');
  await register(page, 'Ada Wong', '0922 345 678');
  const ada = idOf(page);
  await openFile(page, HER);
  const her = idOf(page);
  await page.goto(`/members/${ada}/merge/${her}`);
  await page.getByRole('button', { name: w.say('members.odd.same_person') }).click();
  await expect(page.getByTestId('member-name')).toHaveText('Ada Wong');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Erase everything about this person' }).click();
  const dialog = page.getByRole('dialog', { name: /Erase everything about/ });
  await expect(dialog.getByText(w.say('members.erase.entries', { names: HER }))).toBeVisible();
  await dialog.getByLabel(/Type ERASE/).fill('ERASE');
  await dialog.getByRole('button', { name: 'Erase for good' }).click();
  await expect(page.getByTestId('member-name')).toHaveText(/^Erased person/);
  await expect(page.getByRole('button', { name: w.say('members.merge.undo') })).toHaveCount(0);
  await expect.poll(() => everythingKept(page)).not.toContain('quxlatte');
  expect(await everythingKept(page)).not.toContain('ada wong');
});

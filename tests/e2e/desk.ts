// What every journey does at a desk before it comes to its own matter: open a studio, connect the hub, let a device in.
import { expect, type Page } from '@playwright/test';

import { ENGLISH } from './words';

export interface NewStudio {
  name?: string;
  owner?: string;
}

/** From the first screen to the desk. */
export async function foundStudio(
  page: Page,
  { name = 'River Gym', owner = 'Lin Yue' }: NewStudio = {},
  words = ENGLISH,
): Promise<void> {
  await page.getByRole('button', { name: words.like('start.choose.new') }).click();
  await page.getByLabel(words.say('start.form.name')).fill(name);
  await page.getByLabel(words.say('start.form.owner')).fill(owner);
  await page.getByRole('button', { name: words.say('start.form.open') }).click();
  await expect(page.getByRole('navigation', { name: words.say('shell.nav.label') })).toBeVisible();
}

/** Makes the hub the studio's, with the code it printed. */
export async function claimHub(page: Page, code: string, words = ENGLISH): Promise<void> {
  await page.goto('/settings/hub');
  await page.getByLabel(words.say('sync.hub.code')).fill(code);
  await page.getByRole('button', { name: words.say('sync.hub.connect') }).click();
  await expect(page.getByText(words.like('sync.hub.up_to_date'))).toBeVisible();
}

/** What the owner's screen shows to let another device in. */
export interface WayIn {
  code: string;
  link: string;
}

/** Asks for a way in for somebody new: at the front desk, or in another role. */
export async function letIn(page: Page, person = 'Wang Fang', words = ENGLISH, role = 'desk'): Promise<WayIn> {
  await page.goto('/settings/devices');
  await page.getByRole('button', { name: words.say('sync.devices.add') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: words.say('sync.pair.name') }).fill(person);
  if (role !== 'desk') await dialog.getByText(words.say(`studio.role.${role}`), { exact: true }).click();
  await dialog.getByRole('button', { name: words.say('sync.pair.make') }).click();
  const shown = dialog.getByTestId('pair-code');
  await expect(shown).toBeVisible();
  const code = ((await shown.textContent()) ?? '').replaceAll(' ', '');
  const link = (await dialog.locator('[data-link]').getAttribute('data-link')) ?? '';
  return { code, link };
}

/** Joins by the typed code. */
export async function joinByCode(
  page: Page,
  code: string,
  device = 'Tablet at the door',
  words = ENGLISH,
): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: words.like('start.choose.join') }).click();
  await page.getByLabel(words.say('start.join.code')).fill(code.toLowerCase());
  await page.getByLabel(words.say('start.join.device')).fill(device);
  await page.getByRole('button', { name: words.say('start.join.go'), exact: true }).click();
  await expect(page.getByRole('navigation', { name: words.say('shell.nav.label') })).toBeVisible();
}

/** Waits until the frame says that nothing waits to be sent. */
export async function allSynced(page: Page, words = ENGLISH): Promise<void> {
  await expect(page.getByTestId('sync')).toContainText(words.like('shell.sync.synced'));
}

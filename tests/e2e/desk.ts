// What every journey does at a desk before it comes to its own matter: open a studio, connect the hub, let a device in.
import { expect, type Page } from '@playwright/test';

export interface NewStudio {
  name?: string;
  owner?: string;
}

/** From the first screen to the desk, as somebody who reads English. */
export async function foundStudio(page: Page, { name = 'River Gym', owner = 'Lin Yue' }: NewStudio = {}): Promise<void> {
  await page.getByRole('button', { name: /New studio/ }).click();
  await page.getByLabel('What is the studio called?').fill(name);
  await page.getByLabel('What is your name?').fill(owner);
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
}

/** Makes the hub the studio's, with the code it printed. */
export async function claimHub(page: Page, code: string): Promise<void> {
  await page.goto('/settings/hub');
  await page.getByLabel('Claim code').fill(code);
  await page.getByRole('button', { name: 'Connect this hub' }).click();
  await expect(page.getByText(/Everything is with the hub/)).toBeVisible();
}

/** What the owner's screen shows to let another device in. */
export interface WayIn {
  code: string;
  link: string;
}

/** Asks for a way in for somebody new at the front desk. */
export async function letIn(page: Page, person = 'Wang Fang'): Promise<WayIn> {
  await page.goto('/settings/devices');
  await page.getByRole('button', { name: 'Add a device' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: false }).last().fill(person);
  await dialog.getByRole('button', { name: 'Show the code' }).click();
  const shown = dialog.getByTestId('pair-code');
  await expect(shown).toBeVisible();
  const code = ((await shown.textContent()) ?? '').replaceAll(' ', '');
  const link = (await dialog.locator('[data-link]').getAttribute('data-link')) ?? '';
  return { code, link };
}

/** Joins by the typed code. */
export async function joinByCode(page: Page, code: string, device = 'Tablet at the door'): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: /Join a studio/ }).click();
  await page.getByLabel('Code').fill(code.toLowerCase());
  await page.getByLabel('What is this device called?').fill(device);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
}

/** Waits until the frame says that nothing waits to be sent. */
export async function allSynced(page: Page): Promise<void> {
  await expect(page.getByTestId('sync')).toContainText(/All synced/);
}

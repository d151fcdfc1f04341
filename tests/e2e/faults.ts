// What the journeys through faults share: a desk with a hub, one thing to save that can be counted elsewhere, and browsers
// that misbehave on purpose.
import type { CDPSession, Page } from '@playwright/test';

import { allSynced, claimHub, foundStudio, joinByCode, letIn } from './desk';
import { expect, keptForOffline, type Hub } from './helper';
import { ENGLISH as words } from './words';

/** An owner whose studio is with the hub. */
export async function ownerWithHub(page: Page, hub: Hub): Promise<void> {
  await page.goto('/');
  await foundStudio(page);
  await claimHub(page, await hub.claimCode());
  await allSynced(page);
}

/** One more device, at the front desk. */
export async function joined(owner: Page, device: Page): Promise<void> {
  const way = await letIn(owner);
    await joinByCode(device, way.code);
  await allSynced(device);
  await keptForOffline(device);
}

/** The form of a new member with a name in it. */
export async function fillMember(page: Page, name: string): Promise<void> {
  await page.goto('/members/new');
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
}

export async function pressRegister(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Register', exact: true }).click();
}

/** Saves one thing and waits until the screen calls it saved. */
export async function register(page: Page, name: string): Promise<void> {
  await fillMember(page, name);
  await pressRegister(page);
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

/** The same without loading the page again. */
export async function registerOnward(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: words.say('shell.nav.members') }).first().click();
  await page.getByRole('link', { name: words.say('members.register'), exact: true }).first().click();
  await page.getByRole('textbox', { name: /^Name/ }).fill(name);
  await pressRegister(page);
  await expect(page.getByTestId('member-name')).toHaveText(name);
}

/** The list shows so many members: nothing is missing and nothing is there twice. */
export async function hasMembers(page: Page, count: number): Promise<void> {
  await page.goto('/members');
  const said = count === 0 ? words.say('members.none_title') : words.say('members.count', { count: count < 1_000 ? count : count.toLocaleString('en') });
  await expect(page.getByText(said, { exact: true })).toBeVisible();
}

/** The frame says that so many wait. */
export async function waits(page: Page, count: number): Promise<void> {
  await expect(page.getByTestId('sync')).toContainText(words.say('shell.sync.to_send', { count }));
}

/** The browser's own protocol for one page. */
export function cdp(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}

/** What one push asked and how it was answered. */
export interface Answered {
  id: string;
  answer: unknown;
}

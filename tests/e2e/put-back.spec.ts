// A hub whose disk was put back to an older copy: devices give back what it forgot, and the owner decides how long it waits.
import { cp, rm } from 'node:fs/promises';

import { allSynced } from './desk';
import { hasMembers, joined, ownerWithHub, register } from './faults';
import { axeInBothThemes, expect, test, type Hub } from './helper';
import { ENGLISH as words } from './words';

/** What the hub wrote so far, as a copy of its disk. */
async function copyOf(hub: Hub): Promise<string> {
  const copy = `${hub.dataDir}-copy`;
  await hub.pause();
  await cp(hub.dataDir, copy, { recursive: true });
  await hub.resume();
  return copy;
}

async function putBack(hub: Hub, copy: string): Promise<void> {
  await hub.pause();
  await rm(hub.dataDir, { recursive: true });
  await cp(copy, hub.dataDir, { recursive: true });
  await rm(copy, { recursive: true });
  await hub.resume();
}

test('a hub that was put back is told what it forgot, and the owner need not wait for every device', async ({ page, hub, openDevice, trouble }) => {
  // The hub's word that its history began a new life.
  trouble.allow(/status of 409/);
  await ownerWithHub(page, hub);
  const second = await openDevice();
  await joined(page, second);
  await register(second, 'Chen Wei');
  await hasMembers(page, 1);
  const copy = await copyOf(hub);
  await register(page, 'He Jing');
  await allSynced(page);
  await second.context().setOffline(true);
  await register(second, 'Tang Ning');
  await putBack(hub, copy);

  // The owner's tablet has come by itself; the one at the front desk has no network.
  await page.goto('/settings/hub');
  const card = page.locator('section', { has: page.getByRole('heading', { name: words.say('sync.back.title') }) });
  await expect(card.getByText(words.say('sync.back.lead'))).toBeVisible();
  await expect(card.getByRole('list', { name: words.say('sync.back.list') }).getByRole('listitem')).toHaveCount(1);
  await axeInBothThemes(page);
  await card.getByRole('button', { name: words.say('sync.back.go_on') }).click();
  await expect(card.getByText(words.say('sync.back.open'))).toBeVisible();
  await card.getByRole('button', { name: words.say('sync.back.for_good') }).click();
  await expect(card).toBeHidden();

  await second.context().setOffline(false);
  await allSynced(second);
  await hasMembers(second, 3);
  await allSynced(page);
  await hasMembers(page, 3);
});

// The frame and the primitives: keys, search, languages, and every primitive in both themes and three languages.
import type { Page } from '@playwright/test';

import { foundStudio } from './desk';
import { axeInBothThemes, expect, started, test } from './helper';

/** The gallery stands behind the desk: an empty device shows how to begin first. */
async function toGallery(page: Page): Promise<void> {
  await page.goto('/');
  await foundStudio(page);
  await page.goto('/gallery');
  await started(page);
}

const LANGUAGES = [
  { tag: 'en', title: 'Gallery', members: 'Members' },
  { tag: 'zh-Hans', title: '组件一览', members: '会员' },
  { tag: 'zh-Hant', title: '元件一覽', members: '會員' },
] as const;

for (const { tag, title } of LANGUAGES) {
  test(`every primitive in ${tag}, on a tablet and on a phone`, async ({ page }) => {
    await page.goto('/');
    await foundStudio(page);
    await page.evaluate((lang) => localStorage.setItem('rollcall.lang', lang), tag);
    await page.goto('/gallery');
    await started(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(page.locator('html')).toHaveAttribute('lang', tag);
    await axeInBothThemes(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await axeInBothThemes(page);
  });
}

test('the language is switched live and kept', async ({ page }) => {
  await toGallery(page);
  await page.getByRole('button', { name: 'Language: English' }).click();
  await page.getByRole('menuitemradio', { name: '繁體中文' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('元件一覽');
  await page.reload();
  await started(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('元件一覽');
});

test('a list of 50,000 draws only what is in sight, and the keyboard reaches its end', async ({ page }) => {
  await toGallery(page);
  const list = page.getByRole('listbox', { name: 'Members', exact: true });
  await list.focus();
  await page.keyboard.press('End');
  await expect(list.getByRole('option', { name: /50000/ })).toBeInViewport();
  expect(await list.getByRole('option').count()).toBeLessThan(60);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('option', { selected: true })).toContainText('49999');
  await page.keyboard.press('Home');
  await expect(list.getByRole('option', { name: /张嘉敏 1/ }).first()).toBeInViewport();
});

test('an amount is refused or read, never guessed', async ({ page }) => {
  await toGallery(page);
  const price = page.getByLabel('Price');
  await price.fill('12,50');
  await expect(price).toHaveAttribute('aria-invalid', 'true');
  await price.fill('¥1,250.5');
  await price.blur();
  await expect(price).toHaveValue('1250.50');
  await expect(price).not.toHaveAttribute('aria-invalid', 'true');
});

test('a dialog keeps the focus, closes on Escape and gives the focus back', async ({ page }) => {
  await toGallery(page);
  const opener = page.getByRole('button', { name: 'Open a dialog' });
  await opener.click();
  const dialog = page.getByRole('dialog', { name: 'Register a member' });
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await axeInBothThemes(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('a photo is made small and a signature is kept as strokes', async ({ page }) => {
  await toGallery(page);
  const photo = await page.screenshot();
  await page.locator('input[type=file]').last().setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: photo });
  const shown = page.getByRole('img', { name: 'Photo' });
  await expect(shown).toBeVisible();
  const size = await shown.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]);
  expect(size).toEqual([480, 480]);

  const pad = page.locator('canvas');
  await pad.scrollIntoViewIfNeeded();
  await page.getByRole('group', { name: 'Signature' }).getByRole('button', { name: 'Clear' }).click();
  await expect(page.locator('svg.signature path')).toHaveAttribute('d', '');
  const box = await pad.boundingBox();
  if (!box) throw new Error('the pad has no place on the page');
  await page.mouse.move(box.x + 40, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + 140, box.y + 90, { steps: 8 });
  await page.mouse.up();
  await expect(page.locator('svg.signature path')).toHaveAttribute('d', /^M\d+ \d+L/);
});

test('what was done can be undone', async ({ page }) => {
  await toGallery(page);
  await page.getByRole('button', { name: 'Do something that can be undone' }).click();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(page.getByText('Undone.')).toBeVisible();
});

// The first thing anybody sees: four ways to begin, each to its end, in three languages, with nothing for axe to find.
import { foundStudio } from './desk';
import { axeInBothThemes, expect, keptForOffline, test } from './helper';

test('the app starts from an empty browser with four ways to begin', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How would you like to begin?');
  for (const way of [/New studio/, /Look around/, /Join a studio/, /Open a backup file/]) {
    await expect(page.getByRole('button', { name: way })).toBeVisible();
  }
  await axeInBothThemes(page);
});

test('a deep link and a reload work with the network gone', async ({ page, context }) => {
  await page.goto('/');
  await foundStudio(page);
  await keptForOffline(page);
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await page.goto('/settings/device');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This device');
});

test('a new studio: what is missing is said beside the field, then the desk is there', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: /New studio/ }).click();
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await expect(page.getByText("Please enter the studio's name.")).toBeVisible();
  await expect(page.getByText('Please enter your name.')).toBeVisible();
  await axeInBothThemes(page);

  await page.getByLabel('What is the studio called?').fill('  River   Gym ');
  await page.getByLabel('What is your name?').fill('Lin Yue');
  await expect(page.getByLabel('Time zone')).toContainText('Asia/Taipei');
  await expect(page.getByLabel('Currency').locator('option:checked')).toContainText('TWD');
  await page.getByLabel('Indoor').uncheck();
  await page.getByRole('button', { name: 'Open the studio' }).click();
  await expect(page.getByText('Please choose at least one.')).toBeVisible();
  await page.getByLabel('Outdoor').check();
  await page.getByRole('button', { name: 'Open the studio' }).dblclick();

  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
  await expect(page.locator('.who')).toContainText('Lin Yue');
  await expect(page.getByTestId('sync')).toContainText('Saved on this device');
  await expect(page.getByRole('heading', { name: 'First steps' })).toBeVisible();
  await axeInBothThemes(page);

  await page.reload();
  await expect(page.locator('.rail__name')).toHaveText('River Gym');
});

test('the way to a studio and back again works by keyboard alone', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: /New studio/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('What is the studio called?').focus();
  await page.keyboard.type('River Gym');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Lin Yue');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Main areas' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
});

test('the sample studio says what it is, and one button removes it', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('button', { name: /Look around/ }).click();
  await page.getByRole('button', { name: 'Open the sample studio' }).click();
  await expect(page.getByText('This is the sample studio. Nothing in it is real.')).toBeVisible();
  await axeInBothThemes(page);
  await page.getByRole('button', { name: 'Remove it' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText(/200 members/);
  await dialog.getByRole('button', { name: 'Remove everything' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('How would you like to begin?');
});

test('a wrong code to join is answered in a sentence', async ({ page, hub, trouble }) => {
  trouble.allow(/status of 4\d\d/);
  await hub.claimCode();
  await page.goto('/');
  await page.getByRole('button', { name: /Join a studio/ }).click();
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(page.getByText('Please enter the ten characters.')).toBeVisible();
  await page.getByLabel('Code').fill('ABCDE FGHJK');
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: /code is wrong|No studio lives/ })).toBeVisible();
  await axeInBothThemes(page);
});

const LANGUAGES = [
  { own: '简体中文', lang: 'zh-Hans', begin: '您想怎么开始？', fresh: /新建场馆/, open: '开始使用', name: '场馆叫什么名字？', owner: '您叫什么名字？', areas: '主要功能' },
  { own: '繁體中文', lang: 'zh-Hant', begin: '您想怎麼開始？', fresh: /新建場館/, open: '開始使用', name: '場館叫什麼名字？', owner: '您叫什麼名字？', areas: '主要功能' },
];

for (const words of LANGUAGES) {
  test(`a studio opens in ${words.lang}`, async ({ page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitemradio', { name: words.own }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', words.lang);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.begin);
    await page.getByRole('button', { name: words.fresh }).click();
    await page.getByLabel(words.name).fill('河畔健身');
    await page.getByLabel(words.owner).fill('欧阳·阿卜杜勒-热合曼 伊斯马伊力');
    await page.getByRole('button', { name: words.open }).click();
    await expect(page.getByRole('navigation', { name: words.areas })).toBeVisible();
    await axeInBothThemes(page);
  });
}

// How the journeys run. Each test starts a hub of its own (see helper.ts), so there is no shared server here.
import { defineConfig } from '@playwright/test';

import { launchOptions } from './chromium.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // No test knows another: each has its own hub, data folder and browser profile.
  fullyParallel: true,
  workers: 2,
  // A journey that fails is walked once more and named as flaky in the last lines, with the trace of its failure: two
  // browsers, a hub and a compiler's leftovers share two cores. One that fails twice has failed.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions,
    // The front desk's tablet, lying down.
    viewport: { width: 1180, height: 820 },
    locale: 'en-GB',
    timezoneId: 'Asia/Taipei',
    colorScheme: 'light',
    // Colours in the middle of a transition belong to no theme.
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 30_000,
    // What was done, said and sent; pictures of every step would slow the journeys down.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false, sources: false },
    screenshot: 'only-on-failure',
  },
});

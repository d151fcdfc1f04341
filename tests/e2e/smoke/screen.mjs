// What a user sees and touches, the same in every browser: found by role and name, clicked and typed into by the
// browser itself. A driver brings open, reload, run, element and close; its elements click, clear, type and upload.

const WAIT_MS_MAX = 60_000;
const POLL_MS = 50;

/** One page of one browser. */
export class Screen {
  #driver;

  constructor(driver) {
    this.#driver = driver;
  }

  open(url) {
    return this.#driver.open(url);
  }

  reload() {
    return this.#driver.reload();
  }

  /** Runs a function in the page; it sees only its arguments and may return a promise. */
  run(work, ...args) {
    return this.#driver.run(work, ...args);
  }

  /** Waits for a truthy answer from the page; `what` names it if it never comes. */
  until(what, work, ...args) {
    return this.#poll(what, () => this.run(work, ...args));
  }

  /** A text stands on the screen. */
  sees(text) {
    return this.until(`the text “${text}”`, (wanted) => document.body?.innerText.includes(wanted) ?? false, text);
  }

  /** The app is up: the static page that stands in for it at first is gone. */
  started() {
    return this.until('the app', () => !document.querySelector('#boot') && Boolean(document.querySelector('main')));
  }

  /** Clicks what has this role and name. */
  async click(role, name) {
    const element = await this.#find(role, name);
    await element.click();
  }

  /** Clicks what carries this mark for tests. */
  async touch(mark) {
    const element = await this.#find('mark', mark);
    await element.click();
  }

  /** Types into what carries this mark, and presses Enter. */
  async enter(mark, text) {
    const element = await this.#find('mark', mark);
    await element.type(text);
    await element.enter();
  }

  /** What carries this mark says this. */
  says(mark, text) {
    const asks = (mark, text) => document.querySelector(`[data-testid="${mark}"]`)?.textContent.includes(text) ?? false;
    return this.until(`“${text}” at ${mark}`, asks, mark, text);
  }

  /** Nothing carries this mark any more. */
  gone(mark) {
    return this.until(`the end of ${mark}`, (mark) => !document.querySelector(`[data-testid="${mark}"]`), mark);
  }

  /** Types into the field with this label, in place of what is in it. */
  async fill(label, text) {
    const field = await this.#find('field', label);
    await field.clear();
    await field.type(text);
  }

  /** Gives a file to the field with this label. */
  async upload(label, path) {
    const field = await this.#find('file', label);
    await field.upload(path);
  }

  close() {
    return this.#driver.close();
  }

  #find(role, name) {
    return this.#poll(`${role} “${name}”`, () => this.#driver.element(findInPage, role, name));
  }

  async #poll(what, ask) {
    const end = Date.now() + WAIT_MS_MAX;
    let why = '';
    while (Date.now() < end) {
      try {
        const answer = await ask();
        if (answer) return answer;
        why = '';
      } catch (error) {
        // A page between two documents answers nothing; the next moment it may.
        why = ` (${error.message})`;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const shown = await this.run(() => document.body?.innerText ?? '').catch(() => 'the page does not answer');
    throw new Error(`never came: ${what}${why}\non the screen:\n${shown.slice(0, 2000)}`);
  }
}

/** Runs in the page, so it stands alone. The whole name first, then one that begins with it. */
function findInPage(role, name) {
  if (role === 'mark') return document.querySelector(`[data-testid="${name}"]`);
  const kinds = {
    button: 'button, [role=button], [role=menuitem], [role=option], [role=tab], summary, input[type=submit]',
    link: 'a[href]',
    field: 'input:not([type=file]), textarea, select',
    file: 'input[type=file]',
    radio: 'input[type=radio]',
    checkbox: 'input[type=checkbox]',
  };
  const tidy = (text) => (text ?? '').replace(/\s+/g, ' ').trim();
  const names = (element) => {
    const labels = [...(element.labels ?? [])].map((label) => label.textContent);
    const by = (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent);
    return [element.getAttribute('aria-label'), ...by, ...labels, element.textContent].map(tidy).filter(Boolean);
  };
  const hidden = (element) => role !== 'file' && role !== 'radio' && role !== 'checkbox' && element.getClientRects().length === 0;
  const all = [...document.querySelectorAll(kinds[role])].filter((element) => !hidden(element) && !element.disabled);
  const found =
    all.find((element) => names(element).includes(name)) ??
    all.find((element) => names(element).some((text) => text.startsWith(name)));
  // A choice is often drawn by its label, with the real one hidden behind it.
  return (role === 'radio' || role === 'checkbox' ? found?.labels?.[0] : undefined) ?? found ?? null;
}

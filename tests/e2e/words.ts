// The app's own sentences, out of the files it is built from: a journey names what it looks for by its key and can be
// walked in every language.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCALES = join(import.meta.dirname, '..', '..', 'locales');

export type Language = 'en' | 'zh-Hans' | 'zh-Hant';
type Params = Record<string, string | number>;
type Table = { [key: string]: string | Table };

export class Words {
  readonly #tables = new Map<string, Table>();

  constructor(readonly language: Language) {}

  /** The sentence of a key like `members.file.owes`, with its parameters filled in. */
  say(key: string, params: Params = {}): string {
    return this.#template(key, params).replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => {
      const value = params[name];
      if (value === undefined) throw new Error(`${key} wants ${name}`);
      return String(value);
    });
  }

  /** The same as a pattern: parameters that are not given match anything. */
  like(key: string, params: Params = {}): RegExp {
    const parts = this.#template(key, params).split(/(\{\{ \w+ \}\})/);
    const source = parts.map((part) => {
      const name = /^\{\{ (\w+) \}\}$/.exec(part)?.[1];
      if (!name) return literal(part);
      return params[name] === undefined ? '.*' : literal(String(params[name]));
    });
    return new RegExp(source.join(''));
  }

  #template(key: string, { count }: Params): string {
    const [file, ...path] = key.split('.');
    const plural = count === 1 && this.language === 'en' ? 'one' : 'other';
    const found = find(this.#table(file), path) ?? find(this.#table(file), [...path.slice(0, -1), `${path.at(-1)}_${plural}`]);
    if (found === undefined) throw new Error(`no sentence ${key} in ${this.language}`);
    return found;
  }

  #table(file: string): Table {
    const known = this.#tables.get(file);
    if (known) return known;
    const table = JSON.parse(readFileSync(join(LOCALES, this.language, `${file}.json`), 'utf8')) as Table;
    this.#tables.set(file, table);
    return table;
  }
}

function find(table: Table, path: string[]): string | undefined {
  let at: string | Table | undefined = table;
  for (const step of path) at = typeof at === 'object' ? at[step] : undefined;
  return typeof at === 'string' ? at : undefined;
}

function literal(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

export const ENGLISH = new Words('en');

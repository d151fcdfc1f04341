// The peer of the measurements: the same calls as the app's measuring page, over plain IndexedDB with one object store
// per entity, as one would write it by hand. Check-ins are strict; the rest is as the browser does it.

const NAME = 'peer';
const scriptAt = performance.now();
let database;
let rows = [];

const asked = (request) =>
  new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
const complete = (transaction) =>
  new Promise((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onabort = () => failed(transaction.error);
  });

async function open() {
  if (database) return database;
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    const members = request.result.createObjectStore('members', { keyPath: 'id' });
    for (const key of ['card_no', 'phone', 'name']) members.createIndex(key, key);
    for (const store of ['visits', 'points']) request.result.createObjectStore(store, { keyPath: 'id' }).createIndex('member_id', 'member_id');
    request.result.createObjectStore('outbox', { autoIncrement: true }).createIndex('waits', 'waits');
  };
  database = await asked(request);
  return database;
}

async function destroy() {
  database?.close();
  database = undefined;
  rows = [];
  await asked(indexedDB.deleteDatabase(NAME));
}

async function putAll(store, list) {
  const transaction = (await open()).transaction(store, 'readwrite');
  for (const one of list) transaction.objectStore(store).put(one);
  await complete(transaction);
  return list.length;
}

async function checkin({ member_id, at, checkin: visit, points, outbox }) {
  const stores = ['members', 'visits', 'points', 'outbox'];
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' });
  const [members, visits, lines, queue] = stores.map((store) => transaction.objectStore(store));
  const request = members.get(member_id);
  request.onsuccess = () => {
    const member = request.result;
    if (member) members.put({ ...member, visits: member.visits + 1, updated_at: at });
  };
  visits.put(visit);
  lines.put(points);
  queue.add({ ...outbox, waits: 1 });
  await complete(transaction);
}

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

async function prepareSearch() {
  const members = (await open()).transaction('members').objectStore('members');
  rows = (await asked(members.getAll())).sort(byName);
}

function search(query) {
  const hits = [];
  for (const member of rows) {
    if (member.name_key.includes(query) || member.phone.includes(query) || member.card_no.toLowerCase().includes(query)) {
      if (hits.push(member) === 50) break;
    }
  }
  return hits;
}

async function outboxAdd(op) {
  const transaction = (await open()).transaction('outbox', 'readwrite', { durability: 'strict' });
  transaction.objectStore('outbox').add({ ...op, waits: 1 });
  await complete(transaction);
}

async function waiting(limit) {
  const index = (await open()).transaction('outbox').objectStore('outbox').index('waits');
  const [keys, ops] = await Promise.all([asked(index.getAllKeys(null, limit)), asked(index.getAll(null, limit))]);
  return { keys, ops };
}

async function settle({ keys, ops }) {
  const transaction = database.transaction('outbox', 'readwrite', { durability: 'strict' });
  ops.forEach(({ waits, ...op }, at) => transaction.objectStore('outbox').put(op, keys[at]));
  await complete(transaction);
}

async function drain(url, batch) {
  let sent = 0;
  for (;;) {
    const lines = await waiting(batch);
    if (!lines.keys.length) return sent;
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(lines.ops) });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    await settle(lines);
    sent += lines.keys.length;
  }
}

async function cold() {
  const opened = await open();
  const openAt = performance.now();
  const index = opened.transaction('members').objectStore('members').index('name');
  const first = await asked(index.getAll(null, 50));
  const list = document.getElementById('rows');
  for (const member of first) list.append(Object.assign(document.createElement('li'), { textContent: member.name }));
  await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
  const first50 = performance.now();
  await prepareSearch();
  const all = performance.now();
  const names = { firstName: first[0]?.name, lastName: first.at(-1)?.name };
  globalThis.coldResult = { scriptAt, openAt, first50, all, n: rows.length, rows: list.childElementCount, ...names };
}

globalThis.bench = {
  name: 'plain IndexedDB',
  open: () => open().then(() => undefined),
  destroy,
  importMembers: (list) => putAll('members', list),
  importCheckins: (list) => putAll('visits', list),
  checkin,
  prepareSearch,
  search,
  outboxClear: async () => {
    const transaction = (await open()).transaction('outbox', 'readwrite');
    transaction.objectStore('outbox').clear();
    await complete(transaction);
  },
  outboxAdd,
  outboxSettle: async () => {},
  drain,
};
globalThis.ready = true;
if (location.search.includes('cold=1')) await cold();

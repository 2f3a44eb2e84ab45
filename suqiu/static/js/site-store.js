// What does this phone keep? Records that wait, drafts, today's places; sealed under a key that it has only while their owner is signed in.
// Read by pages and by the service worker alike.

const NAME = "suqiu-site";
const STORES = { waiting: "key", drafts: "id", today: "number", meta: "id" };

export const isAble = () => self.isSecureContext && "indexedDB" in self && Boolean(self.crypto?.subtle);

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(STORES)) request.result.createObjectStore(store, { keyPath });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => { opened = undefined; });
  return opened;
}

async function within(store, mode, ask) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const request = ask(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? request?.error);
  });
}

export const get = (store, key) => within(store, "readonly", (s) => s.get(key));
export const all = (store) => within(store, "readonly", (s) => s.getAll());
export const put = (store, value) => within(store, "readwrite", (s) => s.put(value));
export const remove = (store, key) => within(store, "readwrite", (s) => s.delete(key));
export const empty = (store) => within(store, "readwrite", (s) => s.clear());

// --- Whose phone is it now? Kept from the last time the server said so; forgotten at the door. ---

// Without the words that are drawn across what he sees he is nobody: what this phone keeps is never shown without them.
export async function owner() {
  const known = await get("meta", "owner");
  return known?.mark ? known : undefined;
}

export async function setOwner({ account, key, mark }) {
  const known = await owner();
  if (known?.account === account && known.mark === mark) return known;
  const raw = Uint8Array.from(atob(key), (c) => c.charCodeAt(0));
  const made = { id: "owner", account, mark, key: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]) };
  if (known?.account !== account) await empty("today"); // another account's places are not his
  await put("meta", made);
  return made;
}

export async function forgetOwner() {
  await empty("meta");
  await empty("today");
}

// --- Sealed: nobody else who has the phone in hand reads what waits on it. ---

async function seal(bytes, key) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

async function unseal({ iv, box }, key) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, box);
}

// A form as it would travel, in one piece: the same bytes, however often it is sent.
async function packed(form) {
  const whole = new Response(form);
  return { type: whole.headers.get("Content-Type"), bytes: await whole.arrayBuffer() };
}

export async function sealedForm(form, key) {
  const { type, bytes } = await packed(form);
  return { type, sealed: await seal(bytes, key) };
}

export async function openedForm(kept, key) {
  const bytes = await unseal(kept.sealed, key);
  return new Response(bytes, { headers: { "Content-Type": kept.type } }).formData();
}

export async function bytesOf(kept, key) {
  return unseal(kept.sealed, key);
}

// Talking to the console: one place for the session's token, ids of commands and refusals.
import { say, sayPair } from './words.js';

let csrf = '';
export const setToken = (token) => { csrf = token; };

// status 0: no connection. document: the JSON, or null.
export async function get(path) {
  try {
    const response = await fetch(path, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
    return { status: response.status, document: await response.json().catch(() => null) };
  } catch {
    return { status: 0, document: null };
  }
}

// 48 bits of time and 80 of chance in Crockford's base 32: what the daemons call an id.
export function newId() {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const tail = crypto.getRandomValues(new Uint8Array(10));
  let number = BigInt(Date.now());
  for (const byte of tail) number = number << 8n | BigInt(byte);
  let text = '';
  for (let i = 0; i < 26; i++, number >>= 5n) text = letters[Number(number & 31n)] + text;
  return text;
}

async function send(path, body, id) {
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
  if (id) headers['Command-Id'] = id;
  const response = await fetch(path,
    { method: 'POST', headers, body: JSON.stringify(body), credentials: 'same-origin' });
  return {
    status: response.status,
    location: response.headers.get('Location'),
    document: response.status === 204 ? null : await response.json().catch(() => null),
  };
}

export async function post(path, body) {
  try {
    return await send(path, body, null);
  } catch {
    return { status: 0, document: null };
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// An order: under one id however often it has to be sent, so that a lost answer does not make it act twice.
// Returns {good, sentence}.
export async function order(path, body) {
  const id = newId();
  let answer = { status: 0, document: null };
  for (let attempt = 0; attempt < 4 && (answer.status === 0 || answer.status === 503); attempt++) {
    if (attempt) await pause(500 << attempt);
    try {
      answer = await send(path, body, id);
    } catch {
      answer = { status: 0, document: null };
    }
  }
  for (let i = 0; answer.status === 202 && i < 10; i++) {
    await pause(1000);
    const later = await get(answer.location ?? `/api/commands/${id}`);
    if (later.document?.state === 'answered')
      answer = { status: later.document.status, document: later.document };
  }
  return judge(answer);
}

export function complaint(answer) {
  if (answer.status === 0) return say('no_network');
  const document = answer.document ?? {};
  const owner = document.detail ?? document.sentence; // of an order: the owner's own words, which say it all
  const said = answer.ordered && owner ? sayPair(owner) : [document.title, owner].filter(Boolean).map(sayPair).join('. ');
  return said || `${say('failed')} (${answer.status})`;
}

function judge(answer) {
  if (answer.status === 202) return { good: true, sentence: say('pending') };
  const good = answer.status >= 200 && answer.status < 300;
  return { good, sentence: good ? sayPair(answer.document?.sentence) || say('saved') : complaint({ ...answer, ordered: true }) };
}

// The page: signing in, the tabs, and asking every two seconds whether anything has happened.
import { complaint, get, post, setToken } from './api.js';
import { byId, element, replace, toast } from './dom.js';
import { dutyRead, forgetDuty, paintDuty, readDuty } from './duty.js';
import { countOf, daemonBox, group, measuresBox, refreshTimes, rows } from './lists.js';
import { areaOptions, closeSheet, openAlert, openOffer, openReview, openReviews, openSheet, setPerson } from './sheet.js';
import { getSite, isEnglish, say, setEnglish, setSite } from './words.js';

const POLL_MS = 2000, HIDDEN_POLL_MS = 15000, WHOLE_EVERY = 5;
const LIVE_ROWS = 50, ROWS_MOST = 1000; // of a list in /api/live; of one asked for by itself

const tabs = [
  { name: 'cases', parts: ['cases'] },
  { name: 'queues', parts: ['alerts', 'reviews', 'duplicates', 'unroutable', 'offers', 'overdue', 'drafts'] },
  { name: 'deliveries', parts: ['deliveries'] },
  { name: 'duty', parts: [] },
  { name: 'status', parts: [] },
];
const hot = ['reviews', 'unroutable', 'overdue'];

let person = null, tab = 'cases', live = null, since = null, polls = 0, timer = 0, round = 0;
let narrowed = { priority: '', area: '' }; // what the lists are narrowed to
const longer = new Map(); // lists of which more was asked for: how many rows
let system = null; // what /api/status and the parked lists said last

// ---- frame ----

function paintWords() {
  document.querySelectorAll('[data-word]').forEach((one) => { one.textContent = say(one.dataset.word); });
  byId('language').textContent = isEnglish() ? 'ID' : 'EN';
  byId('language').title = isEnglish() ? 'Bahasa Indonesia' : 'English';
  const site = getSite();
  byId('emergency').textContent = (isEnglish() ? site.emergency_text_en : site.emergency_text) ?? '';
  paintNarrow();
}

function pulse(state) {
  byId('pulse').className = `pulse ${state}`;
  byId('pulse').textContent = state ? say(state) : '';
}

function notice(sentence) {
  byId('notice').textContent = sentence ?? '';
  byId('notice').hidden = !sentence;
}

// ---- lists ----

const partRows = (name) => rows(live?.[name], name === 'overdue' ? 'tasks' : name);
// An alert that somebody has, or that only tells, is no work for a queue. A delivery is shown with its alert.
function listOf(name) {
  const list = partRows(name).filter((one) => !narrowed.priority || one.priority === narrowed.priority || name === 'deliveries');
  if (name === 'alerts')
    return list.filter((one) => one.needs_answer !== false && !['answered', 'stood-down'].includes(one.state));
  if (name !== 'deliveries') return list;
  const alerts = new Map(partRows('alerts').map((one) => [one.id, one]));
  return list.map((one) => ({ ...one, alert: alerts.get(one.alert_id) }));
}

// How much of a list there is. A list narrowed here is not what its owner has counted.
function lengthOf(name) {
  const limit = longer.get(name) ?? LIVE_ROWS, counted = ['alerts', 'reviews'].includes(name) ? live?.totals?.[name] : undefined;
  return { total: counted, full: partRows(name).length >= limit, more: limit < ROWS_MOST ? () => showMore(name, limit) : null };
}

const ownLists = { cases: '/api/cases', deliveries: '/api/deliveries', alerts: '/api/alerts?state=waiting' };

// The rest of a list, by itself: the lists that everybody asks for every two seconds stay short.
async function readLonger(name, limit) {
  const path = ownLists[name] ?? '/api/queues';
  const answer = await get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${narrowing()}`);
  return answer.status === 200 ? { [name]: answer.document[name], totals: answer.document.totals } : {};
}

async function withLonger(document) {
  for (const [name, limit] of longer) {
    const more = await readLonger(name, limit);
    document = { ...document, ...more, totals: { ...document.totals, ...more.totals } };
  }
  return document;
}

async function showMore(name, limit) {
  longer.set(name, Math.min(limit * 4, ROWS_MOST));
  live = await withLonger(live);
  paint();
}

const narrowing = () => Object.entries(narrowed).filter(([, value]) => value).map(([key, value]) => `&${key}=${encodeURIComponent(value)}`).join('');

const open = {
  mayRetry: () => person?.roles.includes('administrator'),
  sheet: (id) => { location.hash = `case/${id}`; },
  review: (row) => openReview(row, now()),
  reviews: (list) => openReviews(list, now()),
  offer: (row) => openOffer(row, now()),
  alert: (row) => {
    const review = row.subject === 'review' && partRows('reviews').find((one) => one.report_id === row.subject_id);
    if (review) openReview(review, now());
    else if (row.subject === 'offer' && row.case_id) open.sheet(row.case_id);
    else openAlert(row, now());
  },
  retry: async (row) => {
    const answer = await post(`/api/hooks/${row.id}/retry`, {});
    toast(answer.status === 200 ? say('being_read_again') : complaint(answer), answer.status === 200);
    setTimeout(readSystem, 500); // read by the next turn, or put aside again
  },
};
let skew = 0; // the server's clock minus ours
const now = () => Date.now() + skew;

function paintTabs() {
  replace(byId('tabs'), tabs.map(({ name, parts }) => {
    const counts = parts.map((part) => countOf(listOf(part), lengthOf(part)));
    const count = counts.reduce((sum, one) => sum + parseInt(one, 10), 0) + (counts.some((one) => one.endsWith('+')) ? '+' : '');
    const warm = parts.some((part) => hot.includes(part) && listOf(part).length);
    return element('button', { type: 'button', 'data-key': name, 'aria-current': tab === name ? 'page' : null, onclick: () => { location.hash = name; } },
      parts.length ? element('span', { className: warm ? 'count hot' : 'count' }, count) : element('span.count', '•'), say(name));
  }));
}

function paintStatus() {
  const names = ['intake', 'triage', 'router', 'casework', 'notifier', 'console'];
  const parked = names.flatMap((name) => rows(system?.queues?.[`parked_${name}`], 'parked'));
  const hooks = rows(system?.queues?.hooks, 'hooks');
  return [element('section.group', element('h2', say('status')), names.map((name) => daemonBox(name, system?.status?.[name]))),
    hooks.length ? group('hooks', hooks, now(), open, true) : null,
    parked.length ? group('parked', parked, now(), open, true) : null, measuresBox(system?.measures)];
}

// A list is only made anew when it has changed, and never under a finger: a touch must meet what was seen.
let painted = new Map(), pressed = false, unpainted = false;
addEventListener('pointerdown', () => { pressed = true; });
for (const end of ['pointerup', 'pointercancel'])
  addEventListener(end, () => {
    pressed = false;
    if (unpainted) setTimeout(paint); // after the click
  });

function paintGroups(parts) {
  const box = byId('lists');
  if (box.dataset.tab !== tab) {
    box.dataset.tab = tab;
    painted = new Map();
    box.replaceChildren(...parts.map(() => element('div')));
  }
  parts.forEach((name, i) => {
    const list = listOf(name), length = lengthOf(name), text = JSON.stringify([list, length]) + isEnglish();
    if (painted.get(name) === text) return;
    painted.set(name, text);
    replace(box.children[i], group(name, list, now(), open, parts.length > 1, length));
  });
  refreshTimes(box, now());
}

function paint() {
  unpainted = pressed;
  if (pressed || !person) return;
  const box = byId('lists');
  paintTabs();
  byId('narrow').hidden = ['status', 'duty'].includes(tab);
  if (live && !['status', 'duty'].includes(tab)) return paintGroups(tabs.find(({ name }) => name === tab).parts);
  if (tab === 'duty' && box.dataset.tab === 'duty') return; // it changes when it is read, not with the clock
  delete box.dataset.tab;
  const there = live && (tab === 'duty' ? dutyRead() : system);
  if (there && tab === 'duty') box.dataset.tab = 'duty';
  replace(box, there ? (tab === 'duty' ? paintDuty() : paintStatus()) : element('p.empty', say('loading')));
}

// The address says where one is, so that "back" on a telephone closes the sheet instead of leaving the page.
function go() {
  const [word, id] = location.hash.slice(1).split('/');
  if (word === 'case' && id) {
    if (person) openSheet(id, false);
    return;
  }
  closeSheet();
  if (!tabs.some(({ name }) => name === word) || word === tab) return;
  tab = word;
  scrollTo(0, 0);
  paint();
  if (tab === 'status') readSystem();
  if (tab === 'duty') readDuty(repaintDuty, person?.roles);
}

function repaintDuty() {
  delete byId('lists').dataset.tab;
  if (tab === 'duty') paint();
}

addEventListener('hashchange', go);
byId('sheet').addEventListener('close', () => { if (location.hash.startsWith('#case/')) location.hash = tab; });

async function readSystem() {
  const [status, queues, measures] = await Promise.all([get('/api/status'), get('/api/queues'), get('/api/measures')]);
  system = { status: status.document, queues: queues.document, measures: measures.document?.measures };
  if (tab === 'status') paint();
}

// ---- polling ----

async function poll() {
  const mine = ++round;
  clearTimeout(timer);
  const whole = since === null || polls % WHOLE_EVERY === 0; // things also become overdue by time alone
  const answer = await askLive(whole ? '/api/live?' : `/api/live?since=${since}`, narrowing());
  if (mine !== round || !person) return;
  polls++;
  if (answer.status === 401) return signedOut(say('session_over'));
  if (answer.status === 200) await took(answer.document, mine);
  else pulse('lost');
  if (mine !== round || !person) return;
  timer = setTimeout(poll, document.hidden ? HIDDEN_POLL_MS : POLL_MS);
}

const askLive = (path, more) => get(path.endsWith('?') ? path + more.slice(1) : path + more);

async function took(document, mine) {
  skew = document.at - Date.now();
  since = document.changes;
  if (document.unchanged) {
    paint(); // ages go on
    return;
  }
  const missing = document.missing ?? []; // what is refused (no right to a queue) is just empty for this person
  const whole = await withLonger(document);
  if (mine !== round || !person) return;
  live = whole;
  pulse(missing.length ? 'holes' : 'live');
  notice(missing.length ? `${say('missing')}: ${missing.map(say).join(', ')}` : null);
  paint();
  if (tab === 'status' && polls % WHOLE_EVERY === 0) readSystem();
}

document.addEventListener('visibilitychange', () => { if (!document.hidden && person) poll(); });

// ---- looking for one, looking at some ----

function paintNarrow() {
  const form = byId('filter'), english = isEnglish();
  byId('find').number.placeholder = byId('find').number.ariaLabel = say('find_hint');
  form.priority.ariaLabel = say('priority');
  form.area.placeholder = form.area.ariaLabel = say('filter_area');
  replace(form.priority, [['', say('every_priority')], ...['P0', 'P1', 'P2', 'P3', 'P4'].map((one) => [one, one])]
    .map(([value, text]) => element('option', { value, selected: value === narrowed.priority }, text)));
  areaOptions(english);
}

function narrow() {
  const form = byId('filter');
  if (!form.area.checkValidity()) return;
  narrowed = { priority: form.priority.value, area: form.area.value.trim() };
  longer.clear();
  since = null;
  poll();
}

byId('filter').addEventListener('change', narrow);
byId('filter').addEventListener('submit', (event) => { event.preventDefault(); narrow(); });

// A case or a report by its number, or by the ticket that the reporter has.
byId('find').addEventListener('submit', async (event) => {
  event.preventDefault();
  const number = event.target.number.value.trim().toUpperCase();
  const known = /^[0-9A-HJKMNP-TV-Z]{26}$/.test(number);
  const answer = known ? { status: 200, document: { case_id: number } } : await get(`/api/find?ticket=${encodeURIComponent(number)}`);
  if (answer.status === 200) {
    event.target.reset();
    open.sheet(answer.document.case_id ?? answer.document.report_id);
  } else toast(answer.status === 404 || answer.status === 403 ? say('not_found') : complaint(answer), false);
});

// ---- signing in and out ----

function signedIn(document) {
  person = document;
  setToken(document.csrf);
  setPerson(document);
  byId('login').hidden = true;
  byId('work').hidden = false;
  byId('me').hidden = false;
  byId('me').textContent = document.account;
  notice(null);
  live = system = since = null;
  narrowed = { priority: '', area: '' };
  longer.clear();
  for (const id of ['find', 'filter']) byId(id).reset();
  polls = 0;
  tab = document.areas.length ? 'cases' : 'queues'; // a facility has offers, no area
  paint();
  poll();
  go();
}

function signedOut(sentence) {
  person = null;
  forgetDuty();
  live = system = null;
  round++;
  clearTimeout(timer);
  setPerson(null);
  closeSheet();
  setToken('');
  for (const id of ['lists', 'tabs', 'sheet', 'form']) byId(id).replaceChildren(); // nothing stays to be read by the next
  delete byId('lists').dataset.tab;
  pulse('');
  byId('work').hidden = true;
  byId('me').hidden = true;
  byId('login').hidden = false;
  notice(sentence);
}

byId('login-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target, button = form.querySelector('button');
  button.disabled = true;
  const answer = await post('/api/login', { account: form.account.value.trim(), password: form.password.value });
  button.disabled = false;
  byId('login-complaint').textContent = answer.status === 200 ? '' : complaint(answer);
  if (answer.status !== 200) return;
  form.reset();
  signedIn(answer.document);
});

async function changePassword(form, dialog, shownComplaint) {
  const answer = await post('/api/password', { password: form.password.value, renewed: form.renewed.value });
  if (answer.status !== 204) {
    shownComplaint.textContent = complaint(answer);
    return;
  }
  toast(say('saved'));
  if (dialog.contains(form)) dialog.close();
}

byId('me').addEventListener('click', () => {
  const dialog = byId('form'), shownComplaint = element('p.complaint', { role: 'alert' });
  const field = (name, word, complete) => element('label', say(word),
    element('input', { name, type: 'password', required: true, maxLength: 128, autocomplete: complete }));
  const close = element('button', { type: 'button', onclick: () => dialog.close() }, say('back'));
  dialog.replaceChildren(
    element('h1', person.account),
    element('p.soft', [...person.roles, ...person.areas, ...person.facilities].join(' · ')),
    element('form.stack', { onsubmit: (event) => { event.preventDefault(); changePassword(event.target, dialog, shownComplaint); } },
      element('h2', say('change_password')), field('password', 'password', 'current-password'), field('renewed', 'new_password', 'new-password'),
      shownComplaint, element('div.actions', close, element('button.main', say('send')))),
    element('div.actions', element('button.bad', { type: 'button', onclick: async () => {
      await post('/api/logout', {});
      signedOut(null);
    } }, say('sign_out'))));
  dialog.showModal();
});

byId('language').addEventListener('click', () => {
  setEnglish(!isEnglish());
  paintWords();
  delete byId('lists').dataset.tab;
  if (person) paint();
});

// ---- start ----

async function start() {
  setEnglish(isEnglish());
  paintWords();
  const [site, me] = await Promise.all([get('/api/site'), get('/api/me')]);
  if (site.document) setSite(site.document);
  paintWords();
  if (me.status === 200) signedIn(me.document);
  else signedOut(me.status === 0 ? say('no_network') : null);
}

start();

// The live lists: what each row of a queue looks like, and what a touch on it does.
import { breakable, chip, element, tag } from './dom.js';
import { isEnglish, isReport, say, sayAlso, sayArea, sayFact, sayHappening, sayHook, sayKindShort, sayRole, saySpan, sayState, sayTime } from './words.js';

// Owners answer a list, or an object with the list in it.
export function rows(part, name) {
  if (Array.isArray(part)) return part;
  if (!part || typeof part !== 'object') return [];
  return part[name] ?? Object.values(part).find(Array.isArray) ?? [];
}

// Ages and deadlines go on without a new list: they know their time, refreshTimes writes them anew.
function write(span, now) {
  const at = Number(span.dataset.at), limit = span.dataset.limit !== undefined;
  const over = limit && now > at, ms = Math.max(0, limit ? Math.abs(now - at) : now - at);
  const length = limit && ms < 60000 ? say('under_a_minute') : saySpan(ms); // "just now" is no time that is left
  const word = say(over ? 'over' : 'left');
  span.textContent = !limit ? length : isEnglish() ? `${length} ${word}` : `${word} ${length}`;
  span.classList.toggle('late', over || span.dataset.late !== undefined);
  return span;
}

export const refreshTimes = (root, now) => root.querySelectorAll('[data-at]').forEach((span) => write(span, now));

export const age = (at, now, late) => (at
  ? write(element('span.age', { title: sayTime(at), 'data-at': at, 'data-late': late ? '' : null }), now) : null);

// Until, or since, a deadline.
export const limit = (at, now) => (at
  ? write(element('span.age', { title: `${say('due')} ${sayTime(at)}`, 'data-at': at, 'data-limit': '' }), now) : null);

function card(row, title, right, under, onclick) {
  const key = row.id ?? row.case_id ?? row.report_id ?? `${row.daemon}/${row.number}`;
  const children = [row.priority ? chip(row.priority) : element('span'), element('span.title', breakable(title)), right ?? element('span'), element('span.under', under)];
  return element('li', onclick
    ? element('button', { className: `card ${row.priority ?? ''}`, type: 'button', onclick, 'data-key': key }, children)
    : element('div', { className: `card ${row.priority ?? ''}` }, children));
}

const dots = (...parts) => parts.filter((part) => part).flatMap((part, i) => (i ? [' · ', part] : [part]));

function oneCase(row, now, open) {
  return card(row, row.restricted ? say('restricted_kind') : sayKindShort(row.kind), age(row.opened_at, now, false),
    [dots(row.restricted ? null : sayArea(row.area), sayState(row.state)), ' ',
      row.unverified ? tag(say('unverified'), 'bad') : null, row.training ? tag(say('training')) : null,
      row.confidentiality === 'C3' ? tag('C3') : null],
    () => open.sheet(row.id ?? row.case_id));
}

// What the machine would call no report at all is a title that misleads: why it waits is that nobody is sure.
export const sayReview = (row) => (row.restricted ? say('restricted_kind') : isReport(row.kind) ? sayKindShort(row.kind) : say(row.danger ? 'maybe_danger' : 'unclear_report'));

// Those that may be read together: no danger is seen in them, and nothing that they may belong to.
export const calmOnes = (reviews) => reviews.filter((one) => !one.danger && !one.alike && one.reason !== 'possible_danger');

const alsoOf = (row) => (sayAlso(row.also_kinds, row.kind) ? `+ ${sayAlso(row.also_kinds, row.kind)}` : null);

function oneReview(row, now, open) {
  return card(row, sayReview(row), limit(row.decide_by, now),
    [dots(alsoOf(row), row.restricted ? null : sayArea(row.area), sayHappening(row.reason), sayRole(row.owner_role)), ' ', row.danger ? tag(say('danger'), 'bad') : null, row.alike ? tag(say('possibly_same')) : null,
      row.copies ? tag(`+${row.copies} ${say('copies')}`) : null],
    () => open.review(row));
}

function oneDuplicate(row, now, open) {
  return card(row, row.restricted ? say('restricted_kind') : sayKindShort(row.kind), age(row.opened_at, now, false),
    dots(row.restricted ? null : sayArea(row.area), `${Math.round(row.score * 100)} ${say('same_hint')}`), () => open.sheet(row.id));
}

function oneReferral(row, now, open) {
  const missing = (row.missing ?? []).map(sayFact).join(' ');
  return card(row, row.restricted ? say('restricted_kind') : sayKindShort(row.kind), age(row.since ?? row.opened_at, now, false),
    dots(row.restricted ? null : sayArea(row.area), sayRole(row.owner_role), missing), () => open.sheet(row.case_id));
}

function oneOffer(row, now, open) {
  return card(row, row.facility_name ?? row.facility, limit(row.answer_by, now),
    dots(row.kind ? sayKindShort(row.kind) : null, row.area ? sayArea(row.area) : null, sayState(row.state)),
    () => (row.case_id ? open.sheet(row.case_id) : open.offer(row)));
}

function oneTask(row, now, open) {
  return card(row, row.title, limit(row.due_at, now),
    dots(element('small.code', row.code), sayRole(row.role), row.owner, row.area ? sayArea(row.area) : null), () => open.sheet(row.case_id));
}

function oneAlert(row, now, open) {
  return card(row, row.restricted ? say('restricted_kind') : row.subject === 'review' && row.kind ? sayReview({ ...row, danger: row.unverified }) : row.kind ? sayKindShort(row.kind) : row.kind_name ?? sayHappening(row.subject),
    age(row.opened_at, now, row.state === 'open' && row.needs_answer),
    [dots(sayHappening(row.subject), row.area ? sayArea(row.area) : null, sayState(row.state)), ' ',
      row.training ? tag(say('training')) : null, row.unverified ? tag(say('unverified'), 'bad') : null], () => open.alert(row));
}

function oneDelivery(row, now, open) {
  const caseId = row.case_id ?? row.alert?.case_id;
  const bad = ['dead', 'failed', 'unknown', 'no-receipt'].includes(row.state);
  const good = ['accepted', 'sent', 'delivered', 'read'].includes(row.state);
  return card({ ...row, priority: row.priority ?? row.alert?.priority }, row.to ?? row.team ?? '', age(row.at, now, bad),
    [dots(row.channel, sayHappening(row.subject ?? row.alert?.subject), row.alert?.kind ? sayKindShort(row.alert.kind) : null), ' ', tag(sayState(row.state), bad ? 'bad' : good ? 'good' : ''), ' ',
      row.attempts > 1 ? `${row.attempts} ${say('attempts')}` : ''],
    caseId ? () => open.sheet(caseId) : null);
}

function oneParked(row, now) {
  return card(row, `${row.daemon} #${row.number}`, age(row.at, now, true),
    dots(`${row.from} ${row.sequence}`, row.reason), null);
}

// A message of a platform that intake could not read: whoever may, has it read again.
function oneHook(row, now, open) {
  const button = row.state === 'aside' && open.mayRetry() ? element('button', { type: 'button', onclick: () => open.retry(row) }, say('retry')) : null;
  const end = row.state === 'aside' && row.due_at ? `${say('erased_at')} ${sayTime(row.due_at)}` : null;
  return card(row, row.bot, button, dots(row.source, sayHook(row.reason), `${row.size_bytes} B`, end), null);
}

const makers = {
  cases: oneCase, reviews: oneReview, duplicates: oneDuplicate, unroutable: oneReferral, drafts: oneReferral, offers: oneOffer,
  overdue: oneTask, alerts: oneAlert, deliveries: oneDelivery, parked: oneParked,
  hooks: oneHook,
};

// Urgent first, then as the owner has sorted.
const byPriority = (a, b) => (a.priority ?? 'P9').localeCompare(b.priority ?? 'P9');

// How long a list is of which the page may have the beginning: what its owner has counted, else "50+" when it is full.
export const countOf = (list, length) => (length.total !== undefined ? String(Math.max(length.total, list.length)) : `${list.length}${length.full ? '+' : ''}`);

// length: {total, full, more}; more() asks for the rest.
export function group(name, list, now, open, titled, length = {}) {
  const sorted = ['deliveries', 'parked', 'hooks'].includes(name) ? list : [...list].sort(byPriority);
  const heading = titled ? element('h2', say(name), element('span.count', countOf(list, length))) : null;
  const together = name === 'reviews' && calmOnes(sorted).length > 1
    ? element('button', { type: 'button', onclick: () => open.reviews(sorted) }, say('read_together')) : null;
  if (!list.length) return element('section.group.idle', heading ?? element('p.empty', say('nothing')));
  const rest = length.more && (length.total !== undefined ? length.total > list.length : length.full);
  return element('section.group', heading, together, element('ul.cards', sorted.map((row) => makers[name](row, now, open))),
    rest ? element('div.actions', element('button', { type: 'button', onclick: length.more, 'data-key': `more-${name}` },
      `${say('show_more')} (${list.length} ${say('shown_of')} ${countOf(list, length)})`)) : null);
}

export function daemonBox(name, status) {
  if (!status)
    return element('div.box', element('div.row', element('h3', name), tag(say('missing'), 'bad')));
  const lag = (status.links ?? []).reduce((sum, link) => sum + (link.lag ?? 0), 0);
  const ready = status.state === 'ready';
  return element('div.box',
    element('div.row', element('h3', name),
      tag(say(ready ? 'daemon_ready' : 'daemon_degraded'), ready ? 'good' : 'bad'),
      status.parked ? tag(`${say('parked')} ${status.parked}`, 'bad') : null,
      status.waiting ? tag(`${say('waiting_records')} ${status.waiting}`) : null,
      lag ? tag(`${say('lag')} ${lag}`) : null,
      (status.links ?? []).filter((link) => link.state !== 'live' && link.lane === 'urgent').map((link) => tag(`${link.from} ${link.state}`, 'bad'))));
}

// ---- how well triage judges ----

const percent = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : '–');

// Of 35 kinds the eight that are mistaken most often; a table of them would be nearly empty.
function mistakenKinds(pairs) {
  const wrong = pairs.filter((one) => one.said !== one.decided).slice(0, 8);
  return wrong.length ? [element('h3', `${say('kind')}: ${say('said_decided')}`), element('ul.timeline', wrong.map((one) =>
    element('li', `${sayKindShort(one.said)} → ${sayKindShort(one.decided)}: ${one.count}`)))] : null;
}

// A row for what the machine said, a column for what people decided.
function priorityTable(pairs) {
  const levels = ['P0', 'P1', 'P2', 'P3', 'P4'];
  const count = (said, decided) => pairs.find((one) => one.said === said && one.decided === decided)?.count ?? 0;
  const row = (said) => element('tr', element('th', said), levels.map((decided) =>
    element(said === decided ? 'td.agreed' : 'td', String(count(said, decided) || '·'))));
  return pairs.length ? [element('h3', `${say('priority')}: ${say('said_decided')}`), element('div.wide', element('table.matrix',
    element('thead', element('tr', element('th', ''), levels.map((level) => element('th', level)))), element('tbody', levels.map(row))))] : null;
}

function week(one) {
  const changed = one.kind_changed + one.priority_changed;
  return element('tr', element('td', sayTime(one.begins).split(',')[0].split(' pukul')[0]), element('td', String(one.reports)),
    element('td', `${one.decisions}${changed ? ` (${changed})` : ''}`), element('td', percent(one.drift_kinds, 1)), element('td', percent(one.drift_priorities, 1)));
}

// Shares of what people changed, which kinds are taken for which, and drift week by week.
export function measuresBox(measures) {
  if (!measures) return null;
  const weeks = measures.weeks.filter((one) => one.reports || one.decisions);
  return element('section.group', element('h2', say('measures')), element('div.box', element('p.soft', say('measures_hint')),
    element('p', dots(`${measures.decisions} ${say('decisions')}`, ...['kind', 'priority', 'area'].map((what) =>
      `${say(`${what}_changed`)} ${percent(measures[`${what}_changed`], measures.decisions)}`))),
    mistakenKinds(measures.kinds), priorityTable(measures.priorities),
    weeks.length ? [element('h3', say('drift')), element('div.wide', element('table', element('thead', element('tr', element('th', ''), element('th', say('reports_count')),
      element('th', say('decisions')), element('th', `Δ ${say('kind')}`), element('th', `Δ ${say('priority')}`))), element('tbody', weeks.map(week))))] : null));
}

export { dots };

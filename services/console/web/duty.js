// Who is told: who is on duty now, what is swapped, which teams have nobody, and the people themselves. Names and addresses
// are asked for when the tab is opened, not every two seconds: every look at them is recorded.
import { get } from './api.js';
import { element, facts, tag } from './dom.js';
import { ask, reasonField, tell } from './form.js';
import { dots, rows } from './lists.js';
import { say, sayTime } from './words.js';

const DAY_MS = 86400e3, LOCAL_DAY = 10, LOCAL_MINUTE = 16; // "2026-03-02T07:00"

let read = null; // {duty, uncovered, people}; people: null without the right
let changed = () => {};
let roles = []; // of who looks
// As the owner has it: coordinators and administrators keep people and rotas, operators swap too.
const manages = () => roles.some((role) => ['coordinator', 'administrator'].includes(role));
const swaps = () => manages() || roles.includes('operator');

export const dutyRead = () => read;

export async function readDuty(then, rolesOfReader = roles) {
  changed = then;
  roles = rolesOfReader;
  const [duty, uncovered, people] = await Promise.all(
    [get('/api/duty'), get('/api/duty/uncovered'), get('/api/people')]);
  read = {
    duty: rows(duty.document?.duty, 'duty'),
    uncovered: uncovered.document?.uncovered ?? {},
    people: manages() && people.status === 200 && people.document.people ? rows(people.document.people, 'people') : null,
  };
  then();
}

export const forgetDuty = () => { read = null; };

const again = (done) => { if (done) readDuty(changed); };
const button = (label, onclick, kind) => element(kind ? `button.${kind}` : 'button', { type: 'button', onclick }, label);
const codes = (text) => text.split(/[\s,]+/).filter((code) => code);

// "2026-03-02T07:00" of the team's own clock, so many days from now.
function localTime(zone, days, size) {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
    .format(Date.now() + days * DAY_MS);
  return text.replace(' ', 'T').slice(0, size);
}

// ---- rotas ----

const HANDOVER = '07:00', HANDOVER_DAYS = 7 / 24;

// A new one begins with the shift that is running: at two at night, with that of the evening before.
function changeRota(team, rota) {
  const zone = rota?.zone ?? 'Asia/Jakarta';
  ask({
    title: `${say('rota')} ${team}`, path: `/api/duty/${team}`, fixed: { expected_version: rota?.version ?? 0 }, fields: [
      { name: 'people', label: say('rota_people'), type: 'text', max: 400, required: true, hint: say('rota_people_hint'), value: (rota?.people ?? []).join(' '), send: codes },
      { name: 'period', label: say('rota_period'), type: 'select', value: rota?.period ?? 'week', options: [['week', say('each_week')], ['day', say('each_day')]] },
      { name: 'handover', label: say('rota_handover'), type: 'text', max: 5, required: true, value: rota?.handover ?? HANDOVER },
      { name: 'start', label: say('rota_start'), type: 'text', max: LOCAL_DAY, required: true, value: rota?.start ?? localTime(zone, -HANDOVER_DAYS, LOCAL_DAY) },
      { name: 'at_once', label: say('rota_at_once'), type: 'number', value: rota?.at_once ?? 1 },
      reasonField(false)],
  }).then(again);
}

function swap(rota) {
  ask({
    title: `${say('swap')} ${rota.team}`, path: `/api/duty/${rota.team}/override`, fields: [
      { name: 'instead_of', label: say('instead_of'), type: 'select', options: rota.people.map((code) => [code, code]), value: rota.now[0]?.person },
      { name: 'person', label: say('takes_over'), type: 'text', list: null, hint: say('takes_over_hint') },
      { name: 'from', label: say('from'), type: 'text', max: LOCAL_MINUTE, required: true, value: localTime(rota.zone, 0, LOCAL_MINUTE) },
      { name: 'until', label: say('until'), type: 'text', max: LOCAL_MINUTE, required: true, value: localTime(rota.zone, 1, LOCAL_MINUTE) },
      reasonField(false)],
  }).then(again);
}

const override = (rota, one) => element('div.row',
  element('span.soft', `${one.instead_of} → ${one.person || say('nobody')} · ${sayTime(one.from)} – ${sayTime(one.until)}`),
  swaps() && button(say('remove'), (event) => tell(`/api/duty/${rota.team}/override/remove`, { override: one.id }, event.currentTarget).then(again)));

function rotaBox(rota) {
  const now = rota.now.map((one) => one.name || one.person).join(', ');
  return element('div.box',
    element('div.row', element('h3', rota.team), now ? tag(now, 'good') : tag(say('nobody'), 'bad')),
    facts([[say('rota_people'), rota.people.join(' ')],
      [say('rota_handover'), dots(say(rota.period === 'day' ? 'each_day' : 'each_week'), rota.handover)]]),
    rota.overrides.map((one) => override(rota, one)),
    element('div.actions', swaps() && button(`${say('swap')}…`, () => swap(rota)),
      manages() && button(`${say('change')}…`, () => changeRota(rota.team, rota))));
}

// ---- people ----

// "email sari@example.org", a line each.
const contactsOf = (text) => text.split('\n').map((line) => line.trim().split(/[\s:]+/)).filter(([channel]) => channel)
  .map(([channel, address]) => (address ? { channel, address } : { channel }));

function changePerson(one) {
  const fields = [
    { name: 'name', label: say('name'), type: 'text', max: 120, required: true, value: one.name },
    { name: 'contacts', label: say('contacts'), type: 'area', hint: say('contacts_hint'), send: contactsOf,
      value: (one.contacts ?? [{ channel: 'outbox' }]).map((each) => `${each.channel} ${each.address ?? ''}`.trim()).join('\n') },
    { name: 'language', label: say('language'), type: 'select', value: one.language || 'id', options: [['id', 'Indonesia'], ['en', 'English']] },
    { name: 'area', label: say('area'), type: 'text', max: 13, value: one.area },
    reasonField(false)];
  const fixed = { expected_version: one.version, zone: one.zone, quiet: one.quiet }; // what this form does not change stays
  ask({ title: one.name ? one.person : `${say('new_person')}: ${one.person}`, path: `/api/people/${one.person}`, fixed, fields }).then(again);
}

// A code names somebody for good, so it is asked for first.
function newPerson(form) {
  const code = form.code.value.trim();
  if (code) changePerson({ person: code, version: 0 });
}

const gone = (one) => ask({ title: `${say('has_left')}: ${one.name}`, path: `/api/people/${one.person}/remove`,
  fixed: { expected_version: one.version }, fields: [reasonField(false)], button: say('has_left'), bad: true }).then(again);

// A lost telephone: what lies on it answers nothing any more.
const voidLinks = (one) => ask({ title: `${say('void_links')}: ${one.name}`, path: `/api/people/${one.person}/void-links`,
  fields: [reasonField(false)], button: say('void_links'), bad: true }).then(again);

const personBox = (one) => element('div.box',
  element('div.row', element('h3', one.name), element('span.soft', one.person)),
  element('p.soft', one.contacts.map((each) => `${each.channel} ${each.address ?? ''}`.trim()).join(' · ')),
  element('div.actions', button(`${say('change')}…`, () => changePerson(one)), button(`${say('void_links')}…`, () => voidLinks(one)),
    button(`${say('has_left')}…`, () => gone(one), 'bad')));

function peopleSection(people) {
  return element('section.group', element('h2', say('people'), element('span.count', String(people.length))),
    people.map(personBox),
    element('form.stack', { onsubmit: (event) => { event.preventDefault(); newPerson(event.target); } },
      element('label', say('new_person'), element('input', { name: 'code', maxLength: 31, required: true, autocapitalize: 'none' }), element('small', say('person_code_hint'))),
      element('div.actions', element('button', `${say('new_person')}…`))));
}

// ---- the tab ----

export function paintDuty() {
  const { duty, uncovered, people } = read;
  const gaps = uncovered.uncovered ?? [], without = uncovered.mailbox_only ?? [];
  return [
    gaps.length ? element('section.group', element('h2', say('uncovered'), element('span.count', String(gaps.length))),
      gaps.map((gap) => element('div.box', element('div.row', element('h3', gap.team), tag(gap.at_text, 'bad'))))) : null,
    element('section.group', element('h2', say('duty')), duty.length ? duty.map(rotaBox) : element('p.empty', say('nothing'))),
    people ? element('section.group', element('h2', say('mailbox_only'), element('span.count', String(without.length))),
      element('form.stack', { onsubmit: (event) => { event.preventDefault(); changeRota(event.target.team.value); } },
        element('label', say('team'), element('select', { name: 'team' }, without.map((team) => element('option', { value: team }, team)))),
        element('div.actions', element('button', `${say('rota')}…`)))) : null,
    people ? peopleSection(people) : null,
  ];
}

// The case sheet: everything the daemons tell about one case, and the orders one may give. Rights are the
// owners': a button that is refused says why. It is not read again by itself, because every look is recorded.
import { get, complaint } from './api.js';
import { breakable, byId, chip, element, facts, replace, tag, toast } from './dom.js';
import { ask, reasonField, tell } from './form.js';
import { fillMedia } from './media.js';
import { openTogether } from './together.js';
import { age, dots, limit, rows, sayReview } from './lists.js';
import { getSite, isEnglish, say, sayAlso, sayArea, sayCode, sayFact, sayValue, sayHappening, sayKind, sayMove, sayPair, sayReason, sayRole, sayState, sayTime } from './words.js';

let me = null;
let shown = null; // {id, narrative}
export const setPerson = (person) => { me = person; };

const has = (...roles) => roles.some((role) => me?.roles.includes(role));
const priorities = ['P0', 'P1', 'P2', 'P3', 'P4'];

const button = (label, onclick, kind) => element(kind ? `button.${kind}` : 'button', { type: 'button', onclick: (event) => onclick(event.currentTarget) }, label);

// After an order the sheet is read again; the owner has told us already, so it shows what became of it.
const then = (done) => { if (done && shown) openSheet(shown.id, false); return done; };

// A box that cannot be read again is over with its order: its buttons would offer what is answered. Unless the sheet
// shows something else by then.
function once(make) {
  const box = make((done) => { if (done && box.isConnected) byId('sheet').close(); return done; });
  return box;
}

// ---- codes ----

// The code stays, small, behind its words: so that it can be named on the telephone.
const behind = (text, code) => (text && code && text !== code ? [text, ' ', element('small.code', code)] : text || code || null);
const coded = (code) => (sayCode(code) ? behind(sayCode(code), code) : sayHappening(code));
const codedFact = (name, value) => [behind(sayFact(name), name), value ? [' ', element('b', sayValue(value, name))] : null];
const listed = (parts) => (parts.length ? parts.map((part, i) => (i ? [', ', part] : part)) : null);

// ---- choices ----

const kindOptions = (first) => [...(first ? [['', first]] : []),
  ...getSite().kinds.filter((kind) => kind.opens_case).map((kind) => [kind.code, sayKind(kind.code)])];
const priorityOptions = (first) => [...(first ? [['', first]] : []), ...priorities.map((one) => [one, one])];

export function areaOptions() {
  const known = byId('areas') ?? document.body.appendChild(element('datalist', { id: 'areas' }));
  if (!known.children.length)
    known.replaceChildren(...Object.keys(getSite().areas).map((code) => element('option', { value: code }, sayArea(code))));
  return known.id;
}

const areaField = (value) => ({ name: 'area', label: say('area'), type: 'text', max: 13, list: areaOptions(), value });

// ---- offers ----

const offerMoves = {
  requested: ['accept', 'reject', 'cancel'], received: ['accept', 'reject', 'cancel'],
  accepted: ['arrive', 'schedule', 'decline', 'request_cancel'],
  in_progress: ['arrive', 'complete', 'no_show', 'hold', 'fail', 'request_cancel'],
  on_hold: ['resume', 'complete', 'fail'],
};
const withReasonCode = ['reject', 'decline'];
const withReason = ['hold', 'resume', 'fail', 'request_cancel', 'cancel'];

const reasonCodes = (priority) => getSite().refusal_reasons
  .filter((reason) => !reason.not_for.includes(priority)).map((reason) => [reason.code, sayReason(reason.code)]);

// Staff who write down what a UPT has said by telephone say so.
const behalf = (offer) => (has('operator', 'coordinator') && offer.facility
  ? [{ name: 'on_behalf_of', type: 'check', label: `${say('on_behalf')} ${offer.facility_name ?? offer.facility}`,
    value: true, send: (on) => (on ? offer.facility : undefined) }] : []);

function moveOffer(offer, event, priority, after) {
  const requester = event === 'cancel' || event === 'request_cancel';
  const fields = [
    ...(withReasonCode.includes(event) ? [{ name: 'reason_code', label: say('reason_code'), type: 'select', options: reasonCodes(priority) }] : []),
    ...(event === 'complete' ? [{ name: 'outcome', label: say('outcome'), type: 'area', required: true, hint: say('reason_hint') }] : []),
    ...(withReasonCode.includes(event) || withReason.includes(event) ? [reasonField(withReason.includes(event))] : []),
    ...(requester ? [] : behalf(offer)),
  ];
  const path = `/api/offers/${offer.id}/${event}`;
  const fixed = offer.version ? { expected_version: offer.version } : {};
  if (!fields.length) return tell(path, fixed).then(after);
  return ask({ title: `${say(event)}: ${offer.facility_name ?? offer.facility}`, path, fields, fixed, button: say(event), bad: event === 'reject' || event === 'fail' }).then(after);
}

function offerBox(offer, priority, now, after = then) {
  const moves = offer.state === undefined ? [] : offerMoves[offer.state] ?? [];
  const own = has('operator', 'coordinator') || (has('facility') && me.facilities.includes(offer.facility));
  const mine = moves.filter((move) => (move === 'cancel' || move === 'request_cancel' ? has('coordinator') : own));
  if (offer.cancel_requested && own) mine.unshift('confirm_cancel');
  const open = ['requested', 'received'].includes(offer.state);
  return element('div.box',
    element('div.row', element('h3', offer.facility_name ?? offer.facility), tag(sayState(offer.state), offer.state === 'accepted' ? 'good' : ''),
      offer.training ? tag(say('training')) : null),
    facts([[say('age_band'), offer.age_band || say('not_known')], [say('sex'), sayValue(offer.sex, 'sex') || say('not_known')],
      [say('reasons'), sayHappening(offer.why)], [say('answer_by'), open && offer.answer_by ? element('span', sayTime(offer.answer_by), ' ', limit(offer.answer_by, now)) : null]]),
    mine.length ? element('div.actions', mine.map((move, i) =>
      button(say(move), () => moveOffer(offer, move, priority, after), i === 0 && (move === 'accept' || move === 'arrive' || move === 'complete') ? 'main' : move === 'reject' || move === 'fail' ? 'bad' : ''))) : null);
}

async function assign(referral) {
  const answer = await get('/api/facilities');
  const list = rows(answer.document?.facilities, 'facilities');
  if (!list.length) { toast(complaint(answer), false); return false; }
  return ask({
    title: say('assign'), path: `/api/referrals/${referral.id}/assign`, button: say('assign'), fields: [
      { name: 'facility', label: say('facility'), type: 'select', required: true, options: list.map((one) => [one.id, one.name ?? one.id]) },
      reasonField(true)],
  }).then(then);
}

// ---- tasks and facts ----

// Which facilities are part of what is reported: they stand beside those on record, so only "none" takes any back.
async function conflictForm(title, path, name, fixed) {
  const answer = await get('/api/facilities');
  const list = rows(answer.document?.facilities, 'facilities');
  if (!list.length) { toast(complaint(answer), false); return false; }
  return ask({ title, path, fixed, fields: [
    { name, label: say('facility'), type: 'several', hint: say('conflict_hint'), value: [],
      options: [['no', say('none_of_them')], ...list.map((one) => [one.id, one.name ?? one.id])],
      send: (ids) => (ids.includes('no') ? 'no' : ids.join(' ')) }] }).then(then);
}

// As casework has it: those whose task it is, and who directs.
const mayMove = (task) => has(task.role, 'operator', 'coordinator') || me?.roles.some((role) => role.toLowerCase() === (task.owner ?? '').split('-')[0]);

function taskBox(task, caseId, now) {
  const open = ['waiting', 'due', 'overdue'].includes(task.state);
  const path = (event) => `/api/tasks/${task.id}/${event}`;
  const fixed = { case_id: caseId };
  const evidence = { name: 'outcome', label: say('evidence'), type: 'area', required: true, hint: task.evidence };
  const title = isEnglish() ? task.title_en ?? task.title : task.title;
  const finish = () => (task.code === 'FAKTA-conflict_facility' ? conflictForm(title, path('done'), 'outcome', fixed)
    : ask({ title: task.title, path: path('done'), fixed, fields: [evidence], button: say('done') }).then(then));
  return element('div.box',
    element('div.row', element('h3', title), tag(sayState(task.state), task.state === 'overdue' ? 'bad' : task.state === 'done' ? 'good' : '')),
    element('p.soft', dots(element('small.code', task.code), sayRole(task.role), task.owner, open ? limit(task.due_at, now) : null, open && task.due_at ? sayTime(task.due_at) : null)),
    mayMove(task) && element('div.actions', open
      ? [button(say('done'), finish, 'main'),
        button(say('cancel'), () => ask({ title: task.title, path: path('cancel'), fixed, fields: [reasonField(true)], button: say('cancel'), bad: true }).then(then))]
      : [button(say('reopen'), () => ask({ title: task.title, path: path('reopen'), fixed, fields: [reasonField(true)] }).then(then))]));
}

// Administrators and auditors only look.
const works = () => has('responder', 'operator', 'coordinator', 'facility');

function factsBox(casework, id) {
  const wanted = new Map((casework.wanted ?? []).map((one) => [one.fact, isEnglish() ? one.name_en : one.name]));
  const known = Object.entries(casework.facts ?? {});
  const record = (name) => ask({
    title: wanted.get(name) ?? say('record_fact'), path: `/api/cases/${id}/facts`, fields: [
      ...(name ? [] : [{ name: 'name', label: say('facts'), type: 'text', required: true }]),
      { name: 'value', label: say('value'), type: 'text', required: true, list: 'yes-no' }],
    fixed: name ? { name } : {},
  }).then(then);
  const also = () => ask({
    title: say('also_kinds'), path: `/api/cases/${id}/facts`, fixed: { name: 'also_kinds' },
    fields: [{ name: 'value', label: say('also_kinds_hint'), type: 'several', value: (casework.facts?.also_kinds ?? '').split(' '),
      options: kindOptions('').slice(1).filter(([code]) => code !== casework.kind), send: (codes) => codes.join(' ') || 'no' }],
  }).then(then);
  if (!byId('yes-no'))
    document.body.append(element('datalist', { id: 'yes-no' }, element('option', { value: 'yes' }, say('yes')), element('option', { value: 'no' }, say('no'))));
  const told = (name, value) => (name === 'also_kinds' ? sayAlso(value, casework.kind) : null) ?? sayValue(value, name);
  return element('div.box', facts(known.map(([name, value]) => [behind(sayFact(name), name), told(name, value)])) ?? element('p.empty', say('nothing')),
    works() && element('div.actions', [...wanted].slice(0, 12).map(([name, label]) => button(label, () => record(name))),
      casework.facts?.conflict_of_interest === 'yes' ? button(`${sayFact('conflict_facility')}…`,
        () => conflictForm(sayFact('conflict_facility'), `/api/cases/${id}/facts`, 'value', { name: 'conflict_facility' })) : null,
      button(`${say('also_kinds')}…`, also), button(`${say('record_fact')}…`, () => record(null))));
}

// ---- the case itself ----

function changeCase(id, triage) {
  return ask({
    title: say('change_case'), path: `/api/cases/${id}/change`, fields: [
      { name: 'kind', label: say('kind'), type: 'select', options: kindOptions(say('unchanged')) },
      { name: 'priority', label: say('priority'), type: 'select', options: priorityOptions(say('unchanged')) },
      areaField(''), reasonField(true)],
    fixed: triage?.version ? { expected_version: triage.version } : {},
  }).then(then);
}

function closeCase(id, closed) {
  if (closed)
    return ask({ title: say('reopen'), path: `/api/cases/${id}/close`, fixed: { reopen: true }, fields: [reasonField(true)] }).then(then);
  return ask({
    title: say('close_case'), path: `/api/cases/${id}/close`, button: say('close_case'), bad: true, fields: [
      { name: 'outcome', label: say('outcome'), type: 'select', options: ['terbukti', 'tidak_terbukti', 'motif_lain', 'duplikat'].map((one) => [one, say(one)]) },
      reasonField(true)],
  }).then(then);
}

// Of a secret case one is not named for: what is not told is not unknown.
const isMasked = (document) => !!(document.triage?.restricted || document.casework?.restricted || document.router?.restricted);

const titleOf = (document, kind) => (kind ? sayKind(kind) : isMasked(document) ? say('confidential_case') : sayKind(kind));

function head(document) {
  const triage = document.triage ?? {}, casework = document.casework ?? {};
  const found = { ...document.router?.offers?.[0], ...casework, ...triage };
  return element('div.box',
    found.training ? element('p.training', say('training')) : null,
    element('div.row', chip(found.priority), tag(sayState(casework.state ?? triage.state)),
      found.unverified ? tag(say('unverified'), 'bad') : null, tag(found.confidentiality)),
    facts([[say('also_kinds'), sayAlso(casework.facts?.also_kinds, found.kind)],
      [say('area'), isMasked(document) && !found.area ? say('confidential') : sayArea(found.area)], [say('opened'), sayTime(found.opened_at)],
      [say('confidence'), triage.confidence ? `${Math.round(triage.confidence * 100)} %` : null],
      [say('reasons'), listed((triage.reasons ?? []).map(coded))], ['ID', document.id]]),
    casework.restricted ? element('p.soft', say('restricted')) : null);
}

// ---- is it known already? ----

const openCase = (id) => { location.hash = `case/${id}`; };

// Another case that may be the same: what it is, how alike, and what one may say to it.
function alikeBox(other, actions) {
  return element('div.box',
    element('div.row', chip(other.priority), element('h3', other.restricted ? say('restricted_kind') : sayKind(other.kind)),
      tag(`${Math.round(other.score * 100)} ${say('same_hint')}`, 'bad')),
    element('p.soft', dots(other.restricted ? null : sayArea(other.area), sayTime(other.opened_at), sayState(other.state), other.id)),
    element('div.actions', button(say('open_it'), () => openCase(other.id)), actions));
}

function mergeCase(id, triage, into) {
  const fields = [...(into ? [] : [{ name: 'into', label: say('case_number'), type: 'text', max: 26, required: true }]), reasonField(true)];
  return ask({ title: say('merge'), path: `/api/cases/${id}/merge`, button: say('merge'),
    fixed: { ...(into ? { into } : {}), ...(triage?.version ? { expected_version: triage.version } : {}) },
    fields: fields.map((field) => (field.name === 'reason' ? { ...field, hint: `${say('merge_hint')} ${say('reason_hint')}` } : field)) }).then(then);
}

function notSame(id, into) {
  return ask({ title: say('not_same'), path: `/api/cases/${id}/merge`, fixed: { into, distinct: true }, fields: [reasonField(true)] }).then(then);
}

function alikePart(document) {
  const triage = document.triage, list = triage?.alike ?? [];
  const into = triage?.merged_into;
  if (into)
    return element('section', element('h2', say('merged_into')), element('div.box', element('p.soft', into),
      element('div.actions', button(say('open_it'), () => openCase(into)))));
  if (!list.length) return null;
  const mine = has('operator', 'coordinator');
  return element('section', element('h2', say('alike')), list.map((other) => alikeBox(other, mine
    ? [button(`${say('merge_into')}…`, () => mergeCase(document.id, triage, other.id), 'main'), button(`${say('not_same')}…`, () => notSame(document.id, other.id))] : null)));
}

function splitReport(report) {
  return ask({ title: say('split'), path: `/api/reports/${report.report_id}/split`, button: say('split'), bad: true,
    fields: [{ ...reasonField(true), hint: `${say('split_hint')} ${say('reason_hint')}` }] }).then(then);
}

function reportsPart(document) {
  const list = document.triage?.reports ?? [];
  if (list.length < 2) return null;
  return element('section', element('h2', `${say('reports')} (${list.length})`), element('div.box', element('ul.timeline', list.map((report) =>
    element('li', element('div.row', element('span', dots(sayHappening(report.relation), report.score ? `${Math.round(report.score * 100)} ${say('same_hint')}` : null)),
      has('operator', 'coordinator') && report.relation !== 'opened' ? button(`${say('split')}…`, () => splitReport(report)) : null),
    element('small', sayTime(report.at)))))));
}

// What a piece of evidence means: the reporter's own words stand beside it.
function meaning(one, facts) {
  if (['keyword', 'word'].includes(one.what)) return null;
  return one.what === 'fact' ? codedFact(one.rule, facts?.[one.rule]) : coded(one.rule);
}

// What the judgement stands on: the reporter's words, rules, facts, each with its weight.
function whyBox(assessment) {
  const strongest = new Map(); // one line a word, however many spellings of the vocabulary it fits
  for (const one of assessment?.evidence ?? []) {
    const key = `${one.what} ${one.words || one.rule}`;
    if (!(strongest.get(key)?.weight >= one.weight)) strongest.set(key, one);
  }
  const evidence = [...strongest.values()];
  if (!evidence.length) return null;
  const kinds = (assessment.kinds ?? []).filter((one) => one.score >= 0.01).map((one) => `${sayKind(one.kind)} ${Math.round(one.score * 100)} %`);
  return element('details.box', { open: true }, element('summary', say('why')),
    element('p.soft', kinds.join(', ')),
    element('ul.timeline', evidence.map((one) => element('li',
      dots(sayHappening(one.what), one.words ? `“${one.words}”` : null, meaning(one, assessment.facts), one.weight && one.weight !== 1 ? `${say('weight')} ${one.weight.toFixed(1)}` : null)))));
}

// Rarely needed, so it comes last.
function managePart(document) {
  if (!has('operator', 'coordinator') || isMasked(document) || !(document.triage || document.casework)) return null;
  return element('section', element('div.actions', button(`${say('change_case')}…`, () => changeCase(document.id, document.triage)),
    document.triage?.merged_into || document.casework?.closed ? null : button(`${say('merge')}…`, () => mergeCase(document.id, document.triage, null)),
    button(document.casework?.closed ? say('reopen') : `${say('close_case')}…`, () => closeCase(document.id, document.casework?.closed))));
}

// A rule that waits for facts does not hold yet: what it is called would read as if it did.
const ruleOf = (code, holds) => (code ? [holds ? null : `${say('rule_in_question')} `, coded(code)] : null);

function referralPart(document, now) {
  const referral = document.router?.referral, offers = document.router?.offers ?? [];
  const priority = document.triage?.priority ?? document.casework?.priority ?? offers[0]?.priority;
  if (!offers.length && (!referral || isMasked(document))) return null;
  const placeless = referral && ['unroutable', 'draft', 'active'].includes(referral.state);
  return element('section', element('h2', say('referral')),
    referral && !isMasked(document) ? element('div.box', element('div.row', tag(sayState(referral.state), referral.state === 'unroutable' ? 'bad' : ''), element('span.soft', ruleOf(referral.rule, !referral.missing?.length))),
      facts([[say('missing_facts'), (referral.missing ?? []).map(sayFact).join(' ')], [say('owner'), sayRole(referral.owner_role)], [say('plan'), referral.plan ? listed(referral.plan.split(' ').map(coded)) : null]]),
      element('div.actions', placeless && has('coordinator') ? button(`${say('assign')}…`, () => assign(referral)) : null,
        isMasked(document) ? null : button(`${say('candidates')}…`, () => candidates(document.id)))) : null,
    offers.map((offer) => offerBox(offer, priority, now)));
}

async function candidates(id) {
  const answer = await get(`/api/cases/${id}/candidates`);
  if (answer.status !== 200) { toast(complaint(answer), false); return; }
  const list = rows(answer.document.candidates?.candidates, 'candidates');
  const dialog = byId('form');
  dialog.replaceChildren(element('h1', say('candidates')),
    list.length ? list.map((one) => element('div.box', element('div.row', element('h3', one.facility_name ?? one.name ?? one.facility ?? ''), tag(one.ended ? sayState(one.ended) : sayHappening(one.verdict), one.verdict === 'fits' ? 'good' : '')),
      element('p.soft', dots(sayPair(one.sentence), (one.facts ?? []).map(sayFact).join(' '), one.distance_km === null ? null : `${one.distance_km} km`)))) : element('p.empty', say('nothing')),
    element('div.actions', button(say('close'), () => dialog.close())));
  dialog.showModal();
}

// What waits for an answer in full (an offer in its own box); what only tells, and what was sent, folded away.
function deliveriesPart(document, now) {
  const alerts = rows(document.notifier?.alerts, 'alerts'), deliveries = rows(document.notifier?.deliveries, 'deliveries');
  const asking = alerts.filter((alert) => alert.needs_answer !== false && alert.subject !== 'offer');
  const telling = alerts.filter((alert) => alert.needs_answer === false);
  if (!alerts.length && !deliveries.length) return null;
  const fold = (word, list, line) => (list.length
    ? element('details.box', element('summary', `${say(word)} (${list.length})`), element('ul.timeline', list.map((one) => element('li', line(one))))) : null);
  return element('section', element('h2', say('alerts')), asking.map((alert) => alertBox(alert, now)),
    fold('notices', telling, (one) => dots(sayHappening(one.subject), one.detail ? coded(one.detail) : null, sayTime(one.opened_at))),
    fold('deliveries', deliveries, (one) => dots(one.to, one.channel, sayState(one.state), sayTime(one.at))));
}

function alertBox(alert, now, after = then) {
  const open = ['open', 'exhausted'].includes(alert.state);
  const act = (action) => (pressed) => tell(`/api/alerts/${alert.id}/${action}`, {}, pressed).then(after);
  return element('div.box',
    element('div.row', chip(alert.priority), tag(sayState(alert.state), open ? 'bad' : 'good'), element('span', sayHappening(alert.subject)), age(alert.opened_at, now, open)),
    facts([[say('answered_by'), alert.answered ? dots(alert.answered.team || alert.answered.by || (alert.restricted ? say('confidential') : null), sayTime(alert.answered.at)) : null],
      [say('answer_by'), open && alert.answer_by ? limit(alert.answer_by, now) : null]]),
    alert.restricted ? element('p.soft', say(alert.may_answer ? 'restricted' : 'not_yours_to_answer')) : open && alert.may_answer === false && alert.needs_answer !== false ? element('p.soft', say('not_called')) : null,
    alert.needs_answer === false || alert.may_answer === false || alert.subject === 'offer' ? null : element('div.actions', open // an offer is answered in its own box
      ? [button(say('take_it'), act('accept'), 'main'), button(say('cannot'), act('cannot')),
        alert.priority === 'P0' ? null : button(say('snooze'), act('snooze')), button(say('escalate'), act('escalate'))]
      : alert.state === 'answered' && !alert.answered?.done ? [button(say('done'), act('done'), 'main'), button(say('cannot'), act('cannot'))] : null));
}

function narrativePart(document) {
  const casework = document.casework;
  if (!shown.narrative)
    return casework && !casework.restricted && works() && !has('administrator', 'auditor') ? element('section', element('div.actions', button(say('read_narrative'), () => openSheet(document.id, true)))) : null;
  const texts = casework?.narratives?.length ? casework.narratives : casework?.narrative ? [{ text: casework.narrative }] : [];
  const rest = element('div'), places = new Map([['rest', rest]]);
  const boxes = texts.map((one) => {
    const box = element('div.box', one.at ? element('p.soft', sayTime(one.at)) : null, element('p.narrative', one.text ?? ''));
    places.set(one.report_id, box);
    return box;
  });
  if (texts.length) fillMedia(`/api/cases/${document.id}/media`, places);
  return element('section', element('h2', say('narrative')),
    document.refused.includes('casework') ? element('p.complaint', say('not_allowed')) : null,
    boxes, rest,
    whyBox(document.triage?.assessment));
}

// What a line of the history is about, and what is said of it: the words follow from what has happened.
function aboutLine({ what, object }, document) {
  const facility = document.router?.offers?.find((offer) => offer.facility === object)?.facility_name;
  const task = document.casework.tasks?.find((one) => one.code === object);
  if (!object) return null;
  if (what === 'fact' || what === 'fact_told') return behind(sayFact(object), object);
  if (what === 'case_changed') return sayKind(object);
  if (what === 'case_closed') return say(object);
  if (what.startsWith('referral')) return sayState(object);
  return facility ?? (task ? behind(isEnglish() ? task.title_en ?? task.title : task.title, object) : coded(object));
}

function detailOfLine({ what, object, detail }) {
  if (!detail) return null;
  if (what === 'fact' || what === 'fact_told') return sayValue(detail, object);
  if (['case_merged', 'case_merged_in', 'case_unmerged', 'case_unmerged_out', 'kinds_without_room'].includes(what)) return sayAlso(detail);
  if (what === 'referral') return ruleOf(detail, object); // without a state it asks for facts
  if (what === 'referral_moved') return sayMove(detail);
  if (what === 'delivery_ended') return sayState(detail);
  return ['offer_reject', 'offer_decline'].includes(what) ? sayReason(detail) : coded(detail);
}

function timelinePart(document) {
  const lines = document.casework?.timeline ?? [];
  if (!lines.length) return null;
  return element('section', element('h2', say('timeline')), element('div.box', element('ul.timeline', lines.map((line) =>
    element('li', element('div', dots(sayHappening(line.what), aboutLine(line, document), detailOfLine(line))),
      line.text ? element('div.narrative', line.text) : null,
      element('small', dots(sayTime(line.at), line.actor)))))));
}

// ---- the dialog ----

const icon = (sign, label, onclick) => element('button', { type: 'button', onclick, title: label, 'aria-label': label }, sign);

function frame(title, ...body) {
  const dialog = byId('sheet');
  replace(dialog,
    element('div.sheet-head', element('h1', { id: 'sheet-title' }, breakable(title)),
      shown ? icon('↻', say('reload'), () => openSheet(shown.id, shown.narrative)) : null,
      icon('✕', say('close'), () => dialog.close())),
    element('div.sheet-body', ...body));
  if (!dialog.open) dialog.showModal();
}

// Messages and people also quote the number of a report: it waits for a person, or is in a case.
async function openReport(id) {
  const { status, document } = await get(`/api/reviews/${id}`);
  const report = status === 200 && shown?.id === id ? document.review : null;
  if (report?.review) openReview(report.review, document.at);
  else if (report?.case_id && report.case_id !== id) openSheet(report.case_id, false);
  return !!(report?.review || (report?.case_id && report.case_id !== id));
}

// Of a report that rings before anybody has read it the notifier alone knows under this number.
const isNoCase = ({ status, document }) =>
  status === 404 || (status === 200 && !document.triage && !document.casework && !document.missing.includes('triage'));

export async function openSheet(id, narrative) {
  if (!id) return;
  const fresh = !shown || shown.id !== id || !byId('sheet').open;
  shown = { id, narrative: !!narrative };
  if (fresh) frame(say('loading'), element('p.empty', say('loading')));
  const answer = await get(`/api/cases/${id}${narrative ? '?narrative=1' : ''}`);
  if (shown?.id !== id) return;
  const document = answer.document;
  if (isNoCase(answer) && await openReport(id)) return;
  if (answer.status !== 200) {
    frame(say('cases'), element('p.complaint', answer.status === 404 ? say('not_there') : complaint(answer)));
    return;
  }
  const casework = document.casework, now = document.at;
  const tasks = casework?.tasks ?? [];
  const openTasks = tasks.filter((task) => ['due', 'overdue'].includes(task.state));
  const otherTasks = tasks.filter((task) => !openTasks.includes(task));
  const offers = document.router?.offers ?? [];
  frame(titleOf(document, document.triage?.kind ?? casework?.kind ?? offers[0]?.kind),
    document.missing.length ? element('p.notice', `${say('missing')}: ${document.missing.join(', ')}`) : null,
    head(document), alikePart(document), narrativePart(document), reportsPart(document), deliveriesPart(document, now), referralPart(document, now),
    tasks.length ? element('section', element('h2', say('tasks')), openTasks.map((task) => taskBox(task, id, now)),
      otherTasks.length ? element('details', element('summary', `${sayState('waiting')}, ${sayState('done')} (${otherTasks.length})`), otherTasks.map((task) => taskBox(task, id, now))) : null) : null,
    casework && !casework.restricted ? element('section', element('h2', say('facts')), factsBox(casework, id)) : null,
    timelinePart(document), managePart(document));
}

export function openOffer(offer, now) {
  shown = null;
  frame(say('offers'), element('div.row', chip(offer.priority), element('span', dots(offer.kind ? sayKind(offer.kind) : null, offer.area ? sayArea(offer.area) : null))), once((after) => offerBox(offer, offer.priority, now, after)));
}

export function openAlert(alert, now) {
  shown = null;
  const caseId = alert.case_id;
  frame(say('alerts'), once((after) => alertBox(alert, now, after)), caseId ? element('div.actions', button(say('cases'), () => { location.hash = `case/${caseId}`; })) : null);
}

const decides = () => has('operator', 'coordinator', 'TRI');

export function openReview(review, now) {
  shown = null;
  const path = `/api/reviews/${review.report_id}/decide`;
  const close = (done) => { if (done) byId('sheet').close(); };
  const known = getSite().kinds.some((kind) => kind.code === review.kind && kind.opens_case);
  const words = element('div.actions', decides() && !has('administrator', 'auditor') && button(say('read_narrative'), async () => {
    const answer = await get(`/api/reviews/${review.report_id}?narrative=1`);
    const read = answer.document?.review, text = read?.narrative, photos = element('div');
    if (text) fillMedia(`/api/reviews/${review.report_id}/media`, new Map([['rest', photos]]));
    words.replaceWith(text ? element('div',
      read.first_narrative ? [element('p.soft', say('first_words')), element('p.narrative', read.first_narrative)] : null,
      element('p.narrative', text), photos,
      element('p.soft', dots(read.channel, read.forwarded ? say('forwarded') : null, read.group ? say('group') : null, read.relation ? sayHappening(read.relation) : null)),
      (read.alike ?? []).map((other) => alikeBox(other, button(`${say('join_this')}…`, () => ask({
        title: say('join_this'), path, fixed: { open_case: false, join_case: other.id }, fields: [reasonField(true)] }).then(close), 'main'))),
      whyBox(read.assessment)) : element('p.complaint', complaint(answer)));
  }));
  frame(sayReview(review),
    element('div.box', element('div.row', chip(review.priority), review.danger ? tag(say('danger'), 'bad') : null, tag(sayHappening(review.reason)),
      review.alike ? tag(say('possibly_same')) : null),
      facts([[say('kind'), known ? sayKind(review.kind) : sayReview(review)],
        [say('also_kinds'), sayAlso(review.also_kinds, review.kind)], [say('area'), review.restricted ? say('confidential') : sayArea(review.area)], [say('owner'), sayRole(review.owner_role)],
        [say('due'), review.decide_by ? element('span', sayTime(review.decide_by), ' ', limit(review.decide_by, now)) : null], ['ID', review.report_id]]),
      words,
      decides() && element('div.actions',
        button(`${say('open_case')}…`, () => ask({
          title: say('open_case'), path, fixed: { open_case: true }, button: say('open_case'), fields: [
            { name: 'kind', label: say('kind'), type: 'select', required: true, value: known ? review.kind : '', options: kindOptions(say('choose')) },
            { name: 'priority', label: say('priority'), type: 'select', required: true, value: review.priority, options: priorityOptions(null) },
            areaField(review.area ?? ''), reasonField(true)],
        }).then(close), 'main'),
        button(`${say('close_report')}…`, () => ask({ title: say('close_report'), path, fixed: { open_case: false }, fields: [reasonField(true)], bad: true }).then(close)))));
}

export function openReviews(reviews, now) {
  shown = null;
  openTogether(reviews, { show: frame, open: (review) => openReview(review, now), close: () => byId('sheet').close() });
}

export function closeSheet() {
  shown = null;
  byId('form').close();
  byId('sheet').close();
}

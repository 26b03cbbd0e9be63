// Several reports that wait for a person, read one below the other. What each says is on the screen before it can be
// ticked, so that nothing is closed unread; possible danger is never among them: that is looked at alone.
import { complaint, get, order } from './api.js';
import { breakable, chip, element, tag, toast } from './dom.js';
import { calmOnes, sayReview } from './lists.js';
import { say, sayArea, sayHappening, sayTime } from './words.js';

const MOST = 10; // a screen that can be read in one go

async function read(review) {
  const answer = await get(`/api/reviews/${review.report_id}?narrative=1`);
  return { review, text: answer.document?.review?.narrative, refused: complaint(answer) };
}

function item({ review, text, refused }, open, changed) {
  const tick = element('input', { type: 'checkbox', disabled: !text, onchange: changed });
  const said = element('p.complaint', { role: 'alert' });
  const box = element('div.box', { 'data-key': review.report_id },
    element('div.row', chip(review.priority), element('strong', breakable(sayReview(review)))),
    element('p.soft', [sayArea(review.area), sayTime(review.received_at ?? review.at)].filter(Boolean).join(' · ')),
    element(text ? 'p.narrative' : 'p.complaint', text ?? refused), tag(sayHappening(review.reason)), said,
    element('div.actions', element('label.check', tick, element('span', say('no_report'))),
      element('button', { type: 'button', onclick: () => open(review) }, say('look_alone'))));
  return { review, tick, said, box };
}

// One after the other, so that a refusal is told at the report it concerns.
async function closeTicked(items, reason) {
  let closed = 0;
  for (const one of items) {
    const answer = await order(`/api/reviews/${one.review.report_id}/decide`, { open_case: false, reason });
    one.said.textContent = answer.good ? '' : answer.sentence;
    if (!answer.good) continue;
    closed += 1;
    one.box.remove();
  }
  return closed;
}

function foot(items, done) {
  const reason = element('textarea', { maxLength: 500, required: true });
  const button = element('button.bad', say('close_ticked'));
  const ticked = () => items.filter((one) => one.tick.checked && one.box.isConnected);
  const count = () => {
    button.textContent = `${say('close_ticked')} (${ticked().length})`;
    button.disabled = !ticked().length;
  };
  const form = element('form.stack', {
    onsubmit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      const wanted = ticked(), closed = await closeTicked(wanted, reason.value.trim());
      toast(`${closed} ${say('were_closed')}`, closed === wanted.length);
      count();
      if (!items.some((one) => one.box.isConnected)) done();
    },
  }, element('label', say('reason'), reason, element('small', say('reason_hint'))), button);
  return { form, count };
}

// show: (title, ...body) fills the sheet; open: one review alone.
export async function openTogether(reviews, { show, open, close }) {
  const some = calmOnes(reviews).slice(0, MOST);
  show(say('reviews'), element('p.empty', say('loading')));
  const texts = await Promise.all(some.map(read));
  let counted = () => {};
  const items = texts.map((one) => item(one, open, () => counted()));
  const { form, count } = foot(items, close);
  counted = count;
  count();
  show(say('reviews'), element('p.soft', say('together_hint')), items.map((one) => one.box), form);
}

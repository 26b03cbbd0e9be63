// One small form in a dialog for every order: fields in, body out, the refusal shown where the person is.
import { order } from './api.js';
import { byId, element, toast } from './dom.js';
import { say } from './words.js';

// field: {name, label, type: 'text'|'area'|'select'|'several'|'check'|'number', value, options: [[value, label]], required, hint,
// send: (value) => what goes into the body; undefined leaves it out}
function input(field) {
  const common = { name: field.name, required: !!field.required };
  switch (field.type) {
    case 'select':
      return element('select', common, field.options.map(([value, label]) =>
        element('option', { value, selected: value === field.value }, label)));
    case 'several':
      return element('select', { ...common, multiple: true, size: 6 }, field.options.map(([value, label]) =>
        element('option', { value, selected: (field.value ?? []).includes(value) }, label)));
    case 'area':
      return element('textarea', { ...common, maxLength: 500, value: field.value ?? '' });
    case 'check':
      return element('input', { ...common, type: 'checkbox', checked: !!field.value });
    case 'number':
      return element('input', { ...common, type: 'number', min: 0, max: 100000, inputMode: 'numeric', value: field.value ?? '' });
    default:
      return element('input', { ...common, maxLength: field.max ?? 64, value: field.value ?? '', list: field.list ?? null });
  }
}

function row(field, control) {
  if (field.type === 'check')
    return element('label.check', control, element('span', field.label));
  return element('label', field.label, control, field.hint ? element('small', field.hint) : null);
}

function bodyOf(fields, controls, fixed) {
  const body = { ...fixed };
  fields.forEach((field, i) => {
    const control = controls[i];
    let value = field.type === 'check' ? control.checked
      : field.type === 'several' ? [...control.selectedOptions].map((one) => one.value) : control.value.trim();
    if (field.type === 'number') value = value === '' ? undefined : Number(value);
    if (field.send) value = field.send(value);
    if (value !== undefined && value !== '' && value !== false) body[field.name] = value;
  });
  return body;
}

// Opens the form; resolves true when the order was carried out, false when the person turned back. While an order is
// under way there is no turning back: it could be carried out all the same.
export function ask({ title, path, fields, fixed, button, bad }) {
  const dialog = byId('form');
  const controls = fields.map(input);
  const complaint = element('p.complaint', { role: 'alert' });
  const submit = element(bad ? 'button.bad' : 'button.main', button ?? say('send'));
  const back = element('button', { type: 'button', onclick: () => dialog.close() }, say('back'));
  return new Promise((resolve) => {
    let carried = false, sending = false;
    const send = (on) => { sending = submit.disabled = back.disabled = on; };
    // A browser may close it all the same, and signing out does: then another form may stand here by now.
    const isShown = () => dialog.open && dialog.contains(form);
    const form = element('form.stack', {
      onsubmit: async (event) => {
        event.preventDefault();
        send(true);
        const result = await order(path, bodyOf(fields, controls, fixed));
        send(false);
        if (!result.good && isShown()) {
          complaint.textContent = result.sentence;
          return;
        }
        carried = result.good;
        toast(result.sentence, result.good);
        if (isShown()) dialog.close();
        else resolve(carried);
      },
    }, element('h1', title), fields.map((field, i) => row(field, controls[i])), complaint,
    element('div.actions', back, submit));
    dialog.oncancel = (event) => { if (sending) event.preventDefault(); };
    // What tells that it was closed may come when the next form is open already.
    const closed = () => {
      if (sending || isShown()) return;
      dialog.removeEventListener('close', closed);
      resolve(carried);
    };
    dialog.addEventListener('close', closed);
    dialog.replaceChildren(form);
    dialog.showModal();
  });
}

// An order without questions.
export async function tell(path, body, button) {
  if (button) button.disabled = true;
  const result = await order(path, body);
  if (button) button.disabled = false;
  toast(result.sentence, result.good);
  return result.good;
}

export const reasonField = (required) =>
  ({ name: 'reason', label: say('reason'), type: 'area', required, hint: say('reason_hint') });

// Making elements without HTML texts: nothing that comes from outside is ever parsed.

// element('p.soft', {title: 'x', onclick: f}, 'text', child, [children], null)
export function element(what, ...rest) {
  const [tag, ...classes] = what.split('.');
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(' ');
  for (const one of rest.flat(Infinity)) {
    if (one === null || one === undefined || one === false) continue;
    if (one instanceof Node || typeof one !== 'object') made.append(one);
    else Object.entries(one).forEach(([key, value]) => {
      if (key !== 'list' && (key.startsWith('on') || key in made)) made[key] = value; // list can only be read
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
    });
  }
  return made;
}

export const byId = (id) => document.getElementById(id);

export const chip = (priority) => element('span', { className: `chip ${priority ?? ''}` }, priority ?? '–');

export const tag = (text, mood) => (text ? element('span', { className: `tag ${mood ?? ''}` }, text) : null);

// pairs: [label, value]; those without a value are left out.
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  return shown.length ? element('dl', shown.map(([label, value]) => [element('dt', label), element('dd', value)])) : null;
}

// A line may break after a slash.
export const breakable = (text) => text.replaceAll('/', '/\u200b');

let toastTimer = 0;
export function toast(sentence, good = true) {
  const box = byId('toast');
  box.textContent = sentence;
  box.className = good ? 'shown' : 'shown bad';
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { box.className = ''; }, good ? 3500 : 7000);
}

// Puts new children in place of the old without losing the place where one reads, nor the row one stands on.
export function replace(parent, ...children) {
  const top = parent.scrollTop, key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...children.flat(3).filter((child) => child));
  parent.scrollTop = top;
  if (key) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

// Photos and other files of reports. A photo may be hard to look at and each look is recorded, so none is shown before
// it is asked for; it comes drawn anew, never as it was sent.
import { complaint, get } from './api.js';
import { element } from './dom.js';
import { say } from './words.js';

const button = (label, onclick) => element('button', { type: 'button', onclick }, label);
const drawn = ['image/jpeg', 'image/png', 'image/webp'];

function pictureBox(path, number) {
  const box = element('div.photo');
  const hide = () => box.replaceChildren(button(`${say('show_photo')} ${number}`, show), element('small', say('photo_hint')));
  const show = () => {
    const image = element('img', { alt: say('medium_photo'), onload: () => box.replaceChildren(image, button(say('hide_photo'), hide)) });
    image.onerror = () => box.replaceChildren(element('p.complaint', say('photo_failed')), button(say('show_photo'), show));
    box.replaceChildren(element('p.soft', say('loading')));
    image.src = path;
  };
  hide();
  return box;
}

function mediumBox(medium, path, number) {
  if (medium.state === 'kept' && drawn.includes(medium.type)) return pictureBox(`${path}/${medium.id}`, number);
  const fate = { wanted: 'medium_wanted', unavailable: 'medium_unavailable', kept: 'medium_kept' }[medium.state];
  return element('p.soft', `${say(`medium_${medium.kind}`)}: ${say(fate)}`);
}

// Fills places (a Map of report ids to elements; 'rest' for those of no report shown) with what came along.
export async function fillMedia(path, places) {
  const answer = await get(path);
  if (answer.status !== 200) {
    places.get('rest').append(element('p.complaint', complaint(answer)));
    return;
  }
  answer.document.media.forEach((medium, index) => {
    (places.get(medium.report_id) ?? places.get('rest')).append(mediumBox(medium, path, index + 1));
  });
}

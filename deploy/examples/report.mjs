// Sends one report over HTTP and asks how it stands: what a bot does, with Node 18 or newer and nothing else.
//
//   SIGAP_TOKEN=sigap_... node deploy/examples/report.mjs "Nenek di Wlingi tinggal sendiri, mohon ditengok." [MESSAGE-ID]
//
// The same MESSAGE-ID sent again gets the first ticket again: not heard, send again.

const base = process.env.SIGAP_URL ?? "http://127.0.0.1:8080";
const token = process.env.SIGAP_TOKEN;
const [text, id] = process.argv.slice(2);
if (!token || !text) {
  console.error("usage: SIGAP_TOKEN=... node report.mjs TEXT [MESSAGE-ID]");
  process.exit(2);
}

const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

// 202: kept. 429 and 5xx: come again after Retry-After. Every other 4xx: the report does not fit, the answer says why.
async function send(report) {
  for (let tried = 0; tried < 5; tried++) {
    let answer;
    try {
      answer = await fetch(`${base}/v1/reports`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: JSON.stringify(report),
        signal: AbortSignal.timeout(10_000),
      });
    } catch {
      await wait(2 ** tried); // no answer says nothing: the report may be kept, its id makes sending again harmless
      continue;
    }
    if (answer.status === 429 || answer.status >= 500) {
      await wait(Number(answer.headers.get("Retry-After") ?? 5));
      continue;
    }
    const said = await answer.json();
    if (answer.status === 202) return said;
    throw new Error(`${said.title}: ${said.detail ?? ""}`);
  }
  throw new Error("no answer; if a life is in danger call 112");
}

// What comes without an id of its own gets one here, so that it can be sent again.
const receipt = await send({ source: "example", text, external_id: id ?? crypto.randomUUID() });
console.log(receipt.ticket);
console.log(receipt.message);
if (receipt.emergency) console.log(receipt.emergency.text);
const standing = await (await fetch(base + receipt.status_url)).json();
console.log(`${standing.state}: ${standing.message}`);

"""Chromium without a driver: the DevTools protocol over the two pipes of --remote-debugging-pipe, one JSON document and a NUL
a message. Enough to open a page at the size of a telephone, to touch it and to look at it."""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--remote-debugging-pipe", "--no-first-run"]


class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="sg-browser-")
        (in_read, self.input), (self.output, out_write) = os.pipe(), os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in (in_read, out_write)]

        def place():  # the browser reads from 3 and writes to 4
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen([PROGRAM, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"], preexec_fn=place,
                                        pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for end in (in_read, out_write, *high):
            os.close(end)
        self.number, self.waiting, self.complaints = 0, b"", []

    def page(self, width, height):
        """A page with nothing remembered: no cookie, no language."""
        return Page(self, width, height)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.input)
        os.close(self.output)
        shutil.rmtree(self.profile, ignore_errors=True)

    def read(self, timeout):
        until = time.monotonic() + timeout
        while b"\0" not in self.waiting:
            ready, _, _ = select.select([self.output], [], [], max(0, until - time.monotonic()))
            assert ready, f"the browser said nothing for {timeout} s"
            more = os.read(self.output, 1 << 20)
            assert more, "the browser has ended"
            self.waiting += more
        message, self.waiting = self.waiting.split(b"\0", 1)
        return json.loads(message)

    def note(self, message):
        """What a page complains of: exceptions, refused scripts and styles, console.error."""
        method, params = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error" and params["entry"]["source"] != "network":
            self.complaints.append(params["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.complaints.append(str(params["args"]))

    def call(self, method, session=None, timeout=30, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self.input, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read(timeout)
            if answer.get("id") == self.number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]
            self.note(answer)


class Page:
    def __init__(self, browser, width, height):
        self.browser = browser
        self.context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=self.context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 700)

    def close(self):
        """What the page complained of."""
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
        complaints, self.browser.complaints = self.browser.complaints, []
        return complaints

    def call(self, method, **params):
        return self.browser.call(method, session=self.session, **params)

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.wait("document.readyState === 'complete'")

    def run(self, script):
        """The value of a JavaScript expression; promises are waited for."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script, timeout=10):
        until = time.monotonic() + timeout
        while not self.run(script):
            assert time.monotonic() < until, f"not within {timeout} s: {script}; the page says: {self.text()[:2000]}"
            time.sleep(0.05)

    def text(self):
        return self.run("document.body.innerText")

    def touch(self, selector, text=None):
        """Clicks the first visible element of the selector (with this text) in its middle, as a finger would."""
        find = (f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.checkVisibility() && "
                f"({json.dumps(text)} === null || one.textContent.trim().startsWith({json.dumps(text)})))")
        self.wait(f"!!({find})")
        spot = self.run(f"(() => {{ const one = {find}; one.scrollIntoView({{block: 'center'}}); "
                        "const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=spot[0], y=spot[1], button="left", clickCount=1)

    def open_tab(self, key):
        """Touches a tab until it is the open one: counts that come in move the tabs, and a finger may meet the next one."""
        for _ in range(5):
            self.touch(f"#tabs [data-key={key}]")
            if self.run(f"new Promise((done) => setTimeout(() => done(location.hash === '#{key}'), 100))"):
                return
        raise AssertionError(f"the tab {key} does not open: {self.text()[:500]}")

    def write(self, selector, text):
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def press(self, key):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Escape": 27}[key])

    def picture(self, path):
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

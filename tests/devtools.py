"""A headless Chromium, driven over its DevTools protocol through a pipe: no port, no library. For tests/browser.py.

Source: chromedevtools.github.io/devtools-protocol; --remote-debugging-pipe: messages of JSON end with a NUL, in on descriptor 3, out on 4."""
import base64
import json
import os
import select
import subprocess
import time

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
    "--autoplay-policy=no-user-gesture-required", "--force-device-scale-factor=1", "--remote-debugging-pipe",
]


class Chromium:
    def __init__(self, profile, *flags, patience=120):
        self.patience, self.number, self.rest, self.events, self.session = patience, 0, b"", [], None
        in_read, self.into = os.pipe()
        self.out, out_write = os.pipe()

        def descriptors():  # through high numbers, for one may be where the other has to go
            a, b = os.dup2(in_read, 103), os.dup2(out_write, 104)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            ["chromium", *FLAGS, "--user-data-dir=" + profile, *flags, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=descriptors)
        os.close(in_read)
        os.close(out_write)

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
        except (OSError, TimeoutError):
            pass
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.into)
        os.close(self.out)

    def _read(self, deadline):
        while b"\0" not in self.rest:
            if not select.select([self.out], [], [], max(0, deadline - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            data = os.read(self.out, 1 << 20)
            if not data:
                raise OSError("the browser is gone")
            self.rest += data
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.into, data):]
        deadline = time.monotonic() + self.patience
        while True:
            answer = self._read(deadline)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            if "method" in answer:
                self.events.append(answer)

    def wait(self, method, seconds=None):
        """The first event of that name, of those that came and those that come."""
        deadline = time.monotonic() + (seconds or self.patience)
        while True:
            for i, event in enumerate(self.events):
                if event["method"] == method:
                    del self.events[i]
                    return event["params"]
            answer = self._read(deadline)
            if "method" in answer:
                self.events.append(answer)

    def seen(self, method):
        """What came of that name until now."""
        self.call("Browser.getVersion") if not self.session else self.run("0")
        return [event["params"] for event in self.events if event["method"] == method]

    def open(self, path, width=1300, height=900, script=True, media=()):
        """A new tab with that file, loaded. media: names and values of media features."""
        if self.session:
            self.call("Page.close")
            self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.events.clear()
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.call(domain + ".enable")
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.size(width, height)
        self.call("Emulation.setEmulatedMedia", features=[{"name": n, "value": v} for n, v in dict(media).items()])
        self.call("Page.navigate", url="file://" + path)
        self.wait("Page.loadEventFired")

    def size(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def run(self, expression):
        """The value of an expression of JavaScript in the page."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise AssertionError(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def until(self, expression, seconds=20):
        """Waits until it is true; what it was in the end."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.run(expression)
            if value or time.monotonic() > deadline:
                return value
            time.sleep(0.05)

    def key(self, key, shift=False):
        code = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27}.get(key, ord(key[0].upper()))
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        params = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **params)
        self.call("Input.dispatchKeyEvent", type="keyUp", **params)

    def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def picture(self, path, whole=False):
        params = {"captureBeyondViewport": True} if whole else {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            params["clip"] = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], 12000), "scale": 1}
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.call("Page.captureScreenshot", **params)["data"]))

    def pdf(self, path):
        with open(path, "wb") as out:
            out.write(base64.b64decode(self.call("Page.printToPDF", printBackground=False, preferCSSPageSize=True)["data"]))

"""Firefox as it is installed, spoken to in WebDriver BiDi over its own socket: no driver, no patched build."""

import itertools
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("firefox", "firefox-esr")
START = 60  # s until it answers
QUIET = {
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "remote.active-protocols": 1,
    "toolkit.telemetry.enabled": False,
}


def find():
    """The path of an installed Firefox, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def unfinished(entry):
    """Is it about a formula of which a part had not arrived yet? Firefox draws a page while it loads, and says so."""
    return "Invalid markup: Incorrect number of children" in (entry["params"]["text"] or "")


class Firefox:
    """One headless Firefox with one tab; use it in a ``with``. ``problems`` are the errors of the pages that it opened."""

    def __init__(self, path):
        self.home = tempfile.TemporaryDirectory(prefix="course-firefox-", ignore_cleanup_errors=True)
        preferences = "".join(f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in QUIET.items())
        (Path(self.home.name) / "user.js").write_text(preferences, encoding="utf-8")
        self.log = (Path(self.home.name) / "log.txt").open("w+", encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--remote-debugging-port", "0", "--profile", self.home.name]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.numbers, self.problems = itertools.count(1), []

    def __enter__(self):
        try:
            self.connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def connect(self):
        from websocket import create_connection

        self.socket = create_connection(f"{self._address()}/session", timeout=60, suppress_origin=True)
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self.tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]

    def __exit__(self, *error):
        if hasattr(self, "socket"):
            self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
        self.home.cleanup()

    def _address(self):
        end = time.monotonic() + START
        while time.monotonic() < end and self.process.poll() is None:
            found = re.search(
                r"WebDriver BiDi listening on (ws://\S+)", Path(self.log.name).read_text(encoding="utf-8")
            )
            if found:
                return found[1]
            time.sleep(0.05)
        raise RuntimeError(f"Firefox did not start: {Path(self.log.name).read_text(encoding='utf-8')[-400:]}")

    def ask(self, method, **params):
        """The result of one command; what else arrives meanwhile is an event."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "log.entryAdded" and answer["params"]["level"] == "error" and not unfinished(answer):
                self.problems.append(answer["params"]["text"])
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['message']}")
                return answer["result"]

    def open(self, address):
        self.problems.clear()
        self.ask("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def evaluate(self, expression):
        """The value of a script's expression (or promise), through JSON."""
        script = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        target = {"context": self.tab}
        answer = self.ask("script.evaluate", expression=script, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def press(self, key):
        """One key, on what has the focus."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self.ask("input.performActions", context=self.tab, actions=[source])

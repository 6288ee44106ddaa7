"""A client of JSON-RPC over the standard input and output of a program, for the tests of presend lsp and presend mcp."""
import json
import os
import select
import subprocess
import time

PATIENCE = 30  # seconds, on a busy machine; an answer takes milliseconds


class Client:
    def __init__(self, program, *arguments, lines=False, **options):
        self.lines, self.n, self.buffer, self.seen = lines, 0, b"", []
        self.process = subprocess.Popen([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, **options)

    def raw(self, data):
        self.process.stdin.write(data)

    def frame(self, message):
        body = json.dumps(message, ensure_ascii=False).encode()
        return body + b"\n" if self.lines else b"Content-Length: %d\r\n\r\n" % len(body) + body

    def notify(self, method, params=None):
        self.raw(self.frame({"jsonrpc": "2.0", "method": method, "params": params or {}}))

    def request(self, method, params=None):
        """Sends a request and returns its answer; notifications on the way are kept in self.seen."""
        self.n += 1
        self.raw(self.frame({"jsonrpc": "2.0", "id": self.n, "method": method, "params": params or {}}))
        while True:
            message = self.read()
            if message.get("id") == self.n and "method" not in message:
                return message
            self.seen.append(message)

    def more(self, end):
        ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
        block = os.read(self.process.stdout.fileno(), 1 << 20) if ready else b""
        if not block:
            raise EOFError("no answer" if not ready else "the program ended")
        self.buffer += block

    def read(self, patience=PATIENCE):
        end = time.monotonic() + patience
        if self.lines:
            while b"\n" not in self.buffer:
                self.more(end)
            line, self.buffer = self.buffer.split(b"\n", 1)
            return json.loads(line)
        while b"\r\n\r\n" not in self.buffer:
            self.more(end)
        header, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        length = int(header.split(b":")[1])
        while len(self.buffer) < length:
            self.more(end)
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return json.loads(body)

    def close(self):
        self.process.stdin.close()
        code = self.process.wait(PATIENCE)
        self.errors = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return code

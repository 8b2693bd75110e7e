# SPDX-License-Identifier: MIT
# The other side of the http provider's tests: http_server.py [certificate key]. Says its port, then one
# line for each request that reached it.
import http.server
import json
import ssl
import sys

asked = {}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # clients of these tests go away in the middle


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, code, body=b"", headers=()):
        self.send_response(code)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        print(self.command, self.path, flush=True)
        parts = self.path.split("?")[0].split("/")
        kind = parts[1]
        if kind == "echo":
            told = {"method": self.command, "path": self.path, "body": body.decode(),
                    "headers": {k.lower(): v for k, v in self.headers.items()}}
            self.answer(200, json.dumps(told).encode(), [("x-one", "1"), ("x-one", "2")])
        elif kind == "code":
            self.answer(int(parts[2]), b"as asked")
        elif kind == "bytes":
            self.answer(200, b"\xff\x00\xfe")
        elif kind == "to":  # /to/302/http:/host:port/path
            self.answer(int(parts[2]), b"", [("Location", self.path.split("/", 3)[3])])
        elif kind == "loop":
            self.answer(302, b"", [("Location", "/loop")])
        elif kind == "huge":
            self.answer(200, b"x" * (int(parts[2])))
        elif kind == "headers":
            self.answer(200, b"", [("x-%d" % i, "y" * 1000) for i in range(90)])
        elif kind == "hang":
            self.connection.recv(1)  # until the client goes
            self.close_connection = True
        elif kind == "cut":
            self.close_connection = True
        elif kind == "later":  # /later/name/n: busy n times, then ready
            asked[parts[2]] = asked.get(parts[2], 0) + 1
            busy = asked[parts[2]] <= int(parts[3])
            state = {"state": "busy" if busy else "ready", "asked": asked[parts[2]]}
            self.answer(202 if busy else 200, json.dumps(state).encode())
        elif kind == "state":
            asked[parts[2]] = asked.get(parts[2], 0) + 1
            busy = asked[parts[2]] <= int(parts[3])
            self.answer(200, json.dumps({"state": "busy" if busy else "ready"}).encode())
        else:
            self.answer(404)

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = serve


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) == 3:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print("port", server.server_address[1], flush=True)
server.serve_forever()

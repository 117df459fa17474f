"""A bare pulse: a hundred times a second one small text to every client by `os.write`, with the time before the first one in it."""

import os
import socket
import sys
import time
from typing import Final

PULSE_S: Final = 0.01


def main() -> None:
    """Listen, wait for as many clients as the command line says, and write to them until one is gone."""
    clients = int(sys.argv[1])
    descriptors, made = [], []
    with socket.create_server(("127.0.0.1", 0), backlog=clients) as server:
        print(server.getsockname()[1], flush=True)
        for _ in range(clients):
            one, _address = server.accept()
            one.recv(1 << 16)
            one.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")
            made.append(one)
            descriptors.append(one.fileno())
    try:
        while True:
            text = b'{"type":"market_data",%b"made_us":%d}' % (b" " * 200, time.time_ns() // 1_000)
            for descriptor in descriptors:
                os.write(descriptor, text)
            time.sleep(PULSE_S)
    except OSError:
        return


if __name__ == "__main__":
    main()

"""An answer's head and the first part of its body in one write.

uvicorn writes them one after the other, and uvloop sends each at once: of a small answer's cost the second system
call, and the client's second wake-up, are a good part.
"""

import asyncio


class HeldHead:
    """Of a transport what uvicorn's cycle uses; keeps the first write until the second, or the loop's next turn."""

    __slots__ = ("_flush_soon", "_held", "_loop", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self._flush_soon: asyncio.Handle | None = None

    def write(self, data: bytes) -> None:
        """Hold `data` if it is the first, else write it together with what was held."""
        if self._flush_soon is None:
            self._held = data
            self._flush_soon = self._loop.call_soon(self.flush)
        elif self._held:
            data, self._held = self._held + data, b""
            self._flush_soon.cancel()
            self._transport.write(data)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Write what is held."""
        held, self._held = self._held, b""
        if held and not self._transport.is_closing():
            self._transport.write(held)

    def close(self) -> None:
        """Write what is held, and close."""
        self.flush()
        self._transport.close()

    def is_closing(self) -> bool:
        """Tell whether the transport closes."""
        return self._transport.is_closing()

"""Every way in from outside: HTTP and WebSocket today. A door decodes, asks the venue, and encodes."""

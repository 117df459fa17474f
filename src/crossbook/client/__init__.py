"""The client of a venue: requests, the stream, and a runtime for traders.

`Client` and `AsyncClient` speak REST, `Stream` the WebSocket, `BlockingStream` the same for scripts, and
`crossbook.client.runtime` runs a trader of the lab on a live venue. Prices and quantities are exact decimals; texts and
whole numbers are taken for them, floats are not.
"""

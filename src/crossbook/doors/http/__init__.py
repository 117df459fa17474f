"""The HTTP door: trading and looking over raw ASGI, sign-in and administration over FastAPI, one document of both.

`server` listens, `door` is the outermost application, `fast` carries out the routes that a table lists, and `control`
holds those that are asked for now and then.
"""
